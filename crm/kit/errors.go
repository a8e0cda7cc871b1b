package kit

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"allyswitch/crm"
)

// queueWait is how long to leave Kit's bulk queue alone when it is full; Kit does not say.
const queueWait = time.Minute

// expiredText is how Kit says that an access token has run out, and not that it is wrong.
const expiredText = "The access token expired"

const expiredHelp = ". An OAuth token lasts a limited time. Get a new one the way you got this one and enter it again " +
	"(ALLYSWITCH_CRM_TOKEN): AllySwitch goes on where it was"

// classify reads an answer as Kit means it (developers.kit.com, "Response codes"). A 429 is plain text and has no Retry-After.
// Every other refusal is Kit's only if it comes in Kit's envelope.
func classify(r crm.Response) *crm.Error {
	if r.Status < 300 {
		return nil
	}
	words, envelope := vendorWords(r.Body)
	e := &crm.Error{Hint: words, Kind: refusalKind(r.Status, words)}
	switch {
	case r.Status == http.StatusRequestEntityTooLarge:
		e.RetryAfter = queueWait
	case e.Kind == crm.KindTemporary || e.Kind == crm.KindRate:
	case !envelope && bytes.HasPrefix(bytes.TrimSpace(r.Body), []byte("<")):
		e.Hint = "something between this computer and Kit answers with a page of its own"
	case !envelope:
		return &crm.Error{Kind: crm.KindTemporary, Sent: true, Hint: "Kit refused, but why cannot be read"}
	case r.Status == http.StatusUnauthorized && words == expiredText:
		e.Hint = words + expiredHelp
	}
	return e
}

func refusalKind(status int, words string) crm.Kind {
	refused := status == http.StatusForbidden || status == http.StatusUnprocessableEntity
	switch {
	case refused && strings.Contains(strings.ToLower(words), "subscriber limit"):
		return crm.KindPlanLimit
	case status == http.StatusUnauthorized:
		return crm.KindAuth
	case status == http.StatusForbidden:
		return crm.KindPermission
	case status == http.StatusNotFound:
		return crm.KindNotFound
	case status == http.StatusTooManyRequests:
		return crm.KindRate
	case status == http.StatusUnprocessableEntity && strings.Contains(words, "already been taken"):
		return crm.KindConflict
	case status >= http.StatusInternalServerError, status == http.StatusRequestTimeout, status == http.StatusRequestEntityTooLarge:
		return crm.KindTemporary
	}
	return crm.KindInvalid
}

// vendorWords are the messages of the error envelope, or of the token endpoint's; envelope is false when the body is neither.
func vendorWords(body []byte) (words string, envelope bool) {
	var reply errorReply
	if json.Unmarshal(body, &reply) != nil || len(reply.Errors) == 0 && reply.Error == "" {
		return "", false
	}
	if reply.Error != "" {
		return strings.TrimSpace(reply.Error + " " + reply.Description), true
	}
	return strings.Join(reply.Errors, "; "), true
}
