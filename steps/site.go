package steps

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
	"allyswitch/wizard/job"
	"allyswitch/wizard/migration"
	"allyswitch/wp/companion"
	"allyswitch/wp/site"
)

// The levels at which steps work: on files alone, over the site's REST API, with the companion plugin on the site.
const (
	levelFiles     = "files"
	levelREST      = "REST"
	levelCompanion = "companion"
)

// level says at which level the site can be worked with.
func level(state *checkpoint.State) string {
	if found := note(state, Start, "level"); found != "" {
		return found
	}
	return levelFiles
}

// siteSettings are the answers that open the site, and why it cannot be opened yet.
func (d *Deps) siteSettings(state *checkpoint.State) (site.Settings, string) {
	settings := site.Settings{Transport: d.SiteTransport, Log: d.Log, Values: map[string]string{
		"site.user": state.Answer(Start, "site.user"), "site.password": d.Secrets.Get("site.password")}}
	switch {
	case state.Site.URL == "":
		return settings, "Give the address of the site on the Start page first."
	case settings.Values["site.user"] == "" || settings.Values["site.password"] == "":
		return settings, "Give the site's user and application password on the Start page first. Passwords are never saved, so it is asked again each time."
	}
	return settings, ""
}

// siteTask is a task that works on the site itself.
func (s *step) siteTask(state *checkpoint.State, task wizard.Task, run func(context.Context, *site.Site, job.Reporter) (wizard.Change, error)) wizard.Task {
	settings, missing := s.deps.siteSettings(state)
	typed := state.Site.URL
	if task.Locked == "" {
		task.Locked = missing
	}
	task.Run = func(ctx context.Context, report job.Reporter) (wizard.Change, error) {
		report.Phase("Looking for the site", 0)
		found, err := site.Find(ctx, settings, typed)
		if err != nil {
			return nil, err
		}
		return run(ctx, found, report)
	}
	return s.do(state, task)
}

// companionTask is a task that needs the companion plugin.
func (s *step) companionTask(state *checkpoint.State, task wizard.Task, run func(context.Context, *site.Companion, job.Reporter) (wizard.Change, error)) wizard.Task {
	return s.siteTask(state, task, func(ctx context.Context, found *site.Site, report job.Reporter) (wizard.Change, error) {
		with, err := found.Companion(ctx)
		if err != nil {
			return nil, err
		}
		return run(ctx, with, report)
	})
}

// siteItems are what the Start page asks about the site itself. All of it is optional: everything works from files, too.
func (s *step) siteItems(state *checkpoint.State) []wizard.Item {
	items := []wizard.Item{
		wizard.Instruction{Text: "If you let AllySwitch log in to the site, it reads users by itself, and with its companion plugin also tags and offerings. Without, you download files.",
			Where: []string{"Users", "Profile", "Application Passwords"}, Look: "the button Add New Application Password. Call it AllySwitch, and copy what it shows. It is not your own password, and you can take it back at any time.",
			Link: authorizePage(state)},
		s.ask(state, wizard.Question{Key: "site.user", Label: "Your login name on the site (optional)", Help: "An administrator's. Leave it empty to work with files."}),
		s.ask(state, wizard.Question{Key: "site.password", Label: "The application password (optional)", Secret: true, Env: "ALLYSWITCH_SITE_PASSWORD"}),
	}
	if state.Answer(Start, "site.user") == "" {
		return items
	}
	items = append(items, s.siteTask(state, wizard.Task{Key: "site", Label: "Log in to the site", Help: "Changes nothing on the site. To work with files instead, empty the login name.", Complete: s.doneWith(state, "site")}, s.lookAtSite))
	return append(items, s.companionItems(state)...)
}

// authorizePage is the site's own page on which somebody who is logged in there allows AllySwitch in and gets a password to paste. Until the site was found it is
// where WordPress has it as a rule (wp-admin/authorize-application.php, from WordPress 5.6 on); empty while there is no site.
func authorizePage(state *checkpoint.State) string {
	told := note(state, Start, "site.authorize")
	switch {
	case state.Site.URL == "":
		return ""
	case told != "" && sameSite(told, state.Site.URL):
		return told
	}
	return strings.TrimSuffix(state.Site.URL, "/") + "/wp-admin/authorize-application.php?app_name=AllySwitch"
}

