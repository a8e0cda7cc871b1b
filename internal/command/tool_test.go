package command

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
)

// tool runs one tool with answers of its own.
func (w *world) tool(tool string, answers map[string]string) outcome {
	w.t.Helper()
	text, err := json.Marshal(answers)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.run(w.t.Context(), RunOptions{Answers: w.write(tool+".json", string(text)), Tool: tool})
}

// TestToolsRunFromAnswers adds two members, merges their contacts and settles the teams without a screen, for each CRM. What cannot be taken back waits for its
// exact words.
func TestToolsRunFromAnswers(t *testing.T) {
	for _, crmID := range []string{"activecampaign", "kit", "keap", "ontraport", "drip"} {
		t.Run(crmID, func(t *testing.T) {
			w := newWorld(t)
			if got := w.run(t.Context(), RunOptions{Answers: w.answers(crmID, nil), Until: "start"}); got.exit != ExitDone {
				t.Fatalf("connecting: exit %d: %s", got.exit, got.words)
			}
			member := map[string]string{"member.create": "yes", "member.offering": "typed", "member.tag": "Yoga Basics Access", "member.first": "Nia", "member.login-page": "https://members.example.com/login/", "add-member.user-made": "yes",
				"add-member.linked": "yes", "add-member.refreshed": "yes", "add-member.tags-same": "yes", "add-member.mailed": "yes", "add-member.starts-seen": "yes"}
			for _, email := range []string{"nia@example.com", "nia.work@example.org"} {
				one := maps.Clone(member)
				one["member.email"] = email
				if email != "nia@example.com" {
					one["member.tag"] = "Inner Circle Member"
				}
				if got := w.tool("add-member", one); got.exit != ExitDone {
					t.Fatalf("%s: exit %d: %s", email, got.exit, got.words)
				}
			}
			merge := map[string]string{"merge.keep": "nia@example.com", "merge.lose": "nia.work@example.org", "merge-contacts.automations": "yes", "merge-contacts.put-away": "yes",
				"merge-contacts.starts-seen": "yes", "merge-contacts.second-user": "yes", "merge-contacts.linked": "yes", "merge-contacts.orders-moved": "yes"}
			if got := w.tool("merge-contacts", merge); got.exit != ExitMissing || !strings.Contains(got.words, "merge.confirm") {
				t.Fatalf("without the words: exit %d: %s", got.exit, got.words)
			}
			notes := w.state().Steps["merge-contacts"].Notes
			merge["merge.confirm"] = "merge " + notes["lose"] + " into " + notes["keep"]
			if got := w.tool("merge-contacts", merge); got.exit != ExitDone {
				t.Fatalf("with the words: exit %d: %s", got.exit, got.words)
			}
			if got := w.tool("add-member", map[string]string{"member.email": "ina@example.com", "member.create": "yes"}); got.exit != ExitMissing || !strings.Contains(got.words, "member.offering") {
				t.Errorf("nobody says what was bought: exit %d: %s", got.exit, got.words)
			}
			if got := w.tool("team-settings", map[string]string{"teams.use": "no"}); got.exit != ExitDone {
				t.Errorf("teams: exit %d: %s", got.exit, got.words)
			}
			if got := w.tool("sing-a-song", nil); got.exit == ExitDone || !strings.Contains(got.words, "merge-contacts") {
				t.Errorf("a tool that does not exist: exit %d: %s", got.exit, got.words)
			}
		})
	}
}
