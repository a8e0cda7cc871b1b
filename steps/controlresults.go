package steps

import (
	"errors"
	"strings"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
	"allyswitch/wizard/ui"
)

// keyControls is the answer that says how the tests with the chosen people went, for those who do not mark the rows on a screen.
const keyControls = "test.controls"

// controlQuestions are asked of an answers file only: on the screen the rows are marked one by one.
func (s *step) controlQuestions(state *checkpoint.State) []wizard.Question {
	return []wizard.Question{s.ask(state, wizard.Question{Key: keyControls, Label: "How the tests with the chosen people went (in place of marking the rows)", Validate: checkResults,
		Help: "User IDs with passed or failed, such as 17 = passed | 21 = failed: the library is closed to them. All = passed is for all who are not marked yet."})}
}

// result is how a test went: for a user ID, or for all.
type result struct{ id, how, words string }

// allRows is the ID that stands for everybody who is not marked yet.
const allRows = "all"

func readResults(text string) ([]result, error) {
	var results []result
	for _, part := range listed(text) {
		id, rest, found := strings.Cut(part, "=")
		how, words, _ := strings.Cut(rest, ":")
		one := result{strings.ToLower(strings.TrimSpace(id)), strings.ToLower(strings.TrimSpace(how)), strings.TrimSpace(words)}
		if !found || one.id == "" || one.how != controlPassed && one.how != controlFailed {
			return nil, errors.New("write user IDs with passed or failed, such as 17 = passed | 21 = failed: what is wrong")
		}
		results = append(results, one)
	}
	return results, nil
}

func checkResults(text string) error {
	_, err := readResults(text)
	return err
}

// controlAnswered marks the rows at once where the people have been chosen. Otherwise the answer waits for them.
func (s *step) controlAnswered(state *checkpoint.State, key, _ string) error {
	rows := s.deps.files.rows(s.deps.Folder, migration.ControlsFile)
	if key != keyControls || count(state, Test, "controls") == 0 {
		return nil
	}
	var ids []string
	for i := range rows.len() {
		ids = append(ids, rows.cell(i, "ID"))
	}
	keepResults(state, ids)
	return nil
}

// keepResults marks the rows of the people who were chosen as an answers file says. The answer is used up by that: it says nothing about people who are
// chosen later.
func keepResults(state *checkpoint.State, ids []string) {
	results, err := readResults(state.Answer(Test, keyControls))
	if err != nil || len(results) == 0 {
		return
	}
	now := time.Now().UTC().Format(time.RFC3339)
	for _, one := range results {
		for _, id := range ids {
			if one.id == id || one.id == allRows && note(state, Test, controlKey+id) == "" {
				setNote(state, Test, controlKey+id, one.how+"\t"+now+"\t"+ui.Clean(one.words))
			}
		}
	}
	delete(state.Step(Test).Answers, keyControls)
}
