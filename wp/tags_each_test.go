package wp

import (
	"bytes"
	"maps"
	"slices"
	"testing"
)

func TestEachMemberTagReadsWhatWasWritten(t *testing.T) {
	tags := &MemberTags{Tags: map[string][]string{}, Emails: map[string]string{}, Counts: map[string]int{}}
	tags.add("Ann@example.com", []string{"Gold, yearly", `say "hi"`, "a|b;c", "=SUM(1)", "'quoted'", "Ünïcode ✓"})
	tags.add("+plus@example.com", []string{"-minus"})
	tags.add("nobody@example.com", nil)
	var file bytes.Buffer
	if err := WriteMemberTags(&file, tags); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	err := EachMemberTag(&file, func(email, tag string) error {
		got[email] = append(got[email], tag)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for key, names := range tags.Tags {
		want := slices.Clone(names)
		if len(want) == 0 {
			want = []string{""}
		}
		slices.Sort(got[tags.Emails[key]])
		if !slices.Equal(got[tags.Emails[key]], want) {
			t.Errorf("%s: read %q, wrote %q", key, got[tags.Emails[key]], want)
		}
	}
	if len(got) != len(tags.Tags) {
		t.Errorf("read %v", slices.Sorted(maps.Keys(got)))
	}
}
