package desk_test

import (
	"testing"

	"waybill/internal/desk"
)

// TestPlaceRows: access points, acceleration and who pays, where they cannot be.
func TestPlaceRows(t *testing.T) {
	const point = "arn:aws:s3:eu-west-1:111122223333:accesspoint/reports"
	const keys = "[default]\naws_access_key_id = AKID\naws_secret_access_key = s\n"
	lists := func(d *desk.Desk, bucket string) error {
		_, err := d.Prefixes(t.Context(), desk.Destination{Bucket: bucket})
		return err
	}
	isolate(t, "[default]\nendpoint_url = https://store.example\n", keys)
	d := openDesk(t, desk.Options{})
	if err := lists(d, point); code(desk.Explain(err)) != "AccessPointHere" {
		t.Error(err)
	}
	d.SetRequestPayer(true)
	if notice := d.PayerNotice(desk.Destination{Bucket: "team-share"}); code(notice) != "RequesterPays" {
		t.Error(notice)
	}
	quick := openDesk(t, desk.Options{})
	quick.SetAccelerate(true)
	if s := sending(t, quick); code(s) != "Acceleration" {
		t.Error(s)
	}
	isolate(t, "[default]\nregion = eu-west-1\n", keys)
	if _, err := openDesk(t, desk.Options{}).AddCORS(t.Context(), desk.Store{}, point); code(err) != "AccessPointPart" {
		t.Error(err)
	}
	isolate(t, "[default]\nregion = us-east-1\ns3_use_arn_region = false\n", keys)
	if err := lists(openDesk(t, desk.Options{}), point); code(desk.Explain(err)) != "AccessPointRegion" {
		t.Error(err)
	}
}
