package testaws

import (
	"crypto/rand"
	"net/http"
	"strings"
	"time"
)

// Instance is the role that the metadata of the instance gives.
const Instance = "instance-role"

// ContainerToken is what the container's agent wants to see.
const ContainerToken = "container-AUTHORIZATION"

// login plays the refresh of an "aws login" session. It wants a proof of possession (RFC 9449), and does not check it.
func (a *AWS) login(w http.ResponseWriter, r *http.Request) {
	a.Lock()
	defer a.Unlock()
	in := body(r)
	a.note("CreateOAuth2Token", texts(in))
	if strings.Count(r.Header.Get("DPoP"), ".") != 2 || text(in, "grantType") != "refresh_token" || text(in, "refreshToken") != a.Refresh || a.Refresh == "" {
		refuse(w, http.StatusBadRequest, "AccessDeniedException", "TOKEN_EXPIRED")
		return
	}
	k := a.grant("login", 15*time.Minute)
	a.Refresh = "refresh-" + rand.Text()
	writeJSON(w, http.StatusOK, map[string]any{
		"accessToken": map[string]string{"accessKeyId": k.ID, "secretAccessKey": k.Secret, "sessionToken": k.Token},
		"expiresIn":   int(time.Until(k.Ends).Seconds()), "refreshToken": a.Refresh, "tokenType": "aws_sigv4",
	})
}

// ContainerURI is the address of the container's agent.
func (a *AWS) ContainerURI() string { return a.URL + "/container" }

func (a *AWS) container(w http.ResponseWriter, r *http.Request) {
	a.Lock()
	defer a.Unlock()
	a.note("container", nil)
	if r.Header.Get("Authorization") != ContainerToken {
		writeJSON(w, http.StatusUnauthorized, map[string]string{"code": "AccessDenied", "message": "no"})
		return
	}
	k := a.grant("container", time.Hour)
	writeJSON(w, http.StatusOK, map[string]any{"AccessKeyId": k.ID, "SecretAccessKey": k.Secret, "Token": k.Token, "Expiration": k.Ends.UTC().Format(time.RFC3339)})
}

const instanceSession = "imds-session"

func (a *AWS) instanceToken(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "21600")
	_, _ = w.Write([]byte(instanceSession))
}

func (a *AWS) instance(w http.ResponseWriter, r *http.Request) {
	a.Lock()
	defer a.Unlock()
	a.note("instance", nil)
	if r.Header.Get("X-Aws-Ec2-Metadata-Token") != instanceSession {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if !strings.HasSuffix(r.URL.Path, "/"+Instance) {
		_, _ = w.Write([]byte(Instance + "\n"))
		return
	}
	k := a.grant(Instance, time.Hour)
	writeJSON(w, http.StatusOK, map[string]any{
		"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": k.ID, "SecretAccessKey": k.Secret, "Token": k.Token,
		"Expiration": k.Ends.UTC().Format(time.RFC3339), "LastUpdated": time.Now().UTC().Format(time.RFC3339),
	})
}
