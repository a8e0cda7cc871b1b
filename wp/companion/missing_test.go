package companion_test

import (
	"fmt"
	"testing"

	"allyswitch/wp/wptest/realsite"
)

type capability struct {
	Available bool
	Through   *string
	Missing   []string
	Tables    []string
}

func capabilities(t *testing.T, site *realsite.Site) map[string]capability {
	t.Helper()
	return get[struct{ Capabilities map[string]capability }](t, site, "/environment").Capabilities
}

const (
	contactIDs  = "AccessAllyUserPermission::get_user_contact_id"
	contactIDs2 = "AccessAllyAPI::get_crm_contact_id"
	userTags    = "AccessAllyUserPermission::get_cleaned_user_tags"
	allTags     = "AccessAllyMembershipUtilities::get_all_tags"
	allTags2    = "AccessAllyAPI::get_all_tags"
	settings    = "AccessAllySettingSetup::get_api_settings"
	offerings   = "AccessAllyOfferings::get_all_offering_settings"
	setContact  = "AccessAllyUserPermission::set_user_contact_id"
	refresh     = "AccessAllyAPI::sync_user_info_from_crm"
	keepTags    = "AccessAllyUserTags::sync_user_tag_list"
)

// With each function missing in turn, the table of capabilities says so, and what can be read another way is.
func TestEachFunctionMissingInTurn(t *testing.T) {
	site := realsite.Open(t)
	old := map[string]any{"version": "3.9.9", "copy_tags": true}
	for name, c := range map[string]struct {
		missing []string
		shape   map[string]any
		want    map[string]string
	}{
		"nothing":                {want: map[string]string{"read_contact_ids": contactIDs, "read_tags": userTags, "list_tags": allTags, "read_system": settings, "set_contact_ids": setContact}},
		"contact IDs":            {missing: []string{contactIDs}, want: map[string]string{"read_contact_ids": contactIDs2, "set_contact_ids": setContact}},
		"contact IDs, both ways": {missing: []string{contactIDs, contactIDs2}, want: map[string]string{"read_contact_ids": "", "set_contact_ids": "", "restore_cached_tags": "", "read_tags": userTags}},
		"user tags":              {missing: []string{userTags}, want: map[string]string{"read_tags": "table wp_aal_user_tags", "restore_cached_tags": keepTags}},
		"user tags, before 4.0":  {missing: []string{userTags}, shape: merged(old, map[string]any{"no_tables": []string{"aal_user_tags"}}), want: map[string]string{"read_tags": "usermeta _accessally_user_tag_ids"}},
		"user tags and contacts": {missing: []string{userTags, contactIDs, contactIDs2}, want: map[string]string{"read_tags": ""}},
		"the list of tags":       {missing: []string{allTags}, want: map[string]string{"list_tags": allTags2}},
		"the list, both ways":    {missing: []string{allTags, allTags2}, want: map[string]string{"list_tags": ""}},
		"settings":               {missing: []string{settings}, want: map[string]string{"read_system": "option _accessally_setting_api"}},
		"offerings":              {missing: []string{"AccessAllyOfferings"}, want: map[string]string{"read_offerings": "options _accessally_offering_<n>"}},
		"setting":                {missing: []string{setContact}, want: map[string]string{"set_contact_ids": "", "read_contact_ids": contactIDs}},
		"refreshing":             {missing: []string{refresh}, want: map[string]string{"refresh_users": ""}},
		"the API class":          {missing: []string{"AccessAllyAPI"}, want: map[string]string{"refresh_users": "", "list_tags": allTags, "read_contact_ids": contactIDs}},
		"the way back":           {missing: []string{keepTags}, want: map[string]string{"restore_cached_tags": ""}},
		"orders":                 {shape: map[string]any{"no_tables": []string{"aal_orders", "aal_subscriptions"}}, want: map[string]string{"read_orders": "", "read_subscriptions": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			defer reseedTables(t, site, c.shape)
			site.Shape(t, merged(c.shape, map[string]any{"missing": c.missing}))
			found := capabilities(t, site)
			for capability, through := range c.want {
				line := found[capability]
				if line.Available != (through != "") || (through != "" && *line.Through != through) || (through == "" && len(line.Missing) == 0) {
					t.Errorf("%s is %v through %s, missing %v; want it through %q", capability, line.Available, deref(line.Through), line.Missing, through)
				}
			}
			refusedWhereMissing(t, site, found)
		})
	}
}

func merged(maps ...map[string]any) map[string]any {
	all := map[string]any{}
	for _, m := range maps {
		for key, value := range m {
			all[key] = value
		}
	}
	return all
}

