package signer_test

import (
	"errors"
	"strings"
	"testing"

	"waybill/signer"
)

func TestCheckBucket(t *testing.T) {
	for name, want := range map[string]error{
		"team-share": nil, "a.b.c": nil, "Old_Bucket": nil, "123": nil,
		"": signer.ErrBucketName, "ab": signer.ErrBucketName, "my/bucket": signer.ErrBucketName, "a b c": signer.ErrBucketName,
		"-abc": signer.ErrBucketName, "abc-": signer.ErrBucketName, "a..b": signer.ErrBucketName, "192.168.0.1": signer.ErrBucketName,
		"bücket": signer.ErrBucketName, strings.Repeat("a", 256): signer.ErrBucketName, "abc?x=y": signer.ErrBucketName, "abc\n": signer.ErrBucketName,
		"arn:aws:s3:us-east-1:111122223333:accesspoint/data": nil, "arn:aws-cn:s3:cn-north-1:111122223333:accesspoint:data": nil,
		"data-abcdefghij1234567890s3alias-s3alias": nil,
		"arn:aws:s3:us-east-1:1:accesspoint/data":  signer.ErrAccessPoint, "arn:aws:s3:us-east-1:111122223333:accesspoint": signer.ErrAccessPoint,
		"arn:aws:s3:us-east-1:111122223333:bucket/data": signer.ErrAccessPoint, "arn:aws:s3": signer.ErrAccessPoint,
		"arn:aws:s3:us-east-1:111122223333:accesspoint/a/b": signer.ErrAccessPoint, "arn:aws:s3:..:111122223333:accesspoint/data": signer.ErrAccessPoint,
		"arn:aws:s3::111122223333:accesspoint/x.mrap": signer.ErrARN, "x.mrap": signer.ErrARN,
		"arn:aws:s3-object-lambda:us-east-1:111122223333:accesspoint/data":         signer.ErrARN,
		"arn:aws:s3-outposts:us-east-1:111122223333:outpost/op-1/accesspoint/data": signer.ErrARN,
		"arn:aws:s3express:us-east-1:111122223333:bucket/b--use1-az4--x-s3":        signer.ErrARN,
		"fast--use1-az4--x-s3": signer.ErrARN, "fast--use1-az4--xa-s3": signer.ErrARN, "data--ol-s3": signer.ErrARN, "data--op-s3": signer.ErrARN,
	} {
		if err := signer.CheckBucket(name); !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("%q: %v, want %v", name, err, want)
		}
	}
}

func TestCheckKey(t *testing.T) {
	for key, want := range map[string]error{
		"a": nil, "a/b c+d%?#&.txt": nil, "...": nil, "a/.hidden": nil, "a//b": nil, "a/": nil, strings.Repeat("é", 512): nil,
		"": signer.ErrKeyEmpty, "/a": signer.ErrKeySlash, "a/../b": signer.ErrKeyDots, "./a": signer.ErrKeyDots, "a/..": signer.ErrKeyDots,
		strings.Repeat("é", 512) + "x": signer.ErrKeyTooLong, "a\xff": signer.ErrKeyEncoding,
	} {
		if err := signer.CheckKey(key); !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("%q: %v, want %v", key, err, want)
		}
	}
}

func TestDisposition(t *testing.T) {
	for name, want := range map[string]string{
		"report.pdf":     `attachment; filename="report.pdf"; filename*=UTF-8''report.pdf`,
		"a b;c.txt":      `attachment; filename="a b;c.txt"; filename*=UTF-8''a%20b%3Bc.txt`,
		`say "hi"\.txt`:  `attachment; filename="say _hi__.txt"; filename*=UTF-8''say%20%22hi%22%5C.txt`,
		"100%.txt":       `attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt`,
		"日本.png":         `attachment; filename="__.png"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.png`,
		"a\r\nX: y.txt":  `attachment; filename="aX: y.txt"; filename*=UTF-8''aX%3A%20y.txt`,
		"it's (2)*.html": `attachment; filename="it's (2)*.html"; filename*=UTF-8''it%27s%20%282%29%2A.html`,
		"":               `attachment`,
	} {
		if got := signer.Disposition(name, false); got != want {
			t.Errorf("%q:\n got %s\nwant %s", name, got, want)
		}
	}
	if got := signer.Disposition("a.txt", true); !strings.HasPrefix(got, "inline; ") {
		t.Errorf("inline: %s", got)
	}
}
