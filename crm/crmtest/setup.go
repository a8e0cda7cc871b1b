package crmtest

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"allyswitch/crm"
	"allyswitch/crm/registry"
	"allyswitch/crm/sandbox"
)

// checkProvider checks what a screen shows of a CRM before anything is connected.
func checkProvider(t *testing.T, entry registry.Entry) {
	provider := entry.Provider
	for what, value := range map[string]string{
		"ID": provider.ID, "Name": provider.Name, "CodePrefix": provider.CodePrefix,
		"AccessAllyName": provider.AccessAllyName, "AccessAllySystem": provider.AccessAllySystem, "Guide.LooksLike": provider.Guide.LooksLike,
	} {
		if strings.TrimSpace(value) == "" {
			t.Errorf("%s is empty", what)
		}
	}
	if len(provider.Guide.Where) == 0 || len(provider.Guide.Mistakes) == 0 {
		t.Error("the guide does not say where the key is, or what people paste instead")
	}
	if !slices.ContainsFunc(provider.Options, func(o crm.Option) bool { return o.Secret && o.Env != "" }) {
		t.Error("no option is a secret with an environment variable")
	}
	for _, option := range provider.Options {
		if option.Key == "" || option.Label == "" || option.Help == "" {
			t.Errorf("option %+v lacks a key, a label or help", option)
		}
	}
	for _, s := range entry.Switches {
		if s.Name == "" || s.Help == "" || len(s.Settings) < 2 {
			t.Errorf("switch %+v lacks a name, help or a choice", s)
		}
	}
	if crm.SpeedHeader != sandbox.SpeedHeader {
		t.Error("client and sandbox disagree about the speed header")
	}
}

// checkFeatures checks that what a driver says of itself fits together.
func checkFeatures(w *world) {
	f := w.client.Features()
	if f.UpsertBatch < 1 || f.TagBatch < 1 || f.PageSize < 1 || f.InFlight < 1 || f.Timeout <= 0 {
		w.Errorf("batches, pages, calls at once and timeouts must be positive: %+v", f)
	}
	if len(f.Windows) == 0 || len(f.UpsertCosts) == 0 || len(f.ReadCosts) == 0 || len(f.TagCosts) == 0 && !f.TagsRideAlong {
		w.Errorf("windows or costs are missing: the plan could not say how long it takes: %+v", f)
	}
	if f.AutomationWord == "" {
		w.Error("what this CRM calls its automations is missing")
	}
	if _, can := w.client.Remover(); !can && (f.CanDeleteContact || f.CanUntag || f.CanDeleteTag || f.CanDeleteField) {
		w.Error("the features promise to take things back, but there is no Remover")
	}
}

// checkKey: a good key says whose it is; a wrong one is refused at once.
func checkKey(w *world) {
	checkFeatures(w)
	w.sandbox.Load(sandbox.Contents{Contacts: []sandbox.Contact{{Email: "ada@example.com", State: "active"}}})
	account := must[crm.Account](w)(w.client.Check(w.ctx))
	again := must[crm.Account](w)(w.open(w.settings()).Check(w.ctx))
	if account.ID == "" || account.ID != again.ID {
		w.Errorf("the account is %q, then %q", account.ID, again.ID)
	}
	if account.Contacts > 1 {
		w.Errorf("the account counts %d contacts, there is one", account.Contacts)
	}
	for _, option := range w.entry.Provider.Options {
		if option.Secret && w.sandbox.Credentials()[option.Key] != "" {
			w.wrongKey(option.Key)
		}
	}
}

// wrongKey tries a key that is right but for its end.
func (w *world) wrongKey(option string) {
	w.Helper()
	settings := w.settings()
	settings.Values[option] = spoilt(settings.Values[option])
	time.Sleep(longestWindow(w.client.Features().Windows))
	start := time.Now()
	client, err := crm.Open(w.entry.Provider, settings)
	if err == nil {
		_, err = client.Check(w.ctx)
	}
	w.definite(err, crm.KindAuth, crm.KindPermission, crm.KindInvalid)
	if took := time.Since(start); took > time.Minute {
		w.Errorf("it took %v to say that the key in %s is wrong", took, option)
	}
}

// spoilt is a key with its last letter or digit replaced by another of its sort.
func spoilt(key string) string {
	bytes := []byte(key)
	for i := len(bytes) - 1; i >= 0; i-- {
		switch c := bytes[i]; {
		case c >= '0' && c <= '9':
			bytes[i] = '0' + (c-'0'+1)%10
			return string(bytes)
		case c >= 'a' && c < 'f', c > 'f' && c < 'z', c >= 'A' && c < 'F', c > 'F' && c < 'Z':
			bytes[i] = c + 1
			return string(bytes)
		}
	}
	return key + "1"
}