// companionItems offer the companion plugin, and say how to put it on the site.
func (s *step) companionItems(state *checkpoint.State) []wizard.Item {
	if level(state) == levelFiles {
		return nil
	}
	items := []wizard.Item{s.do(state, wizard.Task{Key: "companion", Label: "Write the companion plugin to a file", Help: "A small plugin that lets AllySwitch read tags and set contact IDs. It stores nothing, and switches itself off after 14 days.",
		Complete: s.doneWith(state, "companion"), Run: func(context.Context, job.Reporter) (wizard.Change, error) {
			return nil, s.deps.writeCompanion()
		}})}
	if s.doneWith(state, "companion") && level(state) == levelREST {
		items = append(items, wizard.Instruction{Text: "Put the companion on the site, then log in to the site again above. The file is " + s.deps.Folder.Path(companionFile),
			Where: []string{"Plugins", "Add New", "Upload Plugin", "Install Now", "Activate"}, Copy: s.deps.Folder.Path(companionFile)})
	}
	return items
}

// notLoggedIn reminds of the login that was given and never used: everything would then go by files that the owner carries.
func notLoggedIn(state *checkpoint.State) []string {
	if state.Answer(Start, "site.user") == "" || level(state) != levelFiles || Switched(state) {
		return nil
	}
	return []string{"You have given a login name for the site, but AllySwitch has not logged in yet. Run \"Log in to the site\" on the Start page, or you have to bring every list as a file."}
}

const companionFile = "allyswitch-companion.zip"

func (d *Deps) writeCompanion() error {
	out, err := d.Folder.Create(companionFile)
	if err != nil {
		return err
	}
	defer out.Abort()
	if err := companion.WriteZip(out); err != nil {
		return fmt.Errorf("write the companion plugin: %w", err)
	}
	return out.Close()
}

// lookAtSite logs in and finds out what the site lets us do.
func (s *step) lookAtSite(ctx context.Context, found *site.Site, report job.Reporter) (wizard.Change, error) {
	keepPage := func(state *checkpoint.State) { setNote(state, Start, "site.authorize", found.AuthorizeURL()) }
	login, err := found.Login(ctx)
	if err != nil {
		return keepPage, err
	}
	for _, finding := range login.Findings {
		report.Warn(finding.What + " " + finding.Now)
	}
	at, about, known := levelREST, "", site.Environment{}
	if found.HasCompanion() && login.Ways[0] == site.ByCompanion {
		with, err := found.Companion(ctx)
		if err != nil {
			return nil, err
		}
		at, about = levelCompanion, s.aboutSite(with.Environment)
		known = with.Environment
	}
	info := found.Info()
	return func(state *checkpoint.State) {
		keepPage(state)
		state.Site.Name = info.Name
		setNote(state, Start, "level", at)
		setNote(state, Start, "site", fmt.Sprintf("%s, logged in as %s", cmp.Or(info.Name, host(state.Site.URL)), login.Account.Login))
		setNote(state, Start, "site.about", about)
		setNote(state, Start, "site.environment", known.Site.Environment)
		setNote(state, Start, "site.system", orUnknown(known.CRM.System))
		setNote(state, Start, "site.version", orUnknown(known.AccessAlly.Version))
		setCount(state, Start, "users", known.Site.Users)
		setNote(state, Start, "site.ways", joinWays(login.Ways))
	}, nil
}

func joinWays(ways []site.Way) string {
	var words []string
	for _, way := range ways {
		words = append(words, string(way))
	}
	return strings.Join(words, ", ")
}

// aboutSite is what the companion tells about the site, in a line.
func (s *step) aboutSite(environment site.Environment) string {
	parts := []string{"WordPress " + environment.WordPress}
	if environment.AccessAlly.Active {
		parts = append(parts, "AccessAlly "+orUnknown(environment.AccessAlly.Version))
	} else {
		parts = append(parts, "AccessAlly is not active")
	}
	parts = append(parts, "its CRM is "+s.deps.systemName(orUnknown(environment.CRM.System)))
	if environment.Site.Environment != "" && environment.Site.Environment != "production" {
		parts = append(parts, "a "+environment.Site.Environment+" site")
	}
	if environment.Cron.SecondsLate > 900 {
		parts = append(parts, say("scheduled tasks are %d {minute|minutes} late", environment.Cron.SecondsLate/60))
	}
	return strings.Join(parts, ", ")
}

