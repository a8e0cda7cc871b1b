package steps

import (
	"testing"

	"allyswitch/crm"
)

// A sentence of ours stands by itself; what the CRM said is marked as its words.
func TestAConflictSaysWhatIsInTheWay(t *testing.T) {
	for name, test := range map[string]struct {
		trouble crm.Error
		want    string
	}{
		"found by us":      {crm.Error{Kind: crm.KindConflict, Hint: `there is a tag "vip" already`}, `There is a tag "vip" already.`},
		"said by the CRM":  {crm.Error{Kind: crm.KindConflict, Status: 422, Op: "create the tag", Hint: "taken"}, `The CRM has something that is in the way (create the tag). It said: "taken".`},
		"an answer's lack": {crm.Error{Kind: crm.KindTemporary, Hint: "the answer names no user"}, "The CRM did not give a usable answer. The answer names no user."},
	} {
		t.Run(name, func(t *testing.T) {
			if got := explainCRM(&test.trouble, &Deps{}).What; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
