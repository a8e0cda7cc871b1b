package crm

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of trouble it is, and so what can be done about it.
type Kind string

// The kinds of trouble. Temporary and Rate pass by themselves; Quota passes at a known time; the others need a person.
const (
	KindAuth        Kind = "auth"
	KindPermission  Kind = "permission"
	KindNotFound    Kind = "not-found"
	KindRate        Kind = "rate"
	KindQuota       Kind = "quota"
	KindTemporary   Kind = "temporary"
	KindInvalid     Kind = "invalid"
	KindConflict    Kind = "conflict"
	KindUnsupported Kind = "unsupported"
	KindPlanLimit   Kind = "plan-limit"
	// KindUnreachable is a host that cannot be found or refuses the connection, or a certificate that does not fit.
	KindUnreachable Kind = "unreachable"
	// KindWrongAddress is an answer that is not this CRM's API at all (a web page, another service).
	KindWrongAddress Kind = "wrong-address"
)

// Error is the one type of error that drivers and Conn return.
type Error struct {
	Kind Kind
	// Code is short enough to read aloud: KIT-401.
	Code string
	// Op is what was being done, in words: "create the tag".
	Op string
	// Status is the HTTP status, 0 when there was no answer.
	Status int
	// RetryAfter is how long the CRM asks to wait, 0 when it does not say.
	RetryAfter time.Duration
	// Hint is the vendor's own words, without secrets and control characters, at most a few hundred characters.
	Hint string
	// Sent says that the request may have been carried out although no usable answer came.
	Sent bool
	// Err is the cause, nil when the answer itself is the trouble.
	Err error
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%s: %s", e.Op, e.Kind)
	if e.Status != 0 {
		text += fmt.Sprintf(" (%d)", e.Status)
	}
	if e.Hint != "" {
		text += ": " + e.Hint
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// MaybeSent is err as it is about work of which a part may have been carried out, by an earlier request: with Sent set.
func MaybeSent(err error) error {
	var trouble *Error
	if !errors.As(err, &trouble) || trouble.Sent {
		return err
	}
	doubtful := *trouble
	doubtful.Sent = true
	return &doubtful
}

// IsKind says whether err is, or wraps, an *Error of that kind.
func IsKind(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

// Passing says whether the same request may well succeed later without anybody doing anything.
func Passing(err error) bool {
	return IsKind(err, KindRate) || IsKind(err, KindTemporary) || IsKind(err, KindUnreachable)
}
