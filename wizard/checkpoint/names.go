package checkpoint

import "strings"

// FileNames are the names of all files that AllySwitch puts into a migration's folder, but for those with the time in them. Any other name is
// somebody's own: such a file is left alone, and its name goes to nobody.
func FileNames() []string {
	return strings.Fields(`access.csv accessally-tags.csv allyswitch-companion.zip allyswitch.log automations.csv before.jsonl canaries.json checkpoint.json
	checkpoint.json.bak contact-ids.csv controls.csv crm-setup.csv decisions.json delta-members.csv delta-rejected.csv delta-tags.csv delta.csv
	delta.json drift.csv duplicates.csv entrants-before.json failed.csv gaps.csv journal.jsonl link-problems.csv lock member-compared.csv member-tags.csv members.csv
	merge-pair.csv offering-automations.csv offerings.json orders-changes.csv orders-done.csv orders.csv plan-members.csv plan.json progress.json proof.json
	rehearsal.json rejected.csv report-redacted.html report-redacted.md report.html report.md sample.csv site-contacts.csv site-links.csv site-tags-again.csv site-tags.csv
	site-users-again.csv site-users.csv skipped.csv students-rejected.csv students-users.csv students.csv tag-list.csv tag-references-before.json tag-references.csv
	tag-worksheet.html tags-demo.csv team-lists.csv team-members.csv team-tags.csv undo-left.csv undo.csv user-export-demo.csv`)
}
