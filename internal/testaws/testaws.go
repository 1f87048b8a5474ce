// Package testaws plays the services that give credentials, for tests: STS, the SSO portal and its OIDC service, the
// sign-in service behind "aws login", the agent of a container and an instance's metadata. Paths, names and errors are
// those of the models in the SDK (service/*/schemas), and the SDK's own clients speak with it. It is used by tests only
// and never linked into the program.
package testaws

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// Keys are credentials that a service gives.
type Keys struct {
	ID, Secret, Token string
	Ends              time.Time
}

// AWS is a server that plays the services. Its fields may be changed under Lock while it runs.
type AWS struct {
	URL string

	sync.Mutex
	// Grant makes credentials for whoever may have them: a role's ARN or name, and how long they shall last. Nil makes
	// some that no store knows.
	Grant func(who string, length time.Duration) Keys
	// Longest is the longest session of any role; 0 is an hour.
	Longest time.Duration
	// Bound makes sessions that are too long be refused as a policy does it, rather than by their number.
	Bound bool
	// Denied are the roles that nobody may assume.
	Denied map[string]bool
	// Code is what MFA devices show; "" lets every role be assumed without.
	Code string
	// Tokens are the SSO access tokens that are good.
	Tokens map[string]bool
	// Refresh is the refresh token that is good; "" refuses all of them.
	Refresh string
	// Pending is how often a device's code is not confirmed yet; below zero it never is.
	Pending int
	// Answer is what becomes of signing in: "" lets everybody in, "denied" and "expired" nobody.
	Answer string
	// NoBrowserFlow makes the service one that knows device codes only.
	NoBrowserFlow bool

	calls   []Call
	codes   map[string]string // authorization code → challenge
	devices map[string]bool
}

// Call is a request that came.
type Call struct {
	What   string // an operation, such as AssumeRole
	Values map[string]string
}

// Start runs the services until the test ends, and leads the SDK there by the environment.
func Start(t *testing.T) *AWS {
	t.Helper()
	a := &AWS{Denied: map[string]bool{}, Tokens: map[string]bool{}, codes: map[string]string{}, devices: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /", a.sts)
	mux.HandleFunc("GET /federation/credentials", a.portal)
	mux.HandleFunc("POST /client/register", a.register)
	mux.HandleFunc("POST /device_authorization", a.device)
	mux.HandleFunc("POST /token", a.token)
	mux.HandleFunc("GET /authorize", a.authorize)
	mux.HandleFunc("POST /v1/token", a.login)
	mux.HandleFunc("GET /container", a.container)
	mux.HandleFunc("PUT /latest/api/token", a.instanceToken)
	mux.HandleFunc("GET /latest/meta-data/iam/security-credentials/", a.instance)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	a.URL = server.URL
	for _, name := range []string{"STS", "SSO", "SSO_OIDC", "SIGNIN"} {
		t.Setenv("AWS_ENDPOINT_URL_"+name, server.URL)
	}
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.URL)
	return a
}

// Calls gives the requests for an operation, in their order.
func (a *AWS) Calls(what string) (calls []Call) {
	a.Lock()
	defer a.Unlock()
	for _, c := range a.calls {
		if c.What == what {
			calls = append(calls, c)
		}
	}
	return calls
}

// Set changes fields under the lock.
func (a *AWS) Set(change func()) {
	a.Lock()
	defer a.Unlock()
	change()
}

// note remembers a request. The lock is held.
func (a *AWS) note(what string, values map[string]string) {
	a.calls = append(a.calls, Call{what, values})
}

// grant makes credentials. The lock is held.
func (a *AWS) grant(who string, length time.Duration) Keys {
	if a.Grant != nil {
		return a.Grant(who, length)
	}
	return Keys{"ASIA" + rand.Text()[:16], rand.Text(), rand.Text(), time.Now().Add(length).UTC().Truncate(time.Second)}
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

// refuse answers as restJson1 does.
func refuse(w http.ResponseWriter, status int, kind, code string) {
	w.Header().Set("X-Amzn-Errortype", kind)
	writeJSON(w, status, map[string]string{"error": code, "error_description": "", "message": code})
}
