package crm

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/url"
)

// unreachable says in plain words why a host did not answer. What failed before a connection stood was certainly not sent.
func unreachable(err error) *Error {
	err = withoutURL(err)
	trouble := &Error{Kind: KindUnreachable, Code: CodeNetwork, Err: err}
	var dns *net.DNSError
	var dial *net.OpError
	switch {
	case isCertificate(err):
		trouble.Hint = "the certificate of this address does not fit it, so the connection is not safe"
	case errors.As(err, &dns) && dns.IsNotFound:
		trouble.Hint = "there is no such address; check its spelling, and that this computer is online"
	case errors.As(err, &dns):
		trouble.Hint = "the address could not be looked up; check that this computer is online"
	case errors.As(err, &dial) && dial.Op == "dial":
		trouble.Hint = "the address does not take connections; check that this computer is online and no firewall is in the way"
	default:
		trouble.Kind, trouble.Sent, trouble.Hint = KindTemporary, true, "the connection broke before the answer came"
	}
	return trouble
}

// withoutURL takes off the wrapping that repeats the whole address, query and all.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

func isCertificate(err error) bool {
	var verify *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &hostname) || errors.As(err, &invalid) || errors.As(err, &record)
}

// lasting says that asking again will not help: the name does not exist or the certificate does not fit.
func lasting(err error) bool {
	var dns *net.DNSError
	return isCertificate(err) || errors.As(err, &dns) && dns.IsNotFound
}
