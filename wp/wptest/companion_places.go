package wptest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// offerings are the site's offerings as the companion answers them: under the names of AccessAlly's options, tags by ID.
func (h *Handler) offerings(q *question) []object {
	list := []object{}
	for n, offering := range h.site.Offerings {
		modules := object{}
		for module, name := range offering.Modules {
			modules[module] = h.tags.ids([]string{name})
		}
		pages := []object{}
		for _, each := range offering.Pages {
			post := h.post(q, each.ID, each.Title)
			post["module"] = each.Module
			pages = append(pages, post)
		}
		list = append(list, object{"key": fmt.Sprintf("_accessally_offering_%d", n+1), "name": offering.Name, "system": h.system, "pages": pages,
			"tags": object{"base": h.tags.ids([]string{offering.Base}), "instant": h.tags.ids([]string{offering.Instant}), "revoke": h.tags.ids([]string{offering.Revoke}), "modules": modules, "other": object{}}})
	}
	return list
}

func (h *Handler) post(q *question, id int64, title string) object {
	return object{"id": id, "title": title, "type": "page", "status": "publish", "url": q.base + "/" + strings.ReplaceAll(strings.ToLower(title), " ", "-") + "/"}
}

// otherRoute answers what few people ask, and what writes.
func (h *Handler) otherRoute(q *question, after int64, limit int) reply {
	switch q.method + strings.TrimPrefix(q.route, "/allyswitch/v1") {
	case "GET/tag-references":
		return h.references(q, after)
	case "GET/access-rules":
		return h.needing(readsOffers, func() reply { return h.rules(q, after, limit) })
	case "GET/teams":
		return h.teamPeople(after, limit)
	case "GET/orders":
		return h.needing("a table for orders", func() reply {
			row := object{"id": "1", "order_id": "1", "contact_id": "500004", "email": "plus.first+vip@example.com", "status": "complete", "amount": "49.00", "currency": "USD", "gateway": "stripe", "created": "2026-01-02 03:04:05"}
			return rows("wp_aal_orders", after, row)
		})
	case "GET/subscriptions":
		return h.needing("a table for subscriptions", func() reply {
			row := object{"id": "1", "order_id": "1", "subscription_id": "1", "contact_id": "500004", "status": "active", "amount": "49.00", "gateway": "stripe", "next_charge": "2026-12-02 00:00:00"}
			return rows("wp_aal_subscriptions", after, row)
		})
	case "GET/inventory":
		return data(http.StatusOK, object{"classes": object{"AccessAllyAPI": []string{"get_all_tags()", "sync_user_info_from_crm($user_id)"}}, "functions": []string{"accessally_has_any_tag_id"},
			"tables": object{"wp_aal_user_tags": []string{"id", "contact_id"}}, "options": []string{"_accessally_offering_1"}, "user_meta": []string{"_accessally_user_tag_ids"},
			"post_meta": []string{"_accessally_post_permission"}, "shortcodes": []string{"accessally_order_form"}, "post_types": []string{}})
	case "POST/contact-ids":
		return h.writing(q, setsContacts, h.setContacts)
	case "POST/refresh":
		return h.writing(q, refreshes, h.refresh)
	case "POST/cached-tags":
		return h.writing(q, restores, h.restoreTags)
	}
	return noRoute()
}

// rows is a page of a table of orders.
func rows(table string, after int64, row object) reply {
	columns, list := object{}, []object{row}
	for name := range row {
		columns[name] = name
	}
	if after > 0 {
		list = []object{}
	}
	return data(http.StatusOK, object{"table": table, "columns": columns, "rows": list, "next": nil})
}

// references are the places with tags: the offerings' own, and one each of what only a person can judge.
func (h *Handler) references(q *question, after int64) reply {
	section := q.query.Get("section")
	if !slices.Contains([]string{"options", "postmeta", "content", "theme", "usermeta", "tables"}, section) {
		return invalid("section", "rest_not_in_enum", "section is not one of options, postmeta, content, theme, usermeta, and tables.")
	}
	list, unreadable := []object{}, []object{}
	place := func(kind, key string, id int64, title, path, tag string, certain bool) {
		known := any(tag != "" && tag != "4711")
		if h.is(NoAccessAlly) {
			known = nil
		}
		list = append(list, object{"kind": kind, "certain": certain, "key": key, "id": id, "title": title, "path": path, "tag": tag, "known": known, "edit": ""})
	}
	switch {
	case after > 0 || h.is(NoAccessAlly):
	case section == "options":
		for n, offering := range h.site.Offerings {
			key := fmt.Sprintf("_accessally_offering_%d", n+1)
			place("offering", key, int64(n+1), offering.Name, "tags.base.tag", h.tags.id(offering.Base), true)
			place("offering", key, int64(n+1), offering.Name, "tags.revoke.tag", h.tags.id(offering.Revoke), true)
		}
	case section == "content":
		place("shortcode", "accessally_has_tag", 150, "Offers now", "[accessally_has_tag] has_tag", "4711", false)
	case section == "theme":
		place("theme-code", "themes/twentytwentythree/theme-code.php", 9, "", "themes/twentytwentythree/theme-code.php:9", "", false)
		list[0]["dynamic"] = true
	case section == "postmeta":
		unreadable = append(unreadable, object{"kind": "page-permission", "key": "_accessally_post_permission", "id": 103, "why": "not readable as PHP data"})
	}
	return data(http.StatusOK, object{"section": section, "references": list, "unreadable": unreadable, "looked_at": len(list) + len(unreadable), "next": nil})
}

// rules are the pages that the offerings guard.
func (h *Handler) rules(q *question, after int64, limit int) reply {
	list := []object{}
	var next any
	for n, offering := range h.site.Offerings {
		for _, each := range offering.Pages {
			if each.ID <= after || len(list) == limit {
				continue
			}
			rule := h.post(q, each.ID, each.Title)
			rule["offerings"] = []object{{"key": fmt.Sprintf("_accessally_offering_%d", n+1), "module": each.Module,
				"any_of": h.tags.ids([]string{offering.Instant, offering.Opener(each.Module)}), "none_of": h.tags.ids([]string{offering.Revoke})}}
			rule["require_login"], rule["permission_tags"] = nil, []object{}
			list = append(list, rule)
			if len(list) == limit {
				next = each.ID
			}
		}
	}
	return data(http.StatusOK, object{"rules": list, "next": next, "through": readsOffers})
}
