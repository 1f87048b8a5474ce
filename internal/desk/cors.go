package desk

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"waybill/internal/bucket"
	"waybill/signer"
)

// CORS is what a bucket's rules say about the page of a request that was sent by mail. The page in the bucket needs
// none.
type CORS struct {
	Store   Store
	Bucket  string
	Allowed bool   // the page works from a file
	Ours    bool   // by a rule that Waybill has added, which can be taken back
	Rule    string // the one rule that is missing, as JSON as it would be written; "" where none is
	Others  int    // rules that are there and stay
	// Trouble says that the store has no such rules to set, and what works there; nil where it has.
	Trouble *Trouble
}

// corsRuleID is what Waybill's rule is called. There is one in a bucket, for all requests.
const corsRuleID = "waybill-requests"

// corsRule is what a page from a file needs. Its origin is "null", which the documentation of S3 says nothing of, and
// which any page can give itself; so a rule for it would keep nobody out, and "*" is what surely fits it. What the rule
// lets pages do is no more than programs can: each request has to be signed all the same.
func corsRule() bucket.CORSRule {
	return bucket.CORSRule{
		ID: corsRuleID, AllowedOrigins: []string{"*"}, AllowedMethods: []string{http.MethodPut, http.MethodPost, http.MethodGet, http.MethodHead},
		AllowedHeaders: []string{"content-type", "content-md5", "content-disposition", "if-none-match", "x-amz-*"},
		ExposeHeaders:  []string{"ETag", "x-amz-checksum-crc64nvme"},
		MaxAgeSeconds:  3000,
	}
}

// fileOrigin is what a browser says of a page that lies in a file.
const fileOrigin = "null"

// CORS looks at the rules of a bucket.
func (d *Desk) CORS(ctx context.Context, s Store, bucketName string) (CORS, error) {
	if err := CheckBucket(bucketName); err != nil {
		return CORS{}, err
	}
	opened, err := d.open(ctx, s)
	if err != nil {
		return CORS{}, explain(err, scene{store: s, bucket: bucketName})
	}
	return d.corsOf(ctx, opened, s, bucketName)
}

func (d *Desk) corsOf(ctx context.Context, opened *signer.Signer, s Store, bucketName string) (CORS, error) {
	c := CORS{Store: s, Bucket: bucketName}
	where := scene{store: s, bucket: bucketName, permission: "s3:GetBucketCORS"}
	rules, err := bucket.CORS(ctx, opened.Client(), bucketName)
	if t := explain(err, where); t != nil {
		// The bucket's owner may not let everybody read the rules; a browser is answered all the same.
		if t.Code != "NotImplemented" && t.Code != "AccessDenied" && t.Code != "MethodNotAllowed" {
			return c, t
		}
		c.Allowed = preflight(ctx, opened, bucketName)
		switch {
		case t.Code == "AccessDenied" && c.Allowed:
		case t.Code == "AccessDenied":
			c.Trouble = t
		case c.Allowed:
			c.Trouble = trouble("CORSAlways", where.args(), err)
		default:
			c.Trouble = trouble("CORSNever", where.args(), err)
		}
		return c, nil
	}
	for _, r := range rules {
		c.Ours = c.Ours || r.ID == corsRuleID
	}
	c.Others = len(rules)
	if c.Ours {
		c.Others--
	}
	c.Allowed = allowed(rules)
	if !c.Allowed && len(rules) == 0 {
		c.Allowed = preflight(ctx, opened, bucketName) // MinIO has no rules, and allows everything
		if c.Allowed {
			c.Trouble = trouble("CORSAlways", where.args(), nil)
		}
	}
	if !c.Allowed {
		rule, err := json.MarshalIndent(corsRule(), "", "  ")
		if err != nil {
			return c, explain(err, where)
		}
		c.Rule = string(rule)
	}
	return c, nil
}

// allowed reports whether rules let the page in a file do all that it does.
func allowed(rules []bucket.CORSRule) bool {
	put := []string{"content-type", "content-md5", "content-disposition", "if-none-match"}
	for method, headers := range map[string][]string{http.MethodPut: put, http.MethodPost: {"content-type", "if-none-match"}, http.MethodGet: nil} {
		if !slices.ContainsFunc(rules, func(r bucket.CORSRule) bool { return r.Allows(fileOrigin, method, headers, []string{"ETag"}) }) {
			return false
		}
	}
	return true
}

// preflight asks as a browser does on behalf of a page in a file. It is not signed, so it tells nobody anything.
func preflight(ctx context.Context, s *signer.Signer, bucketName string) bool {
	target, err := s.Put(ctx, signer.Object{Bucket: bucketName, Key: "preflight", Expires: time.Second}, signer.PutOptions{})
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodOptions, signer.Bare(target.URL), nil)
	if err != nil {
		return false
	}
	req.Header.Set("Origin", fileOrigin)
	req.Header.Set("Access-Control-Request-Method", http.MethodPut)
	req.Header.Set("Access-Control-Request-Headers", "content-disposition,content-md5,content-type,if-none-match")
	transport := s.Transport()
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	origin := resp.Header.Get("Access-Control-Allow-Origin")
	return resp.StatusCode < 300 && (origin == "*" || origin == fileOrigin)
}

// AddCORS adds the rule that is missing to those that are there.
func (d *Desk) AddCORS(ctx context.Context, s Store, bucketName string) (CORS, error) {
	return d.changeCORS(ctx, s, bucketName, func(opened *signer.Signer, now CORS) error {
		if now.Rule == "" { // nothing is missing, or nothing can be set
			return nil
		}
		return bucket.AddCORS(ctx, opened.Client(), bucketName, corsRule())
	})
}

// UndoCORS takes Waybill's rule away again, and leaves all others as they are by now.
func (d *Desk) UndoCORS(ctx context.Context, s Store, bucketName string) (CORS, error) {
	return d.changeCORS(ctx, s, bucketName, func(opened *signer.Signer, now CORS) error {
		if !now.Ours {
			return trouble("NoCORSRule", scene{store: s, bucket: bucketName}.args(), nil)
		}
		return bucket.RemoveCORS(ctx, opened.Client(), bucketName, corsRuleID)
	})
}

func (d *Desk) changeCORS(ctx context.Context, s Store, bucketName string, change func(*signer.Signer, CORS) error) (CORS, error) {
	if err := CheckBucket(bucketName); err != nil {
		return CORS{}, err
	}
	where := scene{store: s, bucket: bucketName, permission: "s3:PutBucketCORS"}
	if signer.IsAccessPoint(bucketName) {
		return CORS{}, trouble("AccessPointPart", where.args(), nil)
	}
	opened, err := d.open(ctx, s)
	if err != nil {
		return CORS{}, explain(err, where)
	}
	now, err := d.corsOf(ctx, opened, s, bucketName)
	if err != nil {
		return now, err
	}
	if t := explain(change(opened, now), where); t != nil {
		if t.Code == "NotImplemented" || t.Code == "MethodNotAllowed" {
			t = trouble("CORSNever", where.args(), t.Cause)
		}
		return now, t
	}
	return d.corsOf(ctx, opened, s, bucketName)
}