// reseedTables is for shapes that drop tables: what was in them is of the seed.
func reseedTables(t *testing.T, site *realsite.Site, shape map[string]any) {
	if shape["no_tables"] == nil {
		return
	}
	if answer := site.Admin(t, "POST", "/accessally-standin/v1/reseed", map[string]any{}); answer.Status != 200 {
		t.Errorf("filling the tables again: %d %s", answer.Status, answer.Body)
	}
}

// refusedWhereMissing checks that a route whose capability is missing says so, and that users have unknowns and no inventions.
func refusedWhereMissing(t *testing.T, site *realsite.Site, found map[string]capability) {
	t.Helper()
	for capability, r := range map[string]route{
		"list_tags":           {"GET", "/tags", nil},
		"read_offerings":      {"GET", "/offerings", nil},
		"read_orders":         {"GET", "/orders", nil},
		"read_subscriptions":  {"GET", "/subscriptions", nil},
		"read_contact_ids":    {"GET", "/users/invalid", nil},
		"set_contact_ids":     {"POST", "/contact-ids", map[string]any{"links": []link{{UserID: 4, ContactID: "1"}}}},
		"refresh_users":       {"POST", "/refresh", map[string]any{"ids": []int{4}}},
		"restore_cached_tags": {"POST", "/cached-tags", map[string]any{"changes": []any{map[string]any{"user_id": 4, "tags": []string{"1002"}}}}},
	} {
		if !found[capability].Available {
			refused(t, ask(t, site, r.method, r.path, r.body), 501, "allyswitch_unavailable")
		}
	}
	plus := lookup(t, site, 4)
	if known := plus.ContactID != nil; known != found["read_contact_ids"].Available || (known && *plus.ContactID != "500004") {
		t.Errorf("the contact ID is %s", deref(plus.ContactID))
	}
	if known := plus.Tags != nil; known != found["read_tags"].Available || (known && fmt.Sprint(*plus.Tags) != "[1002]") {
		t.Errorf("the tags are %v", plus.Tags)
	}
}

func TestAnAnswerThatIsNotUnderstoodIsUnknown(t *testing.T) {
	site := realsite.Open(t)
	for _, how := range []string{"odd", "broken"} {
		t.Run(how, func(t *testing.T) {
			site.Shape(t, map[string]any{how: []string{contactIDs, userTags, allTags, offerings, settings}})
			if plus := lookup(t, site, 4); plus.ContactID != nil || plus.Tags != nil {
				t.Errorf("contact ID %s, tags %v", deref(plus.ContactID), plus.Tags)
			}
			refused(t, ask(t, site, "GET", "/tags", nil), 500, "allyswitch_unreadable")
			refused(t, ask(t, site, "GET", "/offerings", nil), 500, "allyswitch_unreadable")
			refused(t, ask(t, site, "GET", "/access-rules", nil), 500, "allyswitch_unreadable")
			system := get[struct{ CRM struct{ System *string } }](t, site, "/environment").CRM.System
			if system != nil {
				t.Errorf("the CRM is %s", *system)
			}
			body := map[string]any{"system": "convertkit", "links": []link{{UserID: 4, ContactID: "1"}}}
			refused(t, ask(t, site, "POST", "/contact-ids", body), 409, "allyswitch_other_system")
		})
	}
}

// Members' tags are the same however they are read.
func TestTagsAreTheSameInBothShapesAndByEachWay(t *testing.T) {
	site := realsite.Open(t)
	want := map[int64]string{}
	for _, u := range everybody(t, site, 2000, "") {
		if u.ContactID != nil && *u.ContactID != "" {
			want[u.ID] = fmt.Sprint(*u.Tags)
		}
	}
	for name, shape := range map[string]map[string]any{
		"table":                 {"missing": []string{userTags}},
		"before 4.0":            {"version": "3.9.9", "copy_tags": true},
		"before 4.0, user meta": {"version": "3.9.9", "copy_tags": true, "missing": []string{userTags}, "no_tables": []string{"aal_user_tags"}},
	} {
		t.Run(name, func(t *testing.T) {
			defer reseedTables(t, site, shape)
			site.Shape(t, shape)
			for _, u := range everybody(t, site, 25, "") {
				tags, linked := want[u.ID]
				if linked && (u.Tags == nil || fmt.Sprint(*u.Tags) != tags) {
					t.Errorf("%s has %v, want %s", u.Login, u.Tags, tags)
				}
			}
		})
	}
}
