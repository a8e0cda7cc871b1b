package steps

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"allyswitch/crm"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/migration"
	"allyswitch/wp"
	"allyswitch/wp/site"
)

// told is an error with its words for people.
type told struct {
	err     error
	words   wizard.Explanation
	refused bool
	partly  bool
}

func (t *told) Error() string               { return t.err.Error() }
func (t *told) Unwrap() error               { return t.err }
func (t *told) Explain() wizard.Explanation { return t.words }

// Refused says that a gate held the work back; nothing is broken.
func (t *told) Refused() bool { return t.refused }

// Partly says that a part of the work was done, and recorded.
func (t *told) Partly() bool { return t.partly }

// safe is what most errors mean for members: the site decides who may open what until step 7.
const safe = "Your members keep the access they have now. Everything done so far is recorded."

// explain gives an error words for people. Nil stays nil.
func explain(err error, deps *Deps) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	var refusal *migration.Refusal
	var trouble *crm.Error
	var folder *checkpoint.Error
	var file *wp.FileError
	var diagnosis *site.Diagnosis
	out := &told{err: err, words: wizard.Explanation{Means: safe, Detail: err.Error()}}
	switch {
	case errors.As(err, &refusal):
		out.refused = true
		out.words = explainRefusal(refusal)
	case errors.As(err, &trouble):
		out.words = explainCRM(trouble, deps)
	case errors.As(err, &folder):
		out.words = wizard.Explanation{What: folder.What, Means: folder.Means, Now: folder.Now, Code: folder.Code, Detail: err.Error()}
	case errors.As(err, &file):
		out.words = wizard.Explanation{What: file.Sentence, Means: "Nothing was changed.", Now: "Choose another file, or export it once more.", Code: "FILE-" + strings.ToUpper(file.Code), Detail: err.Error()}
	case errors.As(err, &diagnosis):
		out.words = wizard.Explanation{What: diagnosis.What, Means: diagnosis.Means, Now: diagnosis.Now, Code: diagnosis.Code, Detail: err.Error()}
	case errors.Is(err, migration.ErrNoPlan):
		out.refused = true
		out.words = wizard.Explanation{What: "There is no plan yet.", Now: "Go to step 4 and make the plan first.", Code: "ALLY-PLAN"}
	default:
		return err
	}
	return out
}

func explainRefusal(refusal *migration.Refusal) wizard.Explanation {
	words := wizard.Explanation{Means: safe, Detail: refusal.Error()}
	switch {
	case errors.Is(refusal, migration.ErrOtherAccount):
		words.What = fmt.Sprintf("This key opens another account: %s.", refusal.Detail)
		words.Now = "Give the key of the account that this migration began with. To move to another account, begin a new migration in a new folder."
		words.Code = "ALLY-ACCOUNT"
	case errors.Is(refusal, migration.ErrDrifted):
		words.What = fmt.Sprintf("Something has changed since the plan was made: %s.", refusal.Detail)
		words.Now = "Make the plan again in step 4 and look at it. Who has changed is in drift.csv, in the migration's folder. Who has been sent already is not sent twice."
		words.Code = "ALLY-DRIFT"
	case errors.Is(refusal, migration.ErrUndecided):
		words.What = fmt.Sprintf("Something in the CRM may start for your members, and that is not decided: %s.", refusal.Detail)
		words.Means = "Nothing was sent, and nobody was mailed. " + safe
		words.Now = "Pause it in the CRM, or let it start by typing the number of people in step 4. If step 4 does not ask about it, make the plan again. In a tool, look again at what could start, and type what it asks for."
		words.Code = "ALLY-STARTS"
	case errors.Is(refusal, migration.ErrCanary):
		words.What = fmt.Sprintf("A made-up member who went ahead is not whole in the CRM: %s.", refusal.Detail)
		words.Now = "Look at this contact in the CRM. Something there takes tags away, or deletes contacts. Find out what it is before your members follow."
		words.Code = "ALLY-CANARY"
	case errors.Is(refusal, migration.ErrTagConflicts):
		words.What = fmt.Sprintf("Some tags cannot be made in the CRM under exactly their names: %s.", refusal.Detail)
		words.Means = "AccessAlly compares tag names to the letter. Members with such a tag would lose access, so nothing was sent."
		words.Now = "Rename the tag in the CRM to the exact name, or give one of the two tags another name in AccessAlly. Then export the tags and make the plan again."
		words.Code = "ALLY-TAGS"
	case errors.Is(refusal, migration.ErrTooManyFailures):
		words.What = fmt.Sprintf("The work stopped by itself, because too many members failed: %s.", refusal.Detail)
		words.Now = "Look at the reasons in the list of failures. Mend the cause, then go on: nobody is sent twice."
		words.Code = "ALLY-FAILS"
	case errors.Is(refusal, migration.ErrNoRoom):
		words.What = fmt.Sprintf("Your CRM's plan has no room for all members: %s.", refusal.Detail)
		words.Now = "Move to a bigger plan, or tell AllySwitch in step 4 that your plan grows by itself."
		words.Code = "ALLY-ROOM"
	case errors.Is(refusal, migration.ErrNotOne):
		words.What = fmt.Sprintf("Exactly one contact is needed here, but %s.", refusal.Detail)
		words.Means = "Nothing was changed."
		words.Now = "If there are several, merge them first, with the tool \"Merge two contacts of one person\". If there is none, look whether the person has used another address."
		words.Code = "ALLY-CONTACT"
	case errors.Is(refusal, migration.ErrSamePerson):
		words.What = fmt.Sprintf("These contacts cannot be merged: %s.", refusal.Detail)
		words.Means = "Nothing was changed."
		words.Now = "Choose two different contacts, and show them side by side again."
		words.Code = "ALLY-MERGE"
	case errors.Is(refusal, migration.ErrOtherShop):
		words.What = fmt.Sprintf("This list seems to be of another shop: %s.", refusal.Detail)
		words.Means = "Nothing was taken over from it. " + safe
		words.Now = "Export the list of subscriptions again, from AccessAlly on this site. If it is the right one, match the members again in step 11."
		words.Code = "ALLY-SHOP"
	case errors.Is(refusal, migration.ErrOtherSite):
		words.What = fmt.Sprintf("This export seems to be of another site: %s.", refusal.Detail)
		words.Means = "The members of this migration stay as they are. " + safe
		words.Now = "Give the export of this site in step 2 again. For another site begin a new migration in a new folder, with --dir."
		words.Code = "ALLY-SITE"
	default:
		words.What, words.Code = refusal.Error(), "ALLY-GATE"
	}
	return words
}

