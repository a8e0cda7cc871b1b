package crm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// largestAnswer is far above the largest page that any of the CRMs sends.
const largestAnswer = 32 << 20

// readAnswer reads the whole body. A body that breaks off is no answer, but the request was carried out, or may have been.
func readAnswer(ctx context.Context, reply *http.Response) (Response, *Error) {
	answer := Response{Status: reply.StatusCode, Header: reply.Header}
	body, err := io.ReadAll(io.LimitReader(reply.Body, largestAnswer+1))
	switch {
	case ctx.Err() != nil:
		return answer, &Error{Kind: KindTemporary, Code: CodeStopped, Status: answer.Status, Sent: true, Err: ctx.Err()}
	case errors.Is(err, context.DeadlineExceeded):
		return answer, &Error{Kind: KindTemporary, Code: CodeLate, Status: answer.Status, Sent: true, Hint: "the answer did not end in time", Err: context.DeadlineExceeded}
	case err != nil:
		return answer, &Error{Kind: KindTemporary, Code: CodeCut, Status: answer.Status, Sent: true, Hint: "the answer breaks off", Err: err}
	case len(body) > largestAnswer:
		return answer, &Error{Kind: KindInvalid, Code: CodeBig, Status: answer.Status, Sent: true, Hint: "the answer is larger than 32 MB"}
	}
	answer.Body = body
	return answer, nil
}

// wrongAddress recognises a web page where the API should be. Vendors' own fronts answer with pages too when they are overloaded
// (5xx), too busy (429) or suspicious (403), so those are left to the driver.
func wrongAddress(answer Response) *Error {
	status := answer.Status
	if !isHTML(answer.Body) || status >= http.StatusInternalServerError || status == http.StatusTooManyRequests || status == http.StatusForbidden {
		return nil
	}
	return &Error{Kind: KindWrongAddress, Code: CodeHTML, Hint: "this address answers with a web page, not with the CRM's API"}
}

func isHTML(body []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 512)]))
	start = bytes.TrimPrefix(start, []byte("\xef\xbb\xbf"))
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

// decodeJSON reads an answer into out. Whatever cannot be read says nothing about what was done.
func decodeJSON(answer Response, out any) *Error {
	if len(bytes.TrimSpace(answer.Body)) == 0 {
		return &Error{Kind: KindTemporary, Code: CodeEmpty, Sent: true, Hint: "the answer is empty"}
	}
	err := json.Unmarshal(answer.Body, out)
	if err == nil {
		return nil
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && syntax.Offset >= int64(len(answer.Body)) {
		return &Error{Kind: KindTemporary, Code: CodeCut, Sent: true, Hint: "the answer breaks off", Err: err}
	}
	return &Error{Kind: KindTemporary, Code: CodeJSON, Sent: true, Hint: "the answer cannot be read", Err: fmt.Errorf("decode the answer: %w", err)}
}

// retryAfter reads the header of that name: seconds, or a date (RFC 9110, 10.2.3).
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil && date.After(now) {
		return date.Sub(now)
	}
	return 0
}

func statusCode(status int) string { return fmt.Sprintf("-%d", status) }
