package site

// answerWords are about what came back.
func answerWords(kind Kind) (words, bool) {
	switch kind {
	case WebPage:
		return words{code: "WP-HTML", what: "{site} answered with a web page where WordPress's data was due.",
			now: "Save Settings, Permalinks once in WordPress. If it stays, a plugin, a cache or the host puts its own page in between: the page's title is below."}, true
	case HalfAnswer:
		return words{code: "WP-CUT", what: "An answer of {site} broke off in the middle. AllySwitch does not use half an answer.",
			means: "Nothing of it was used, and nothing is lost: what was read before is kept.",
			now:   "Try again; the reading goes on where it stopped. If it happens every time, ask your host about time limits and memory for PHP."}, true
	case EmptyAnswer:
		return words{code: "WP-EMPTY", what: "{site} answered with nothing at all. That is not the same as “there are none”.",
			means: "Nothing of it was used, and nothing is lost: what was read before is kept.",
			now:   "Try again. If it stays empty, PHP on the site has stopped with an error: ask your host for the error log."}, true
	case OddAnswer:
		return words{code: "WP-JSON", what: "{site} answered in a form that WordPress does not have.",
			now: "Another plugin may change what the REST API answers. Tell support the lines below."}, true
	case BigAnswer:
		return words{code: "WP-BIG", what: "An answer of {site} is far larger than any that WordPress gives, so AllySwitch stopped reading it.",
			now: "Tell support the lines below."}, true
	case ServerError:
		return words{code: "WP-500", what: "{site} failed while it worked out an answer.",
			now: "Try again in a minute. If it stays, a plugin is probably at fault: ask your host for the PHP error log."}, true
	case TooFast:
		return words{code: "WP-429", what: "{site} asks for fewer requests.",
			now: "Wait a few minutes and try again; the reading goes on where it stopped."}, true
	case Refused:
		return words{code: "WP-400", what: "{site} does not take what AllySwitch asked of it.",
			now: "The site's own words are below. Tell support if they do not help."}, true
	case NotThere:
		return words{code: "WP-GONE", what: "{site} does not have what AllySwitch asked for.",
			now: "It may have been deleted meanwhile. Look again on the site."}, true
	case Exists:
		return words{code: "WP-EXISTS", what: "{site} has a user with this name or address already.",
			now: "Use that one."}, true
	case notLoggedIn:
		return words{code: "WP-401", what: "{site} does not take this login any more.",
			now: "The application password may have been revoked. Log in again with a new one."}, true
	}
	return words{}, false
}

// readingWords are about lists of users, and about making one.
func readingWords(kind Kind) (words, bool) {
	const kept = "What was read up to here is kept. Members who are not in it yet would be missed, so AllySwitch does not call it complete."
	switch kind {
	case Shifting:
		return words{code: "WP-SHIFT", what: "The list of users of {site} changes while it is being read: users come or go, or a plugin puts them in another order.",
			means: kept, now: "Put the site in maintenance mode, so that nobody joins or is deleted, and go on."}, true
	case ShortPage:
		return words{code: "WP-SHORT", what: "{site} gave fewer users than it says it has.",
			means: kept, now: "A plugin may hide some users from the list. Switch such a plugin off and go on, install the AllySwitch Companion, or use the export file."}, true
	case NoWayToRead:
		return words{code: "WP-READ", what: "{site} offers no way to read its users: neither the companion, nor the REST API, nor XML-RPC.",
			now: "Install the AllySwitch Companion, or go on with the export file."}, true
	case NotVerified:
		return words{code: "WP-CHECK", what: "{site} reported success, but what was read back is not what was asked for.",
			means: "The user is on the site, and may have another role or name than meant.",
			now:   "Look at the user in WordPress under Users, and correct it there."}, true
	case MaybeCreated:
		return words{code: "WP-MAYBE", what: "No answer came when a user was to be made on {site}, and it cannot be found out whether there is one now.",
			means: "At worst there is one user without rights to anything. Nobody got mail.",
			now:   "Try again in a minute. AllySwitch looks for the user first and makes no second one."}, true
	}
	return words{}, false
}

// companionWords are about the companion plugin.
func companionWords(kind Kind) (words, bool) {
	switch kind {
	case NoCompanion:
		return words{code: "WPC-404", what: "The AllySwitch Companion is not active on {site}.",
			now: "Upload it in WordPress under Plugins, Add New, Upload Plugin, and activate it. It switches itself off after 14 days; activate it again if you need longer."}, true
	case OtherSystem:
		return words{code: "WPC-CRM", what: "AccessAlly on {site} is connected with another CRM than the one of this switch. Nothing was written.",
			now: "Look at the CRM Integration tab of AccessAlly. Contact IDs belong to one CRM, so they must not be written for another."}, true
	case Busy:
		return words{code: "WPC-BUSY", what: "Somebody else is writing contact IDs on {site} just now. Nothing was written.",
			now: "Wait until the other is done, and try again."}, true
	case Unavailable:
		return words{code: "WPC-501", what: "AccessAlly on {site} does not have the function that this needs. Its version may be older or newer than those known.",
			now: "Go on by hand: AllySwitch shows the menus. What was looked for is below."}, true
	case Unreadable:
		return words{code: "WPC-500", what: "AccessAlly on {site} failed, or answered in a form that is not known. So the answer is unknown, which is not “none”.",
			now: "Try again once. If it stays, go on by hand, and tell support the lines below."}, true
	case TwiceInOne:
		return words{code: "WPC-TWICE", what: "Two links name the same user, or give the same contact to two users of {site}. Nothing was written.",
			now: "Decide which of the two belongs to the contact, and leave the other one out. They are named below."}, true
	}
	return words{}, false
}
