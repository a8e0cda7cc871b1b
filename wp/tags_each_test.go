package wp

import (
	"bytes"
	"maps"
	"slices"
	"testing"
)

func TestEachNumberedTagReadsWhatWasWritten(t *testing.T) {
	tags := &MemberTags{Tags: map[string][]string{}, Emails: map[string]string{}, Counts: map[string]int{}}
	tags.add("Ann@example.com", []string{"Gold, yearly", `say "hi"`, "a|b;c", "=SUM(1)", "'quoted'", "Ünïcode ✓"})
	tags.add("+plus@example.com", []string{"-minus"})
	tags.add("nobody@example.com", nil)
	var file bytes.Buffer
	if err := WriteMemberTags(&file, tags); err != nil {
		t.Fatal(err)
	}
	numbers := map[string][]int{}
	names, err := EachNumberedTag(&file, func(email string, tag int) error {
		numbers[email] = append(numbers[email], tag)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for email, tags := range numbers {
		for _, tag := range tags {
			name := ""
			if tag != NoTag {
				name = names[tag]
			}
			got[email] = append(got[email], name)
		}
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
