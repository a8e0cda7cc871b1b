package steps

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
)

const closedHoursKey = "maintenance.hours"

// closedHoursQuestion asks how long the site may be closed, so that step 4 can say what fits into that time.
func (s *step) closedHoursQuestion(state *checkpoint.State) wizard.Question {
	return s.ask(state, wizard.Question{Key: closedHoursKey, Label: "For how many hours may your site be closed? (optional)", Validate: validHours,
		Help: "Step 4 then says which way of bringing the members in fits into that time. Leave it empty if you do not mind."})
}

func validHours(value string) error {
	if _, ok := hours(value); !ok && strings.TrimSpace(value) != "" {
		return errors.New("write a number of hours, such as 4")
	}
	return nil
}

// hours reads a number of hours between a quarter and two weeks.
func hours(text string) (time.Duration, bool) {
	number, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(text), ",", ".", 1), 64)
	if err != nil || !(number >= 0.25 && number <= 336) {
		return 0, false
	}
	return time.Duration(number * float64(time.Hour)), true
}

// closedHoursFact says whether the best way in, and reading everybody back, fits into the time that the site may be closed. It says nothing where nobody
// named a time.
func closedHoursFact(state *checkpoint.State) []wizard.Fact {
	allowed, asked := hours(state.Answer(Maintenance, closedHoursKey))
	seconds, err := strconv.ParseFloat(note(state, Import, "route.seconds"), 64)
	if !asked || err != nil {
		return nil
	}
	lasts := time.Duration(seconds * float64(time.Second))
	if lasts <= allowed {
		return []wizard.Fact{fact(wizard.MarkGood, "Closed time", fmt.Sprintf("with reading everybody back %s: it fits into the %s that your site may be closed.",
			migration.Spell(lasts), spellHours(allowed)))}
	}
	return []wizard.Fact{fact(wizard.MarkWarn, "Closed time", fmt.Sprintf("with reading everybody back %s: more than the %s that your site may be closed. Open the site again now, and bring the members in"+
		" while it is open. Step 7 carries over who joins meanwhile, and only that has to happen while it is closed.", migration.Spell(lasts), spellHours(allowed)))}
}

func spellHours(d time.Duration) string {
	switch {
	case d == time.Hour:
		return "hour"
	case d < time.Hour:
		return migration.Spell(d)
	}
	return strconv.FormatFloat(d.Hours(), 'f', -1, 64) + " hours"
}

// openedMeanwhile says that step 4 has advised to open the site while the members are brought in: for want of time, or because the CRM reviews a file.
func openedMeanwhile(state *checkpoint.State) bool {
	facts := closedHoursFact(state)
	return state.Answer(Import, "import.route") == routeUpload || len(facts) > 0 && facts[0].Mark == wizard.MarkWarn
}