func orUnknown(text *string) string {
	if text == nil || *text == "" {
		return "unknown"
	}
	return *text
}

func (s *step) siteFacts(state *checkpoint.State) []wizard.Fact {
	var facts []wizard.Fact
	if text := note(state, Start, "site"); text != "" {
		facts = append(facts, fact(wizard.MarkGood, "Site", text))
	}
	if text := note(state, Start, "site.about"); text != "" {
		facts = append(facts, fact(wizard.MarkPlain, "On it", text))
	}
	return facts
}

// viewTasks record what a visitor gets, before and after maintenance mode.
func (s *step) viewTasks(state *checkpoint.State) (before, after wizard.Task) {
	settings := site.Settings{Transport: s.deps.SiteTransport, Log: s.deps.Log}
	typed := state.Site.URL
	look := func(key, label, help string) wizard.Task {
		return s.do(state, wizard.Task{Key: key, Label: label, Help: help, Complete: s.doneWith(state, key),
			Run: func(ctx context.Context, report job.Reporter) (wizard.Change, error) {
				report.Phase("Looking at the site as a visitor does", 0)
				view, err := site.Look(ctx, settings, typed)
				if err != nil {
					return nil, err
				}
				text, err := json.Marshal(view)
				return func(state *checkpoint.State) { setNote(state, Maintenance, "view."+key, string(text)) }, err
			}})
	}
	return look("before", "Record what a visitor sees now", "Do this before you switch maintenance mode on."), look("after", "Look again", "Compares with what was recorded.")
}

// frontStayed says that AllySwitch has looked twice, and that a visitor got exactly the same.
func frontStayed(state *checkpoint.State) bool {
	before, recorded := seenBy(state, Maintenance, "view.before")
	after, again := seenBy(state, Maintenance, "view.after")
	if !recorded || !again {
		return false
	}
	change := site.Compare(before, after)
	return change.Known && change.Same && !after.Closed
}

// viewFacts say whether and how the page changed for a visitor, and how long the site has been closed.
func viewFacts(state *checkpoint.State) []wizard.Fact {
	before, recorded := seenBy(state, Maintenance, "view.before")
	after, again := seenBy(state, Maintenance, "view.after")
	if !recorded || !again {
		return nil
	}
	change := site.Compare(before, after)
	mark := wizard.MarkGood
	switch {
	case !change.Known:
		mark = wizard.MarkUnknown
	case change.Same, after.Status >= 400 && !after.Closed:
		mark = wizard.MarkWarn
	}
	return []wizard.Fact{fact(mark, "A visitor", strings.Join(change.Sentences, " "))}
}

// readSiteTask reads users, and with the companion tags and offerings, in place of the two downloads.
func (s *step) readSiteTask(state *checkpoint.State) []wizard.Item {
	if level(state) == levelFiles {
		return nil
	}
	return []wizard.Item{s.siteTask(state, wizard.Task{Key: "site", Label: "Read the users from the site itself", Required: state.Answer(Export, "export.file") == "", Complete: s.doneWith(state, "site"),
		Help: "Takes the place of the download. With the companion also the tags, the contact IDs and the offerings."},
		func(ctx context.Context, found *site.Site, report job.Reporter) (wizard.Change, error) {
			read, err := migration.ReadSite(ctx, s.deps.Folder, found, report)
			if err != nil {
				return nil, err
			}
			for _, text := range read.Undecided {
				report.Warn("This offering is not compared page by page: " + text)
			}
			users, tags := s.deps.Folder.Path(migration.SiteUsersFile), s.deps.Folder.Path(migration.SiteTagsFile)
			return func(state *checkpoint.State) { keepSiteReading(state, read, users, tags) }, nil
		})}
}

func keepSiteReading(state *checkpoint.State, read migration.FromSite, users, tags string) {
	kept := state.Step(Export)
	if former := state.Answer(Export, "export.file"); former != "" && former != users {
		keepDownload(state, former) // it still lies around at the end
	}
	setAnswer(kept, "export.file", users)
	text := say("%d {user|users} read by %s", read.Users, read.Way)
	if read.TagNames > 0 {
		setAnswer(kept, "tags.file", tags)
		text += say("; tags of %d {user|users} known, of %d unknown; %d {offering|offerings}", read.Tagged, read.TagsUnknown, read.Offerings)
	}
	setNote(state, Export, "from-site", text)
}
