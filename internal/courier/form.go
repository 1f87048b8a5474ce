package courier

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"mime/multipart"

	"waybill/signer"
)

// Post sends bytes that are in memory by a signed form, as a browser does.
func (c *Courier) Post(ctx context.Context, form signer.PresignedPost, key, contentType string, data []byte) error {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range form.Fields {
		_ = w.WriteField(name, value) // into memory
	}
	_ = w.WriteField("key", key)
	_ = w.WriteField("Content-Type", contentType)
	file, err := w.CreateFormFile("file", "file") // S3 ignores what comes after it
	if err != nil {
		return fmt.Errorf("write the form: %w", err)
	}
	_, _ = file.Write(data)
	_ = w.Close()
	signed := signer.Presigned{
		Method: "POST", URL: form.URL, Header: map[string][]string{"Content-Type": {w.FormDataContentType()}}, ContentLength: int64(body.Len()),
	}
	const op = "post the form"
	return c.try(ctx, nil, func(int) error {
		h, _, err := c.ask(ctx, op, signed, bytes.NewReader(body.Bytes()), c.stall)
		if err == nil && isPage(h) {
			err = &StoreError{Op: op, Status: 200, HTML: true}
		}
		return err
	})
}

// Start begins a multipart upload that somebody else will fill, and gives its ID. Whoever begins one has to end it. Of the
// upload, Bucket, Key, ContentType and Settings count.
func (c *Courier) Start(ctx context.Context, u *Upload) (id string, err error) {
	const op = "start the multipart upload"
	err = c.try(ctx, nil, func(int) error {
		o := signer.Object{Bucket: u.Bucket, Key: u.Key, Expires: linkTime}
		signed, err := c.signer.CreateMultipart(ctx, o, signer.CreateOptions{ContentType: u.ContentType, Settings: u.Settings})
		if err != nil {
			return err
		}
		_, answer, err := c.ask(ctx, op, signed, nil, c.stall)
		if err != nil {
			return err
		}
		var x struct {
			UploadID string `xml:"UploadId"`
		}
		if err := xml.Unmarshal(answer, &x); err != nil || x.UploadID == "" {
			e := &StoreError{Op: op, Status: 200}
			e.read(answer)
			return e
		}
		id = x.UploadID
		return nil
	})
	return id, err
}

// Remove deletes an object.
func (c *Courier) Remove(ctx context.Context, bucket, key string) error {
	return c.try(ctx, nil, func(int) error {
		signed, err := c.signer.Delete(ctx, signer.Object{Bucket: bucket, Key: key, Expires: linkTime})
		if err != nil {
			return err
		}
		_, _, err = c.ask(ctx, "delete", signed, nil, c.stall)
		return err
	})
}
