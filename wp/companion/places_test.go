package companion_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"allyswitch/wp/wptest"
	"allyswitch/wp/wptest/realsite"
)

func TestOfferingsAreThoseOfTheMadeUpSite(t *testing.T) {
	site := realsite.Open(t)
	type offering struct {
		Key, Name string
		Tags      struct {
			Base, Instant, Revoke []string
			Modules               map[string][]string
		}
		Pages []struct {
			ID            int64
			Title, Module string
			Status        string
		}
	}
	for shape, missing := range map[string][]string{"by function": {}, "from options": {"AccessAllyOfferings"}, "without a reader of tags": {"AccessAllyOfferings::get_configured_tag_value"}} {
		t.Run(shape, func(t *testing.T) {
			site.Shape(t, map[string]any{"missing": missing})
			names := tagNames(t, site)
			got := get[struct{ Offerings []offering }](t, site, "/offerings").Offerings
			for i, want := range wptest.New(site.People, 1).Offerings {
				o := got[i]
				if o.Name != want.Name || len(o.Pages) != len(want.Pages) || fmt.Sprint(o.Pages[0].ID, o.Pages[len(o.Pages)-1].Module) != fmt.Sprint(want.Pages[0].ID, want.Pages[len(want.Pages)-1].Module) {
					t.Errorf("offering %v, want %v", o, want)
				}
				// The stand-in's settings of tags have a form that nobody knows without AccessAlly's own function: then they are unknown, never none.
				if shape != "by function" {
					if o.Tags.Base != nil {
						t.Errorf("%s: base tag %v is made out without AccessAlly's function", o.Name, o.Tags.Base)
					}
					continue
				}
				if tags := named(o.Tags.Base, names); !slices.Equal(tags, []string{want.Base}) {
					t.Errorf("%s: base tag %v, want %s", o.Name, tags, want.Base)
				}
				for module, tag := range want.Modules {
					if tags := named(o.Tags.Modules[module], names); !slices.Equal(tags, []string{tag}) {
						t.Errorf("%s, module %s: %v, want %s", o.Name, module, tags, tag)
					}
				}
			}
		})
	}
}

type reference struct {
	Kind, Key, Title, Path, Tag, Edit string
	Certain                           bool
	ID                                int64
	Known                             *bool
}

type references struct {
	References []reference
	Unreadable []struct{ Key, Why string }
	Next       *int64
}

// places reads a section in small pages.
func places(t *testing.T, site *realsite.Site, section string) references {
	t.Helper()
	var all references
	for after := int64(0); ; {
		p := get[references](t, site, fmt.Sprintf("/tag-references?section=%s&after=%d&limit=3", section, after))
		all.References = append(all.References, p.References...)
		all.Unreadable = append(all.Unreadable, p.Unreadable...)
		if p.Next == nil {
			return all
		}
		after = *p.Next
	}
}

func TestTagsAreFoundWhereverTheyLive(t *testing.T) {
	site := realsite.Open(t)
	for section, want := range map[string][]string{
		"options": {
			"offering _accessally_offering_1 “Yoga Basics” tags.module-1.tag", "progressally-event progressally_event_1 “First login” action-tag.0",
			"custom-operation _accessally_setting_custom_operation “Release” operations.1.remove-tags", "protected-content _accessally_setting_protected_content “” files.0.required-tag",
			"directory _accessally_setting_directory “Graduates” 0.has-tags", "team _accessally_team_1 “Company” member-tag", "wp-fusion wpf_accessally_settings “” 1003",
		},
		"postmeta": {
			"progressally-page _progressally_post_meta “Welcome to Yoga” complete-tag.0", "progressally-quiz _progressally_post_meta “Welcome to Yoga” quiz.grade-outcome-fail-tag",
			"page-permission _accessally_post_permission “Breathing” has-tags.0",
		},
		"content":  {"shortcode accessally_has_tag “Offers <b>now</b>” [accessally_has_tag] has_tag"},
		"usermeta": {"team accessally_team_admin_1 “” leader-tag"},
		"tables":   {"order-form wp_aal_order_forms.success_tags “” success_tags.0", "order-form wp_aal_order_forms.stop_tag “” stop_tag"},
	} {
		t.Run(section, func(t *testing.T) {
			var got []string
			for _, r := range places(t, site, section).References {
				got = append(got, fmt.Sprintf("%s %s “%s” %s", r.Kind, r.Key, r.Title, r.Path))
			}
			for _, place := range want {
				if !slices.Contains(got, place) {
					t.Errorf("missing %s among\n%s", place, strings.Join(got, "\n"))
				}
			}
		})
	}
}

