package site

// reachWords are about the way to the site.
func reachWords(kind Kind) (words, bool) {
	switch kind {
	case NotAnAddress:
		return words{code: "WP-URL", what: "“{site}” is not the address of a site.",
			now: "Type it as in the browser's address line, for example https://members.example.com"}, true
	case PlainHTTP:
		return words{code: "WP-HTTP", what: "{site} can only be reached without encryption (http). Anybody on the way could read your password, so AllySwitch does not log in there.",
			now: "Ask your host for a certificate (most give one for free), see that the site opens with https://, and try again."}, true
	case Unreachable:
		return words{code: "WP-NET", what: "{site} does not answer.",
			now: "Open the site in your browser. If it opens there, check the address for a typing mistake; if not, check your connection or ask your host. Then try again."}, true
	case Certificate:
		return words{code: "WP-TLS", what: "{site} cannot prove that it is your site: its certificate does not fit the address, has run out, or comes from nobody that is trusted.",
			now: "Open the site in your browser: it will warn you, too. Ask your host to renew the certificate. On a staging copy, use the address that the host gave you for it."}, true
	case Late:
		return words{code: "WP-LATE", what: "{site} took too long to answer.",
			now: "Try again in a few minutes. If it stays so slow, ask your host what keeps the site busy."}, true
	case RedirectLoop:
		return words{code: "WP-LOOP", what: "{site} sends every visitor in a circle: each address leads to another one and back.",
			now: "Open the site in your browser; it will say that there are too many redirects. Usually http and https, or with and without www, are set differently in WordPress (Settings, General) and at your host."}, true
	case OtherHost:
		return words{code: "WP-MOVED", what: "{site} sends visitors on to another site. Your password must not go there unasked.",
			now: "If the other address is your site, too, type that one. It is named below."}, true
	case NotWordPress:
		return words{code: "WP-404", what: "There is a site at {site}, but it does not look like WordPress.",
			now: "Type the address where your members log in; the membership site often has an address of its own, such as members.example.com or example.com/members."}, true
	case Maintenance:
		return words{code: "WP-503", what: "{site} shows its maintenance page, to AllySwitch as well.",
			now: "If WordPress is just being updated, wait ten minutes. If you switched maintenance mode on with a plugin, let its settings allow the REST API (the addresses below /wp-json/), then try again."}, true
	case Firewall:
		return words{code: "WP-WAF", what: "A firewall in front of {site} takes AllySwitch for a robot and does not let it through.",
			now: "Ask your host, or the service that protects the site (Cloudflare, Sucuri, Wordfence …), to let your own internet address through to /wp-json/ and /xmlrpc.php for today. Then try again."}, true
	case HTTPPassword:
		return words{code: "WP-STAGING", what: "The server of {site} asks for a password of its own before WordPress is reached, as staging sites do. A site can check only one password at a time, so the two get in each other's way.",
			now: "Switch the staging password off at your host for as long as you rehearse, or exempt /wp-json/ and /xmlrpc.php from it."}, true
	}
	return words{}, false
}

// loginWords are about who may come in.
func loginWords(kind Kind) (words, bool) {
	switch kind {
	case NoCredentials:
		return words{code: "WP-LOGIN", what: "AllySwitch needs an administrator's user name and an application password for {site}.",
			now: "Open the page that AllySwitch shows, approve it, and paste the password that WordPress makes. Your own password does not work here, and is not wanted."}, true
	case WrongPassword:
		return words{code: "WP-401", what: "{site} does not accept this user name and application password.",
			now: "Check the user name. Then make a new application password in WordPress under Users, Profile, Application Passwords, and paste it. It has 24 letters and digits; your usual password does not work here."}, true
	case NoSuchUser:
		return words{code: "WP-USER", what: "{site} does not know this user name.",
			now: "In WordPress, Users shows the user names in the first column. Type yours exactly as it stands there, or your e-mail address on the site."}, true
	case HeaderStripped:
		return words{code: "WP-HEADER", what: "Name and password are right, but the host of {site} takes them out of every request before WordPress sees them (the “Authorization” header).",
			now: "Save Settings, Permalinks once in WordPress, which writes the needed line into .htaccess. If that does not help, send your host this sentence: “Please pass the Authorization header on to PHP: CGIPassAuth On, or SetEnvIf Authorization \"(.*)\" HTTP_AUTHORIZATION=$1.”"}, true
	case LoginUnclear:
		return words{code: "WP-401-OR", what: "{site} treats us as a visitor who is not logged in. Either the application password is wrong, or the host takes it out of the request; XML-RPC, which could tell the two apart, is switched off.",
			now: "Make a new application password and try again. If it is still refused, ask your host whether the Authorization header reaches PHP."}, true
	case PasswordsOff:
		return words{code: "WP-501", what: "Application passwords are switched off on {site}.",
			now: "A security plugin does that. In Wordfence: All Options, Brute Force Protection, “Disable WordPress application passwords”. In Solid Security: WordPress Tweaks. Allow them, make one, and switch them off again when you are done."}, true
	case RESTBlocked:
		return words{code: "WP-BLOCK", what: "A plugin or the host of {site} blocks WordPress's REST API.",
			now: "Look for it in your security plugins (“Disable REST API”, Solid Security, All-In-One Security, JWT Authentication …) and allow it for administrators. The plugin's own words are below."}, true
	case UsersRemoved:
		return words{code: "WP-USERS", what: "On {site} the part of the REST API that lists users has been removed, even for administrators.",
			now: "Security plugins and a well-known snippet do that (“stop user enumeration”, “remove /wp/v2/users”). Switch it off for as long as you switch, or install the AllySwitch Companion, which does not need it."}, true
	case NotAdmin:
		return words{code: "WP-403", what: "You are logged in to {site}, but this account is not an administrator.",
			now: "Use the account of an administrator, or ask one to give yours the role Administrator for the switch."}, true
	}
	return words{}, false
}
