package wp

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

func mustReadTags(t testing.TB, text string, options TagOptions) *MemberTags {
	t.Helper()
	tags, err := ReadMemberTags(strings.NewReader(text), options)
	if err != nil {
		t.Fatal(err)
	}
	return tags
}

func TestMemberTagsInEveryShapeThatPeopleMake(t *testing.T) {
	want := map[string][]string{"ada@example.com": {"Gold", "Silver"}, "bob@example.org": {"Gold"}}
	for name, text := range map[string]string{
		"commas":          "email,tags\nada@example.com,\"Gold, Silver\"\nbob@example.org,Gold\n",
		"semicolons":      "email,tags\nada@example.com,Gold; Silver\nbob@example.org,Gold\n",
		"bars":            "email,tags\nada@example.com,Silver|Gold\nbob@example.org,Gold|\n",
		"line breaks":     "email,tags\nada@example.com,\"Gold\nSilver\"\nbob@example.org,Gold\n",
		"windows breaks":  "email,tags\r\nada@example.com,\"Gold\r\nSilver\"\r\nbob@example.org,Gold\r\n",
		"pairs":           "email,tag\nada@example.com,Gold\nada@example.com,Silver\nbob@example.org,Gold\n",
		"both mixed":      "email,tag\nada@example.com,Gold\nbob@example.org,Gold\nADA@example.com,\"Silver,Gold\"\n",
		"semicolon file":  "E-Mail Address;Tag Name\nada@example.com;Gold\nada@example.com;Silver\nbob@example.org;Gold\n",
		"tab file":        "user_email\tname\tTags\nada@example.com\tAda\tGold,Silver\nbob@example.org\tBob\tGold\n",
		"odd headings":    "member,label\nada@example.com,\"Gold,Silver\"\nbob@example.org,Gold\n",
		"byte order mark": "\ufeffEmail,Tags\nada@example.com,\"Gold,Silver\"\nbob@example.org,Gold\n",
		"UTF-16":          utf16("Email;Tags\nada@example.com;Gold,Silver\nbob@example.org;Gold\n"),
		"sep line":        "sep=;\nEmail;Tags\nada@example.com;Gold,Silver\nbob@example.org;Gold\n",
		"spaces, quotes":  "email,tags\n ada@example.com ,\"Gold , \u00a0Silver\u00a0\"\nbob@example.org,\"\"\"Gold\"\"\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			tags := mustReadTags(t, text, TagOptions{})
			if !maps.EqualFunc(tags.Tags, want, slices.Equal) {
				t.Errorf("got %v", tags.Tags)
			}
			if !maps.Equal(tags.Counts, map[string]int{"Gold": 2, "Silver": 1}) || tags.Pairs() != 3 {
				t.Errorf("counts %v", tags.Counts)
			}
			if len(tags.Findings) > 0 {
				t.Errorf("findings: %v", tags.Findings)
			}
		})
	}
}

