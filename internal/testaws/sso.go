package testaws

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The client that the OIDC service registers, whoever asks.
const (
	ClientID     = "testaws-client"
	ClientSecret = "testaws-CLIENT-SECRET"
)

// DeviceCode is what a person compares or types.
const DeviceCode = "ABCD-EFGH"

func body(r *http.Request) (values map[string]any) {
	_ = json.NewDecoder(r.Body).Decode(&values) // what cannot be read has no values
	return values
}

func text(values map[string]any, name string) string {
	s, _ := values[name].(string)
	return s
}

func texts(values map[string]any) map[string]string {
	flat := map[string]string{}
	for name, value := range values {
		switch v := value.(type) {
		case string:
			flat[name] = v
		case []any:
			var all []string
			for _, one := range v {
				s, _ := one.(string)
				all = append(all, s)
			}
			flat[name] = strings.Join(all, " ")
		}
	}
	return flat
}

// portal plays GetRoleCredentials.
func (a *AWS) portal(w http.ResponseWriter, r *http.Request) {
	a.Lock()
	defer a.Unlock()
	q := r.URL.Query()
	role, account := q.Get("role_name"), q.Get("account_id")
	a.note("GetRoleCredentials", map[string]string{"role": role, "account": account})
	switch {
	case !a.Tokens[r.Header.Get("X-Amz-Sso_bearer_token")]:
		refuse(w, http.StatusUnauthorized, "UnauthorizedException", "Session token not found or invalid")
	case a.Denied[role]:
		refuse(w, http.StatusForbidden, "ForbiddenException", "No access")
	default:
		k := a.grant(role, time.Hour)
		writeJSON(w, http.StatusOK, map[string]any{"roleCredentials": map[string]any{
			"accessKeyId": k.ID, "secretAccessKey": k.Secret, "sessionToken": k.Token, "expiration": k.Ends.UnixMilli(),
		}})
	}
}

func (a *AWS) register(w http.ResponseWriter, r *http.Request) {
	a.Lock()
	defer a.Unlock()
	in := body(r)
	a.note("RegisterClient", texts(in))
	_, code := in["grantTypes"]
	if text(in, "clientType") != "public" || text(in, "clientName") == "" || code && a.NoBrowserFlow {
		refuse(w, http.StatusBadRequest, "InvalidRequestException", "invalid_request")
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"clientId": ClientID, "clientSecret": ClientSecret,
		"clientIdIssuedAt": time.Now().Unix(), "clientSecretExpiresAt": time.Now().Add(90 * 24 * time.Hour).Unix(),
	})
}

func (a *AWS) device(w http.ResponseWriter, r *http.Request) {
	a.Lock()
	defer a.Unlock()
	in := body(r)
	a.note("StartDeviceAuthorization", texts(in))
	if text(in, "clientId") != ClientID || text(in, "clientSecret") != ClientSecret {
		refuse(w, http.StatusUnauthorized, "InvalidClientException", "invalid_client")
		return
	}
	device := rand.Text()
	a.devices[device] = true
	writeJSON(w, http.StatusOK, map[string]any{
		"deviceCode": device, "userCode": DeviceCode, "expiresIn": 600, "interval": 1,
		"verificationUri": a.URL + "/device", "verificationUriComplete": a.URL + "/device?user_code=" + DeviceCode,
	})
}

// authorize plays the page on which a person agrees: whoever loads it agrees at once, and is sent back.
func (a *AWS) authorize(w http.ResponseWriter, r *http.Request) {
	a.Lock()
	defer a.Unlock()
	q := r.URL.Query()
	a.note("Authorize", map[string]string{"scopes": q.Get("scopes"), "redirect_uri": q.Get("redirect_uri")})
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Hostname() != "127.0.0.1" || back.Path != "/oauth/callback" || q.Get("client_id") != ClientID ||
		q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("state") == "" {
		http.Error(w, "invalid_request", http.StatusBadRequest)
		return
	}
	answer := url.Values{"state": {q.Get("state")}}
	if a.Answer == "denied" {
		answer.Set("error", "access_denied")
	} else {
		code := rand.Text()
		a.codes[code] = q.Get("code_challenge")
		answer.Set("code", code)
	}
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound) // #nosec G710 -- to this computer only, as was checked
}

// token plays CreateToken with its three grants.
func (a *AWS) token(w http.ResponseWriter, r *http.Request) {
	a.Lock()
	defer a.Unlock()
	in := body(r)
	grant := text(in, "grantType")
	a.note("CreateToken", texts(in))
	if text(in, "clientId") != ClientID || text(in, "clientSecret") != ClientSecret {
		refuse(w, http.StatusUnauthorized, "InvalidClientException", "invalid_client")
		return
	}
	switch grant {
	case "authorization_code":
		challenge, known := a.codes[text(in, "code")]
		delete(a.codes, text(in, "code"))
		sum := sha256.Sum256([]byte(text(in, "codeVerifier")))
		if !known || challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
			refuse(w, http.StatusBadRequest, "InvalidGrantException", "invalid_grant")
			return
		}
	case "refresh_token":
		if a.Refresh == "" || text(in, "refreshToken") != a.Refresh {
			refuse(w, http.StatusBadRequest, "InvalidGrantException", "invalid_grant")
			return
		}
	case "urn:ietf:params:oauth:grant-type:device_code":
		switch {
		case !a.devices[text(in, "deviceCode")] || a.Answer == "expired":
			refuse(w, http.StatusBadRequest, "ExpiredTokenException", "expired_token")
			return
		case a.Answer == "denied":
			refuse(w, http.StatusBadRequest, "AccessDeniedException", "access_denied")
			return
		case a.Pending != 0:
			if a.Pending > 0 {
				a.Pending--
			}
			refuse(w, http.StatusBadRequest, "AuthorizationPendingException", "authorization_pending")
			return
		}
		delete(a.devices, text(in, "deviceCode"))
	default:
		refuse(w, http.StatusBadRequest, "UnsupportedGrantTypeException", "unsupported_grant_type")
		return
	}
	token := "sso-" + rand.Text()
	a.Tokens[token], a.Refresh = true, "refresh-"+rand.Text()
	writeJSON(w, http.StatusOK, map[string]any{"accessToken": token, "expiresIn": 3600, "refreshToken": a.Refresh, "tokenType": "Bearer"})
}
