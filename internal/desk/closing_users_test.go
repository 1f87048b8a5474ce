package desk_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/auth"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
	"github.com/versity/versitygw/s3api"

	"waybill/internal/desk"
)

// The accounts of a versitygw that has users.
const (
	usersKey    = "alice"
	usersSecret = "a secret of Alice's"
	otherKey    = "bob" // who owns nothing, and may do what a bucket's policy allows him
	otherSecret = "a secret of Bob's"
)

// runUsersStore runs a versitygw with a user account until its input ends.
func runUsersStore(home string) error {
	data, side := filepath.Join(home, "data"), filepath.Join(home, "meta")
	for _, dir := range []string{data, side, filepath.Join(home, "iam")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	root := auth.Account{Access: "root", Secret: "a secret of root's", Role: auth.RoleAdmin}
	users, err := auth.NewInternal(root, filepath.Join(home, "iam"))
	if err != nil {
		return err
	}
	if err := users.CreateAccount(auth.Account{Access: usersKey, Secret: usersSecret, Role: auth.RoleUserPlus}); err != nil {
		return err
	}
	if err := users.CreateAccount(auth.Account{Access: otherKey, Secret: otherSecret, Role: auth.RoleUser}); err != nil {
		return err
	}
	store, err := meta.NewSideCar(side)
	if err != nil {
		return err
	}
	backend, err := posix.New(data, store, posix.PosixOpts{})
	if err != nil {
		return err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	failed := make(chan error, 1)
	go func() {
		failed <- embedgw.RunVersityGW(ctx, backend, &embedgw.Config{
			RootUserAccess: root.Access, RootUserSecret: root.Secret, Region: "us-east-1", Ports: []string{address},
			MaxConnections: 256, MaxRequests: 256, MultipartMaxParts: 10_000, KeepAlive: true, Quiet: true, IAMService: users,
			S3Options: []s3api.Option{s3api.WithOnListen(func() { fmt.Println("http://" + address) })},
		})
	}()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		failed <- nil
	}()
	return <-failed
}

// usersStore is such a store, with a bucket of the user's own.
func usersStore(t *testing.T) asking {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "DESK_TEST_ROLE=users", "DESK_TEST_HOME="+t.TempDir())
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	endpoint, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	endpoint = strings.TrimSpace(endpoint)
	c := s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(endpoint), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(usersKey, usersSecret, ""),
	})
	if _, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("inbox")}); err != nil {
		t.Fatal(err)
	}
	isolate(t, "[default]\nendpoint_url = "+endpoint+"\n", "[default]\naws_access_key_id = "+usersKey+"\naws_secret_access_key = "+usersSecret+"\n")
	p := newPlace(t, "inbox", "")
	return asking{p, openDesk(t, desk.Options{}), desk.Destination{Bucket: "inbox", Prefix: "in"}}
}

// TestDeny: where the store holds its users to a bucket's policy, closing with a rule ends all that was signed; the
// policy that was there stays, and the rule goes when it is taken back or the request ends.
func TestDeny(t *testing.T) {
	a := usersStore(t)
	ctx := t.Context()
	before := `{"Version":"2012-10-17","Id":"theirs","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":["` + usersKey + `"]},` +
		`"Action":"s3:*","Resource":["arn:aws:s3:::inbox","arn:aws:s3:::inbox/*"]}]}`
	if _, err := a.signer.Client().PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String("inbox"), Policy: aws.String(before)}); err != nil {
		t.Fatal(err)
	}
	policy := func() string {
		out, err := a.signer.Client().GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: aws.String("inbox")})
		if err != nil {
			return err.Error()
		}
		return aws.ToString(out.Policy)
	}
	w := a.ask(desk.RequestOptions{Files: 3})
	other := a.ask(desk.RequestOptions{Files: 1})
	closed, err := a.desk.CloseRequest(ctx, w.Request.ID, true)
	if err != nil || !closed.Denied || closed.Still != nil || !closed.Request.Denied {
		t.Fatalf("%+v, %v: %v", closed, err, closed.Still)
	}
	status, answer := a.put(w.Uploads[0], "late", "x")
	a.refused("after it was denied", status, answer, w.Uploads[0].Key, "AccessDenied")
	if status, answer := a.put(other.Uploads[0], "a.txt", "x"); status != http.StatusOK {
		t.Errorf("another request: HTTP %d: %s", status, answer)
	}
	if got := policy(); !strings.Contains(got, "Theirs") || !strings.Contains(got, w.Request.Folder) || !strings.Contains(got, `"Id":"theirs"`) {
		t.Errorf("%s", got)
	}
	if list := a.arrived(w.Request.ID); len(list) != 0 {
		t.Errorf("trying it has left %+v", list)
	}
	// Taken back, what was signed works again.
	if err := a.desk.Undeny(ctx, w.Request.ID); err != nil {
		t.Fatal(err)
	}
	if got := policy(); !strings.Contains(got, "Theirs") || strings.Contains(got, w.Request.Folder) {
		t.Errorf("%s", got)
	}
	if status, answer := a.put(w.Uploads[0], "again", "x"); status != http.StatusOK {
		t.Errorf("HTTP %d: %s", status, answer)
	}
	if closed, err = a.desk.CloseRequest(ctx, w.Request.ID, true); err != nil || !closed.Denied {
		t.Fatalf("%+v, %v: %v", closed, err, closed.Still)
	}
	if n, err := a.desk.ForgetRequests(ctx, w.Request.ID); n != 0 || code(err) != "RequestStillDenied" || !strings.Contains(policy(), w.Request.Folder) {
		t.Errorf("forgotten with its rule: %d, %v", n, err)
	}
	// This store does not hold forms to a policy, which is found out.
	form := a.ask(desk.RequestOptions{})
	if closed, err = a.desk.CloseRequest(ctx, form.Request.ID, true); err != nil || closed.Denied || code(closed.Still) != "NotDenied" || strings.Contains(policy(), form.Request.Folder) {
		t.Errorf("%+v, %v: %v", closed, err, closed.Still)
	}
	a.end(w.Request.ID)
	if news, err := a.desk.LookForArrivals(ctx); err != nil || len(news) != 2 {
		t.Errorf("%+v, %v", news, err)
	}
	if got := policy(); !strings.Contains(got, "Theirs") || strings.Contains(got, w.Request.Folder) {
		t.Errorf("after the end: %s", got)
	}
}