func TestTagNamesThatHaveCommas(t *testing.T) {
	for name, test := range map[string]struct {
		cell  string
		known []string
		want  []string
	}{
		"quotes keep a name together":      {`"""Gold, yearly"",Silver"`, nil, []string{"Gold, yearly", "Silver"}},
		"another separator does":           {`"Gold, yearly;Silver"`, nil, []string{"Gold, yearly", "Silver"}},
		"known names do":                   {`"Silver,Gold, yearly"`, []string{"Gold, yearly", "Silver"}, []string{"Gold, yearly", "Silver"}},
		"the longest known name wins":      {`"Gold, yearly, old"`, []string{"Gold", "yearly", "Gold, yearly", "Gold, yearly, old"}, []string{"Gold, yearly, old"}},
		"a known name may have semicolons": {`"A; B"`, []string{"A; B"}, []string{"A; B"}},
		"otherwise commas separate":        {`"Gold, yearly"`, nil, []string{"Gold", "yearly"}},
		"a quote within is a quote":        {`"5"" pipe,Gold"`, nil, []string{`5" pipe`, "Gold"}},
	} {
		t.Run(name, func(t *testing.T) {
			tags := mustReadTags(t, "email,tags\nada@example.com,"+test.cell+"\n", TagOptions{Known: test.known})
			got, known := tags.Tags["ada@example.com"]
			if !known || !slices.Equal(got, test.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestTagNamesThatAreNearlyTheSameAreReported(t *testing.T) {
	text := "email,tag\na@example.com,Gold Member\na@example.com,gold member\na@example.com,Course 1\na@example.com,Course  1\na@example.com,Bаsic\na@example.com,Basic\na@example.com,Don’t\na@example.com,Don't\na@example.com,Plain\n"
	var got []string
	for _, finding := range mustReadTags(t, text, TagOptions{}).Findings {
		got = append(got, finding.Code+": "+finding.Value)
	}
	want := []string{"tag-case: Gold Member | gold member", "tag-spaces: Course  1 | Course 1", "tag-look-alike: Basic | Bаsic", "tag-look-alike: Don't | Don’t"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestTagRowsThatCannotBeUsedAreNamed(t *testing.T) {
	tags := mustReadTags(t, "email,tags\n,Gold\nnobody,Gold\nada@example.com\nbob@example.org,\nada@example.com,Gold,Silver\ncarl@example.org,Golden\n", TagOptions{Known: []string{"Silver"}})
	var got []string
	for _, finding := range tags.Findings {
		got = append(got, finding.Code)
	}
	if want := []string{NoEmail, BadEmail, UnreadableRow, UnreadableRow, NoTags, UnknownTag}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if tags.Rows != 6 || tags.Unused != 4 {
		t.Errorf("%d rows, %d unused", tags.Rows, tags.Unused)
	}
	if names, known := tags.Tags["bob@example.org"]; !known || len(names) != 0 {
		t.Error("bob is known to have no tag")
	}
	if _, known := tags.Tags["carol@example.org"]; known {
		t.Error("nothing is known about carol")
	}
	if !strings.Contains(tags.Findings[3].Sentence, "Row 6: this row has more cells than the heading has columns. Put all tags of a member into one cell") {
		t.Errorf("got %q", tags.Findings[3].Sentence)
	}
	if want := "Row 3, column email: “nobody” is not an e-mail address."; !strings.HasPrefix(tags.Findings[1].Sentence, want) {
		t.Errorf("got %q", tags.Findings[1].Sentence)
	}
}

func TestMemberTagsAreReadBackAsWritten(t *testing.T) {
	tags := mustReadTags(t, "email,tags\nada@example.com,\"+VIP|Gold, yearly|A;B|5\"\" pipe|=1|Zoë\"\nBob@example.org,\n", TagOptions{})
	var file bytes.Buffer
	if err := WriteMemberTags(&file, tags); err != nil {
		t.Fatal(err)
	}
	again := mustReadTags(t, file.String(), TagOptions{})
	if !maps.EqualFunc(again.Tags, tags.Tags, slices.Equal) || !maps.Equal(again.Emails, tags.Emails) || len(tags.Tags["ada@example.com"]) != 6 {
		t.Errorf("wrote %q\n got %q\nwant %q", file.String(), again.Tags, tags.Tags)
	}
	if !strings.Contains(file.String(), "ada@example.com,'+VIP\n") {
		t.Errorf("a name like a formula is guarded: %s", file.String())
	}
}

func TestTagFilesThatCannotBeUsed(t *testing.T) {
	for name, test := range map[string]struct{ text, code string }{
		"empty":        {"", "empty-file"},
		"no tags":      {"email,first_name,last_name\nada@example.com,Ada,L\n", "no-tags-column"},
		"no addresses": {"name,tags\nAda,Gold\n", "no-email-column"},
		"no heading":   {"ada@example.com,Gold\n", "no-heading"},
		"web page":     {"<!DOCTYPE html><html>", "web-page"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadMemberTags(strings.NewReader(test.text), TagOptions{})
			var file *FileError
			if !errors.As(err, &file) || file.Code != test.code {
				t.Errorf("got %v", err)
			}
		})
	}
}
