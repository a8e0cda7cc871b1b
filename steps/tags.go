package steps

import (
	"context"
	"fmt"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
)

func newTags(deps *Deps) *step {
	s := &step{id: Tags, title: "Prove every member's tags", deps: deps}
	s.inputs = restsOn(theMembers, theAccount, theImport)
	s.sheet = s.tagsSheet
	return s
}

// theImport changes when members are taken by the CRM, skipped or refused.
func theImport(state *checkpoint.State) string {
	return fmt.Sprint(count(state, Import, "arrived"), count(state, Import, "skipped"), count(state, Import, "failed"))
}

func (s *step) tagsSheet(state *checkpoint.State) wizard.Sheet {
	name := s.deps.crmName(state)
	return wizard.Sheet{
		Level: level(state),
		Does: []string{
			fmt.Sprintf("AccessAlly is about to ask %s who may open what. So every tag of every member has to be there, under exactly the name it has in AccessAlly.", name),
			"This step reads everybody back and compares, member by member, tag by tag. It is not a sample.",
		},
		Warnings: []string{
			"Names are compared to the letter: \"Gold Member\" and \"Gold member\" are two tags for AccessAlly.",
			"Nothing goes past this step until every tag is proven, or until you accept the exact number of gaps.",
		},
		Did:   append(s.proofFacts(state), tagListFacts(state)...),
		Items: s.tagItems(state, name),
		Known: fmt.Sprintf("A read-back of everybody shows all their tags in %s, and the tags that nobody has yet are there too.", name),
		Help: []string{
			"The list of all tags is in AccessAlly under Settings, Tags. Tags that nobody has yet are needed too: forms and offerings give them to the next buyer.",
			"A gap means: after the switch, this member could not open what the tag opens.",
			fmt.Sprintf("If gaps stay although they were sent again, look at one of these people in %s and tell support what you see.", name),
		},
	}
}

func (s *step) tagItems(state *checkpoint.State, name string) []wizard.Item {
	gaps := int(count(state, Tags, "gaps"))
	proven := s.doneWith(state, "prove") || s.doneWith(state, "mend")
	acceptance := fmt.Sprintf("accept %d gaps", gaps)
	accepted := proven && gaps > 0 && state.Answer(Tags, "tags.accept") == acceptance
	items := append(s.tagListItems(state, name), s.everyTag(state, name)...)
	items = append(items,
		s.crmTask(state, wizard.Task{Key: "prove", Label: "Read everybody back and compare", Required: true, Complete: proven && count(state, Tags, "members") > 0,
			Help: "Changes nothing in " + name + "."}, s.prove))
	if !proven || gaps == 0 {
		return items
	}
	rows := s.deps.files.rows(s.deps.Folder, migration.GapsFile)
	items = append(items,
		wizard.Table{Key: "gaps", Title: "Members with gaps (saved in gaps.csv)", Rows: rows.len(),
			Columns: []wizard.Column{{Title: "ID", Width: 8}, {Title: "Address", Width: 30, Private: true}, {Title: "Problem", Width: 16}, {Title: "Tags"}},
			Row: func(i int) []string {
				return []string{rows.cell(i, "ID"), rows.cell(i, "user_email"), rows.cell(i, "problem"), apart(rows.cell(i, "tags"))}
			}})
	unknown := int(count(state, Tags, "tags-unknown"))
	if gaps > unknown {
		items = append(items, s.crmTask(state, wizard.Task{Key: "mend", Label: "Send what is missing, and compare again", Required: true, Complete: accepted,
			Help: "If gaps stay after that, you can go on without them. You have to say so in so many words."}, s.mend))
	}
	help := "These members will not be able to open what their tags open."
	if unknown > 0 {
		help = say("%d {member is|members are} not in the tag file: nobody knows what they may open, and after the switch it may be nothing. Step 2 asks what that means.", unknown)
	}
	return append(items, s.ask(state, wizard.Question{Key: "tags.accept", Label: "Go on although there are gaps?", Confirm: acceptance, Required: gaps == unknown,
		Help: fmt.Sprintf("%s To go on all the same, type: %s", help, acceptance)}))
}

func (s *step) prove(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
	proof, err := migration.Prove(ctx, deps, report)
	if err != nil {
		return nil, err
	}
	return func(state *checkpoint.State) { keepProof(state, s.id, proof) }, nil
}

func (s *step) mend(ctx context.Context, deps migration.Deps, report job.Reporter) (wizard.Change, error) {
	if err := migration.Mend(ctx, deps, report); err != nil {
		return nil, err
	}
	return s.prove(ctx, deps, report)
}

// keepProof keeps the figures of a proof with the step that asked for it.
func keepProof(state *checkpoint.State, id string, proof *migration.Proof) {
	for key, value := range map[string]int{"members": proof.Members, "found": proof.Found, "missing": proof.Missing, "left": proof.Left,
		"created": proof.Created, "updated": proof.Updated, "pairs": proof.PairsExpected, "pairs-proven": proof.PairsProven,
		"pairs-missing": proof.PairsMissing, "pairs-unknown": proof.PairsUnknown, "gaps": proof.Gaps,
		"linked": proof.Links.Linked(), "unlinked": proof.Links.Unlinked(), "differs": proof.Links.Differs, "unclear": proof.Links.Unclear,
		"site-only": proof.Links.SiteOnly, "orphans": proof.Links.Orphans,
		"kept": proof.Access.Kept, "lost": proof.Access.Lost, "gained": proof.Access.Gained, "undecided": proof.Access.Undecided, "hidden": proof.Access.Hidden, "tags-unknown": proof.TagsUnknown} {
		setCount(state, id, key, value)
	}
	setNote(state, id, "proof", proof.Sentence())
	setNote(state, id, "links", proof.Links.Sentence())
	setNote(state, id, "access", proof.Access.Sentence())
}

func (s *step) proofFacts(state *checkpoint.State) []wizard.Fact {
	sentence := note(state, Tags, "proof")
	if sentence == "" {
		return nil
	}
	if !s.doneWith(state, "prove") && !s.doneWith(state, "mend") {
		return []wizard.Fact{fact(wizard.MarkUnknown, "Proof", "something has changed since the last read-back; please compare again")}
	}
	mark := wizard.MarkGood
	if count(state, Tags, "gaps") > 0 {
		mark = wizard.MarkBad
	}
	facts := []wizard.Fact{fact(mark, "Proof", sentence)}
	if n := count(state, Tags, "tags-unknown"); n > 0 {
		facts = append(facts, fact(wizard.MarkUnknown, "Not listed", say("%d {member is|members are} not in the tag file. If the file is complete, say so in step 2: then they have no tags", n)))
	}
	if n := count(state, Tags, "hidden"); n > 0 {
		facts = append(facts, fact(wizard.MarkUnknown, "Access", say("%d {member has|members have} all tags, but {is|are} not active in the CRM, which may hide them from AccessAlly: access.csv names them. "+
			"Ask them to subscribe again, and try one of them after the switch", n)))
	}
	return facts
}
