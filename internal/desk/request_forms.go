package desk

import (
	"context"
	"errors"
	"strings"
	"time"

	"waybill/internal/courier"
	"waybill/internal/ledger"
	"waybill/signer"
)

// oldForm is how old a form may be at versitygw, which the sandbox is, whatever its policy says.
const oldForm = time.Hour

// mindsAge reports whether the store refuses a form for its age, though its policy is good for longer. The form that is
// tried says another type than its policy has, so that no store keeps anything of it: one that minds the age says that.
func mindsAge(ctx context.Context, s *signer.Signer, c *courier.Courier, r ledger.Request) (bool, error) {
	folder := signer.Object{Bucket: r.Bucket, Key: formFolder(r.Folder), Expires: 15 * time.Minute}
	form, err := s.Post(ctx, folder, signer.PostOptions{ContentType: anyType, Age: 2 * oldForm})
	if err != nil {
		return false, err
	}
	err = c.Post(ctx, form, probeKey(r), "text/plain", nil)
	if err == nil { // which a store that has refused another type before does not do
		return false, c.Remove(ctx, r.Bucket, probeKey(r))
	}
	var no *courier.StoreError
	if !errors.As(err, &no) {
		return false, err
	}
	return strings.Contains(strings.ToLower(no.Code+" "+no.Message), "expired"), nil
}
