package site

import (
	"net"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// candidates are the addresses at which the site may be that somebody has typed: the folder that was typed, then those above it.
// They are https, or http on this machine itself, and each ends in a slash.
func candidates(typed string) ([]*url.URL, error) {
	base, problem := readAddress(typed)
	if problem != "" {
		return nil, diagnose(NotAnAddress, shown(typed), problem)
	}
	var found []*url.URL
	for path := sitePath(base.Path); ; {
		folder := *base
		folder.Path, folder.RawPath = path, ""
		found = append(found, &folder)
		if path == "/" || len(found) == 4 {
			return found, nil
		}
		path = path[:strings.LastIndexByte(strings.TrimSuffix(path, "/"), '/')+1]
	}
}

// shown is what was typed, without anything that may be a password.
func shown(typed string) string {
	if at := strings.LastIndexByte(typed, '@'); at >= 0 {
		return "…" + typed[at:]
	}
	return typed
}

// readAddress reads scheme, host and path, or says what is wrong.
func readAddress(typed string) (address *url.URL, problem string) {
	typed = strings.TrimSpace(typed)
	scheme, rest, found := strings.Cut(typed, "://")
	if !found {
		scheme, rest = "", strings.TrimPrefix(typed, "//")
	}
	address, err := url.Parse("https://" + rest)
	switch {
	case err != nil || address.Host == "":
		return nil, "it has no host"
	case address.User != nil:
		return nil, "leave out user name and password; AllySwitch asks for them separately"
	case scheme != "" && !strings.EqualFold(scheme, "https") && !strings.EqualFold(scheme, "http"):
		return nil, "it must begin with https://"
	}
	host, ok := readHost(address.Hostname())
	if !ok {
		return nil, "the host is no name that a site can have"
	}
	address.Host = joinPort(host, address.Port())
	if Loopback(host) && !strings.EqualFold(scheme, "https") {
		address.Scheme = "http"
	}
	address.RawQuery, address.Fragment = "", ""
	return address, ""
}

// readHost is a host's name in ASCII and lower case.
func readHost(name string) (string, bool) {
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	if Loopback(name) || net.ParseIP(name) != nil {
		return name, true
	}
	name, err := idna.Lookup.ToASCII(name)
	return name, err == nil && strings.Contains(name, ".") && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, ".") && !strings.Contains(name, "..")
}

func joinPort(host, port string) string {
	switch {
	case port == "" || port == "443":
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	default:
		return net.JoinHostPort(host, port)
	}
}

// sitePath cuts off what follows the site's own folder in addresses that people copy from the browser.
func sitePath(path string) string {
	for _, part := range []string{"/wp-admin", "/wp-login.php", "/wp-json", "/wp-content", "/wp-includes", "/wp-signup.php", "/xmlrpc.php", "/index.php"} {
		if at := strings.Index(path+"/", part+"/"); at >= 0 {
			path = path[:at]
		}
	}
	path = "/" + strings.Trim(path, "/") + "/"
	if path == "//" {
		return "/"
	}
	return path
}

// Loopback says whether a host, in lower case and without a port, is this machine itself, which needs no encryption.
func Loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// speakable says whether we may speak to this address at all: encrypted, or without leaving this machine.
func speakable(address *url.URL) bool {
	return address.Scheme == "https" || address.Scheme == "http" && Loopback(strings.ToLower(address.Hostname()))
}

// sameSite says whether two addresses are one site for us: the same scheme and host, with or without "www.".
func sameSite(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.TrimPrefix(hostOf(a), "www.") == strings.TrimPrefix(hostOf(b), "www.")
}

// sameOrigin says whether credentials for one address may go to the other.
func sameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && hostOf(a) == hostOf(b) }

func hostOf(address *url.URL) string {
	host := strings.ToLower(address.Host)
	if address.Scheme == "https" {
		host = strings.TrimSuffix(host, ":443")
	}
	return host
}