func explainCRM(trouble *crm.Error, deps *Deps) wizard.Explanation {
	name := "The CRM"
	if client := deps.Client(); client != nil {
		name = client.Provider().Name
	}
	words := wizard.Explanation{Means: safe, Code: trouble.Code, Detail: trouble.Error()}
	words.What, words.Now = crmWords(trouble, name)
	words.What += hintWords(trouble)
	return words
}

// hintWords adds what was said, by whom it was said, unless it is in the first sentence already.
func hintWords(trouble *crm.Error) string {
	own := ownWords(trouble)
	switch {
	case trouble.Hint == "", trouble.Kind == crm.KindInvalid, own && trouble.Kind == crm.KindConflict:
		return ""
	case own:
		return " " + wizard.Sentence(errors.New(trouble.Hint))
	}
	return fmt.Sprintf(" It said: %q.", trouble.Hint)
}

// ownWords says that the hint is a sentence of ours: the CRM was not asked, or did not complain.
func ownWords(trouble *crm.Error) bool { return trouble.Status == 0 && trouble.Hint != "" }

// conflictWords says what is in the way, in our sentence where we know it.
func conflictWords(trouble *crm.Error, name string) string {
	if ownWords(trouble) {
		return wizard.Sentence(errors.New(trouble.Hint))
	}
	return fmt.Sprintf("%s has something that is in the way (%s).", name, trouble.Op)
}

// invalidWords tells a mistake that we found ourselves, in our own sentence, from one that the CRM complains about.
func invalidWords(trouble *crm.Error, name string) string {
	if ownWords(trouble) {
		return wizard.Sentence(errors.New(trouble.Hint))
	}
	return fmt.Sprintf("%s did not take what was sent (%s): %s", name, trouble.Op, trouble.Hint)
}

func crmWords(trouble *crm.Error, name string) (what, now string) {
	switch trouble.Kind {
	case crm.KindAuth:
		return name + " does not accept this key.", "Copy the key again, with nothing before or after it, and give it on the Start page. Step 6 shows where it is."
	case crm.KindPermission:
		return name + " accepts the key, but does not allow it to do this.", "Use the key of a user who may manage contacts, tags and fields. An administrator's key always works."
	case crm.KindNotFound:
		return fmt.Sprintf("%s does not know what was asked for (%s).", name, trouble.Op), "Check the address on the Start page. If somebody deleted something in the CRM just now, try again."
	case crm.KindRate:
		return name + " asks us to slow down.", "Try again in a few minutes. Close other programs that use the same CRM account."
	case crm.KindQuota:
		return name + " allows no more requests today.", "Come back tomorrow, or add a second key. AllySwitch goes on where it stopped."
	case crm.KindTemporary:
		return name + " did not give a usable answer.", "Try again in a few minutes. What could not be confirmed is looked up before anything is sent again."
	case crm.KindInvalid:
		return invalidWords(trouble, name), "Correct it and try again."
	case crm.KindConflict:
		return conflictWords(trouble, name), "Look at it in the CRM, rename or change what is in the way, and try again."
	case crm.KindPlanLimit:
		return "Your plan at " + name + " has no room for more contacts.", "Move to a bigger plan, then go on: nobody is sent twice."
	case crm.KindUnreachable:
		return name + " cannot be reached.", "Check your internet connection and the address on the Start page, then try again."
	case crm.KindWrongAddress:
		return "What answered at this address is not " + name + ".", "Check the address on the Start page. It is the API address, not the page where you log in."
	case crm.KindUnsupported:
		return name + " does not offer this (" + trouble.Op + ").", "This has to be done by hand in the CRM."
	}
	return fmt.Sprintf("%s reported a problem (%s).", name, trouble.Op), "Try again. If it happens again, tell support the code below."
}
