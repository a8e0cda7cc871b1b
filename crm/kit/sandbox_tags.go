package kit

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"allyswitch/crm/sandbox"
)

// longestTag is the length that the switch "tag-length" is about.
const longestTag = 255

func tagView(one *label) map[string]any {
	return map[string]any{"id": one.id, "name": one.name, "created_at": stamp(one.created)}
}

func (f *fake) listTags(w http.ResponseWriter, r *http.Request) {
	var tags []*label
	for _, one := range newestFirst(f.store.tags) {
		if !one.listed.After(time.Now()) {
			tags = append(tags, one)
		}
	}
	if page, ok := pageOf(w, r, tags, func(one *label) int64 { return one.id }); ok {
		writePage(w, "tags", page, func(one *label) any { return tagView(one) })
	}
}

// makeTag makes a tag or returns the one that Kit takes for the same; words say why it does neither.
func (f *fake) makeTag(name string) (one *label, made bool, words string) {
	name = strings.TrimSpace(name)
	if name == "" {
		return nil, false, "Name can't be blank"
	}
	if utf8.RuneCountInString(name) > longestTag {
		switch f.setting(switchTagLength) {
		case "refused":
			return nil, false, "Name is too long (maximum is 255 characters)"
		case "cut":
			name = string([]rune(name)[:longestTag])
		}
	}
	if found := f.store.tagLike(name, f.setting(switchTagCase) == "folded"); found != nil {
		return found, false, ""
	}
	return f.store.addTag(name, time.Now(), f.listedToo()), true, ""
}

func (f *fake) createTag(w http.ResponseWriter, r *http.Request) {
	var input struct {
		Name string `json:"name"`
	}
	if !f.read(w, r, &input) {
		return
	}
	one, made, words := f.makeTag(input.Name)
	status := http.StatusOK
	switch {
	case words != "":
		invalid(w, words)
		return
	case made:
		status = http.StatusCreated
	}
	sandbox.WriteJSON(w, status, map[string]any{"tag": tagView(one)})
}

func (f *fake) tagIn(w http.ResponseWriter, r *http.Request) *label {
	id, _ := strconv.ParseInt(r.PathValue("tag"), 10, 64)
	one := f.store.tag(id)
	if one == nil {
		notFound(w)
	}
	return one
}

func (f *fake) renameTag(w http.ResponseWriter, r *http.Request) {
	one := f.tagIn(w, r)
	var input struct {
		Name string `json:"name"`
	}
	if one == nil || !f.read(w, r, &input) {
		return
	}
	name := strings.TrimSpace(input.Name)
	other := f.store.tagLike(name, f.setting(switchTagCase) == "folded")
	switch {
	case name == "":
		invalid(w, "Name can't be blank")
		return
	case other != nil && other != one:
		invalid(w, "Name has already been taken")
		return
	}
	one.name = name
	sandbox.WriteJSON(w, http.StatusOK, map[string]any{"tag": tagView(one)})
}

func (f *fake) listTagged(w http.ResponseWriter, r *http.Request) {
	one := f.tagIn(w, r)
	if one == nil {
		return
	}
	query := r.URL.Query()
	status := query.Get("status")
	if status == "" {
		status = "active"
	}
	var tagged []found
	for _, p := range newestFirst(f.store.people) {
		seen := p.visible(time.Now())
		if seen != nil && !seen.tags[one.id].IsZero() && (status == "all" || seen.state == status) {
			tagged = append(tagged, found{p, *seen})
		}
	}
	page, ok := pageOf(w, r, tagged, func(t found) int64 { return t.person.id })
	if !ok {
		return
	}
	writePage(w, "subscribers", page, func(t found) any {
		view := bare(t.person, t.record)
		view.TaggedAt = stamp(t.record.tags[one.id])
		if query.Get("slim") != "true" {
			view.Fields = f.fieldsView(t.record)
		}
		return view
	})
}

// putTag tags somebody and starts what the tag starts: Kit cannot be kept from it. Who is unsubscribed starts nothing.
func (f *fake) putTag(p *person, one *label) (fresh bool) {
	if !p.now.tags[one.id].IsZero() {
		return false
	}
	p.change(p.now.withTag(one.id, time.Now()), f.listedAt())
	if p.now.state == "active" {
		f.store.runs = append(f.store.runs, sandbox.Started(f.store.automations, p.now.email, one.name)...)
	}
	return true
}

// takeTag takes a tag off; there says that it was on.
func (f *fake) takeTag(p *person, id int64) (there bool) {
	if p.now.tags[id].IsZero() {
		return false
	}
	p.change(p.now.withoutTag(id), f.listedAt())
	return true
}

func (f *fake) tagByNumber(w http.ResponseWriter, r *http.Request) {
	one := f.tagIn(w, r)
	if one == nil {
		return
	}
	if p := f.personIn(w, r); p != nil && f.read(w, r, &struct{}{}) {
		f.answerTagging(w, p, one)
	}
}

func (f *fake) answerTagging(w http.ResponseWriter, p *person, one *label) {
	status := http.StatusOK
	if f.putTag(p, one) {
		status = http.StatusCreated
	}
	view := f.view(p, p.now)
	view.TaggedAt = stamp(p.now.tags[one.id])
	sandbox.WriteJSON(w, status, map[string]any{"subscriber": view})
}

// byAddress finds who the body names by e-mail.
func (f *fake) byAddress(w http.ResponseWriter, r *http.Request, purpose string) *person {
	var input struct {
		Email string `json:"email_address"`
	}
	if !f.read(w, r, &input) {
		return nil
	}
	if strings.TrimSpace(input.Email) == "" {
		invalid(w, "Either subscriber id or email address is required to "+purpose+" subscriber")
		return nil
	}
	p := f.store.personAt(input.Email)
	if p == nil {
		notFound(w)
	}
	return p
}

func (f *fake) tagByAddress(w http.ResponseWriter, r *http.Request) {
	one := f.tagIn(w, r)
	if one == nil {
		return
	}
	if p := f.byAddress(w, r, "tag"); p != nil {
		f.answerTagging(w, p, one)
	}
}

func (f *fake) untagByNumber(w http.ResponseWriter, r *http.Request) {
	one := f.tagIn(w, r)
	if one == nil {
		return
	}
	if p := f.personIn(w, r); p != nil {
		f.answerUntagging(w, p, one)
	}
}

func (f *fake) untagByAddress(w http.ResponseWriter, r *http.Request) {
	one := f.tagIn(w, r)
	if one == nil {
		return
	}
	if p := f.byAddress(w, r, "remove tag from"); p != nil {
		f.answerUntagging(w, p, one)
	}
}

func (f *fake) answerUntagging(w http.ResponseWriter, p *person, one *label) {
	if !f.takeTag(p, one.id) && f.setting(switchUntagMissing) == "404" {
		notFound(w)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