func TestAStaleTagIsTold(t *testing.T) {
	site := realsite.Open(t)
	stale := 0
	for _, section := range []string{"options", "postmeta", "content", "theme", "tables"} {
		for _, r := range places(t, site, section).References {
			if r.Tag != "" && r.Known == nil {
				t.Errorf("%s: it is not known whether %s is a tag", r.Key, r.Tag)
			} else if r.Tag != "" && *r.Known == (r.Tag == "4711") {
				t.Errorf("%s: tag %s is known: %v", r.Key, r.Tag, *r.Known)
			} else if r.Tag == "4711" {
				stale++
			}
		}
	}
	if stale != 5 {
		t.Errorf("%d stale tags, want 5", stale)
	}
	site.Shape(t, map[string]any{"missing": []string{"AccessAllyMembershipUtilities::get_all_tags", "AccessAllyAPI::get_all_tags"}})
	for _, r := range places(t, site, "tables").References {
		if r.Known != nil {
			t.Errorf("without the list of tags, %s is known: %v", r.Tag, *r.Known)
		}
	}
}

func TestASettingThatIsBrokenIsSaidToBe(t *testing.T) {
	site := realsite.Open(t)
	got := places(t, site, "postmeta").Unreadable
	if len(got) != 1 || got[0].Key != "_accessally_post_permission" {
		t.Errorf("unreadable: %v", got)
	}
}

func TestTagsInTheThemesCode(t *testing.T) {
	site := realsite.Open(t)
	var got []string
	for _, r := range places(t, site, "theme").References {
		file := r.Path[strings.LastIndex(r.Path, "/")+1:]
		got = append(got, fmt.Sprintf("%s %s %v", file, r.Tag, r.Certain))
	}
	want := []string{"theme-code.php:6 1001 true", "theme-code.php:6 4711 true", "theme-code.php:8 1002 true", "theme-code.php:8  true", "theme-code.php:9 1003 false", "theme-code.php:9  false",
		"theme-code.php:11 1004 true", "theme-code.php:12 1005 false", "theme-code.php:12  false"}
	if !slices.Equal(got, want) {
		t.Errorf("found %v\nwant  %v", got, want)
	}
}

func TestAccessRules(t *testing.T) {
	site := realsite.Open(t)
	type rule struct {
		ID        int64
		Title     string
		Offerings []struct {
			Key, Module string
			AnyOf       []string `json:"any_of"`
			NoneOf      []string `json:"none_of"`
		}
		RequireLogin   *bool                        `json:"require_login"`
		PermissionTags []struct{ Path, Tag string } `json:"permission_tags"`
	}
	var rules []rule
	for after := int64(0); ; {
		p := get[struct {
			Rules []rule
			Next  *int64
		}](t, site, fmt.Sprintf("/access-rules?limit=3&after=%d", after))
		rules = append(rules, p.Rules...)
		if p.Next == nil {
			break
		}
		after = *p.Next
	}
	if len(rules) != 10 {
		t.Fatalf("%d rules, want one for each of the ten pages", len(rules))
	}
	names := tagNames(t, site)
	breathing := rules[1]
	if got := named(breathing.Offerings[0].AnyOf, names); !slices.Equal(got, []string{"Yoga Basics Instant", "Yoga Basics Module 1"}) {
		t.Errorf("%s is opened by %v", breathing.Title, got)
	}
	if got := named(breathing.Offerings[0].NoneOf, names); !slices.Equal(got, []string{"Yoga Basics Revoke"}) {
		t.Errorf("%s is closed by %v", breathing.Title, got)
	}
	if breathing.RequireLogin == nil || !*breathing.RequireLogin || len(breathing.PermissionTags) != 1 {
		t.Errorf("the page's own permission: %v %v", breathing.RequireLogin, breathing.PermissionTags)
	}
	if rules[2].RequireLogin != nil {
		t.Error("a broken permission setting is taken for an answer")
	}
}