// wrongAddress: a website, or nobody at all, stands where the CRM should be.
func wrongAddress(w *world) {
	settings := w.settings()
	settings.Transport = sandbox.Transport(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=UTF-8")
		_, _ = rw.Write([]byte("<!DOCTYPE html><html><head><title>A website</title></head><body>Hello</body></html>"))
	}))
	_, err := w.open(settings).Check(w.ctx)
	w.definite(err, crm.KindWrongAddress)

	settings.Transport = nobody{}
	client := w.open(settings)
	start := time.Now()
	_, err = client.Check(w.ctx)
	w.definite(err, crm.KindUnreachable)
	if took := time.Since(start); took > 2*time.Minute {
		w.Errorf("it took %v to say that nobody is there", took)
	}
}

// nobody is a host that does not exist.
type nobody struct{}

func (nobody) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: r.URL.Hostname(), IsNotFound: true}}
}

// fieldsOnce: a field is made once, whoever asks and however often.
func fieldsOnce(w *world) {
	for _, name := range []string{"customer_id", "user_registered", "customer_id"} {
		field := crm.Field{Name: name, Type: crm.FieldText}
		first := must[crm.Field](w)(w.client.EnsureField(w.ctx, field))
		again := must[crm.Field](w)(w.open(w.settings()).EnsureField(w.ctx, field))
		if first.ID == "" || !w.client.Features().FieldsImplicit && first.ID != again.ID {
			w.Errorf("field %s has the ID %q, then %q", name, first.ID, again.ID)
		}
	}
	if fields := w.sandbox.Contents().Fields; !w.client.Features().FieldsImplicit && len(fields) != 2 {
		w.Errorf("the CRM has the fields %q, want two", fields)
	}
}

// tagsOnce: a tag is made once and exactly as it is written, or refused in so many words.
func tagsOnce(w *world) {
	names := []string{"Gold Member", "Größe", "A & B <c>", "50% off", "日本語", "it’s “quoted”", "a/b", "a+b", "Größe"}
	made := map[string]bool{}
	for _, name := range names {
		first, err := w.client.EnsureTag(w.ctx, name)
		if err != nil {
			w.definite(err, crm.KindInvalid, crm.KindConflict)
			continue
		}
		again := must[crm.Tag](w)(w.open(w.settings()).EnsureTag(w.ctx, "  "+name+" "))
		if first.ID == "" || first.ID != again.ID || first.Name != name {
			w.Errorf("tag %q became %+v, then %+v", name, first, again)
		}
		made[name] = true
	}
	if len(made) < len(names)/2 {
		w.Errorf("only the tags %v were made", made)
	}
	if w.client.Features().TagsImplicit {
		return
	}
	held := w.sandbox.Contents().Tags
	for name := range made {
		if count(held, name) != 1 {
			w.Errorf("the CRM has the tag %q %d times: %q", name, count(held, name), held)
		}
	}
	listed := must[[]crm.Tag](w)(w.client.Tags(w.ctx))
	if len(listed) != len(held) {
		w.Errorf("%d tags are listed, the CRM has %d", len(listed), len(held))
	}
}

func count(list []string, want string) int {
	n := 0
	for _, item := range list {
		if item == want {
			n++
		}
	}
	return n
}

// tagsInCase: two tags that differ in case alone are both made, or the second is reported with the name of the first.
func tagsInCase(w *world) {
	must[crm.Tag](w)(w.client.EnsureTag(w.ctx, "VIP Member"))
	if w.client.Features().TagsImplicit { // the tag is there once somebody carries it
		m := newMigration(w, []member{{email: "ada@example.com", tags: []string{"VIP Member"}}})
		m.run()
	}
	second, err := w.open(w.settings()).EnsureTag(w.ctx, "vip member")
	if err == nil {
		if second.Name != "vip member" {
			w.Errorf("the CRM made %q of %q and nobody said so", second.Name, "vip member")
		}
		if w.client.Features().TagsFoldCase {
			w.Error("the CRM folds case, but the second tag was not reported")
		}
		return
	}
	w.definite(err, crm.KindConflict)
	if !strings.Contains(err.Error(), "VIP Member") {
		w.Errorf("the error does not name the tag that is in the way: %v", err)
	}
}
