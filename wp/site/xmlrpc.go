package site

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"allyswitch/wp"
)

// xmlrpc calls a method. The error is a *fault when the site refuses in XML-RPC's own form, else a *Diagnosis or the context's.
func (s *Site) xmlrpc(ctx context.Context, op, method string, wait func(string), arguments ...any) (value, error) {
	r := request{op: op, method: http.MethodPost, url: s.beside("xmlrpc.php"), header: http.Header{"Content-Type": {"text/xml; charset=utf-8"}},
		body: call(method, arguments...), repeatable: true, wait: wait}
	if !sameOrigin(r.url, s.root) {
		return value{}, s.client.trouble(OtherHost, r.url.Host).during(op)
	}
	for try := 0; ; try++ {
		told, err := s.xmlrpcOnce(ctx, r)
		var trouble *Diagnosis
		if !errors.As(err, &trouble) || !trouble.passing() || try == len(pauses()) {
			return told, err
		}
		if err := pause(ctx, r, max(pauses()[try], min(trouble.RetryAfter, longestPause)), trouble); err != nil {
			return value{}, err
		}
	}
}

func (s *Site) xmlrpcOnce(ctx context.Context, r request) (value, error) {
	got, err := s.client.once(ctx, r)
	if err != nil {
		return value{}, err
	}
	if d := s.judgeXML(got); d != nil {
		return value{}, d.during(r.op)
	}
	told, err := readResponse(got.body)
	var refused *fault
	if err == nil || errors.As(err, &refused) {
		return told, err
	}
	kind := OddAnswer
	if errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "unexpected EOF") {
		kind = HalfAnswer
	}
	return value{}, s.client.trouble(kind, err.Error()).during(r.op).with(got.status, 0).caused(err)
}

// judgeXML says what is wrong with an answer that should be XML-RPC's.
func (s *Site) judgeXML(got answer) *Diagnosis {
	body := bytes.TrimSpace(got.body)
	switch {
	case bytes.Contains(body[:min(len(body), 400)], []byte("<methodResponse")):
		return nil
	case got.redirect() != nil:
		return s.client.sentOn(got, got.redirect())
	case len(body) == 0 && got.status < 400:
		return s.client.trouble(EmptyAnswer, statusText(got.status)).with(got.status, 0)
	}
	return s.client.judgePage(got)
}

// storedFrom is a user as XML-RPC answers.
func storedFrom(told value) wp.Stored {
	id, _ := strconv.ParseInt(told.fields["user_id"].text, 10, 64)
	user := wp.Stored{ID: id, Login: told.fields["username"].text, Email: told.fields["email"].text, FirstName: told.fields["first_name"].text,
		LastName: told.fields["last_name"].text, DisplayName: told.fields["display_name"].text, Registered: dateOfXML(told.fields["registered"].text)}
	for _, role := range told.fields["roles"].list {
		user.Roles = append(user.Roles, role.text)
	}
	return user
}

// dateOfXML turns 20200102T00:01:01 into what the database has; the zero date comes as 00000000T00:00:00Z.
func dateOfXML(date string) string {
	date = strings.TrimSuffix(date, "Z")
	if len(date) < len("20200102T00:01:01") || date[8] != 'T' {
		return date
	}
	return date[:4] + "-" + date[4:6] + "-" + date[6:8] + " " + date[9:]
}

// decode reads JSON with the mark that some plugins put in front of it.
func decode(body []byte, into any) error {
	return json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), into)
}
