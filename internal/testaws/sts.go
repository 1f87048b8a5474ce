package testaws

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// sts plays AssumeRole and AssumeRoleWithWebIdentity, in the query protocol.
func (a *AWS) sts(w http.ResponseWriter, r *http.Request) {
	if r.ParseForm() != nil || r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	a.Lock()
	defer a.Unlock()
	action, f := r.Form.Get("Action"), r.Form
	values := map[string]string{"Authorization": r.Header.Get("Authorization"), "Token": r.Header.Get("X-Amz-Security-Token")}
	for name := range f {
		values[name] = f.Get(name)
	}
	a.note(action, values)
	role := f.Get("RoleArn")
	seconds, _ := strconv.Atoi(f.Get("DurationSeconds"))
	length := time.Duration(seconds) * time.Second
	if length == 0 {
		length = time.Hour
	}
	longest := a.Longest
	if longest == 0 {
		longest = time.Hour
	}
	switch {
	case action != "AssumeRole" && action != "AssumeRoleWithWebIdentity":
		stsRefuse(w, http.StatusBadRequest, "InvalidAction", "Could not find operation "+action)
	case action == "AssumeRole" && r.Header.Get("Authorization") == "":
		stsRefuse(w, http.StatusForbidden, "MissingAuthenticationToken", "Request is missing Authentication Token")
	case a.Denied[role], length > longest && a.Bound:
		stsRefuse(w, http.StatusForbidden, "AccessDenied", "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sts:"+action+" on resource: "+role)
	case length > longest:
		stsRefuse(w, http.StatusBadRequest, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	case action == "AssumeRole" && a.Code != "" && f.Get("TokenCode") != a.Code:
		stsRefuse(w, http.StatusForbidden, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
	default:
		k := a.grant(role, length)
		parts := strings.SplitN(role+":::::", ":", 6)
		w.Header().Set("Content-Type", "text/xml")
		_, _ = fmt.Fprintf(w, `<%[1]sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%[1]sResult><Credentials>`+
			`<AccessKeyId>%[2]s</AccessKeyId><SecretAccessKey>%[3]s</SecretAccessKey><SessionToken>%[4]s</SessionToken><Expiration>%[5]s</Expiration>`+
			`</Credentials><AssumedRoleUser><Arn>arn:aws:sts::%[6]s:assumed-role/x/%[7]s</Arn><AssumedRoleId>AROA:%[7]s</AssumedRoleId></AssumedRoleUser>`+
			`</%[1]sResult></%[1]sResponse>`, action, escape(k.ID), escape(k.Secret), escape(k.Token), k.Ends.UTC().Format(time.RFC3339), escape(parts[4]), escape(f.Get("RoleSessionName")))
	}
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	return b.String()
}

func stsRefuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>`,
		escape(code), escape(message))
}
