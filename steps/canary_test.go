package steps_test

import (
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"allyswitch/crm/registry"
	"allyswitch/steps"
	"allyswitch/wizard"
	"allyswitch/wizard/checkpoint"
)

// passwordHash and sessionToken stand in the export, as in every real one.
const (
	passwordHash = "$wp$2y$10$caNaRyHaShOfSomebodysPasswordWhichMustNotLeak01"
	sessionToken = "Y2FuYXJ5LXNlc3Npb24tdG9rZW4tb2Ytc29tZWJvZHk="
)

// TestNoSecretLeavesTheMemory types a key, lets things go wrong with it, and walks to the end. Afterwards no file of the folder, no line of the log and
// no frame holds a secret, in any of the shapes in which it may travel; and nothing of the passwords in the export.
func TestNoSecretLeavesTheMemory(t *testing.T) {
	for _, entry := range registry.All() {
		t.Run(entry.Provider.ID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := begin(t, entry.Provider.ID)
				export := strings.ReplaceAll(string(j.demo.Site.Export()), ",no-password-here,", ","+passwordHash+",")
				export = strings.ReplaceAll(export, ",0,,,,,0\n", ",0,,,"+sessionToken+",,0\n")
				if !strings.Contains(export, sessionToken) || !strings.Contains(export, passwordHash) {
					t.Fatal("the canaries did not get into the export")
				}
				j.demo.Answers["export.file"] = j.file("canaries.csv", export)
				o := j.sits(home, wizard.Options{})
				o.goesThrough(steps.EditCSV)
				_ = o.term.Close()
				j.wire.set(echo)
				if words := told(t, j.try(steps.Start, "connect")); !strings.Contains(words.What+words.Detail, "[redacted]") {
					t.Errorf("what the CRM echoes is not told, without the key: %+v", words)
				}
				j.wire.set(nil)
				j.tick(steps.Finish, "export-kept")
				j.reach(steps.Finish)
				var seen strings.Builder
				for _, frame := range o.seen {
					seen.WriteString(frame)
				}
				j.scan("the frames", seen.String()+o.term.Raw())
				j.scan("the log", j.log.String())
				if !strings.Contains(j.log.String(), `"msg"`) {
					t.Error("there is no log to look at")
				}
				j.scanFolder()
			})
		})
	}
}

// echo answers as servers do that say too much: with the request's own headers and address in the error.
func echo(request *http.Request, body string) (*http.Response, error) {
	var all strings.Builder
	for name, values := range request.Header {
		all.WriteString(name + ": " + strings.Join(values, " ") + "; ")
	}
	text := strings.NewReplacer(`"`, "'", "\n", " ", `\`, "/").Replace(all.String() + request.URL.String() + " " + body)
	return says(request, http.StatusBadRequest, "application/json", `{"message":"you sent `+text+`","error":"`+text+`","errors":["`+text+`"]}`), nil
}

// scanFolder looks through every file of the migration's folder, with its name.
func (j *journey) scanFolder() {
	j.t.Helper()
	files := 0
	err := filepath.WalkDir(j.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files++
		j.scan(filepath.Base(path), path+"\n"+string(data))
		if name := filepath.Base(path); !slices.Contains(checkpoint.FileNames(), name) {
			j.t.Errorf("%s is not among the names of checkpoint.FileNames, so starting again would leave it behind", name)
		}
		return err
	})
	if err != nil || files < 5 {
		j.t.Errorf("%d files looked at: %v", files, err)
	}
}

// scan fails when a text holds a secret or a password in any shape.
func (j *journey) scan(where, text string) {
	j.t.Helper()
	for key, secret := range j.demo.Secrets {
		for shape, form := range shapes(secret) {
			if strings.Contains(text, form) {
				j.t.Errorf("%s: %s is there, %s", where, key, shape)
			}
		}
	}
	for name, canary := range map[string]string{"a password hash": passwordHash[8:], "a session token": sessionToken[:24]} {
		if strings.Contains(text, canary) {
			j.t.Errorf("%s: %s of the export is there", where, name)
		}
	}
}

// shapes are the forms in which a secret may travel: as it is, escaped for an address, and in Base64 at every offset, alone or with a name before it.
func shapes(secret string) map[string]string {
	forms := map[string]string{"as it is": secret, "its greater part": secret[:len(secret)-4], "escaped": url.QueryEscape(secret), "in hex": hex.EncodeToString([]byte(secret))}
	for offset := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", offset) + secret))
		name := "in Base64 at offset " + string(rune('0'+offset))
		forms[name] = encoded[4 : len(encoded)-4]
		forms[name+", for addresses"] = strings.NewReplacer("+", "-", "/", "_").Replace(forms[name])
	}
	return forms
}

// TestTheScanFindsASecret shows that the looking above can find something.
func TestTheScanFindsASecret(t *testing.T) {
	const secret = "kit_0123456789abcdef/+"
	for _, text := range []string{"key=" + secret, "?key=" + url.QueryEscape(secret), "Basic " + base64.StdEncoding.EncodeToString([]byte(secret+":")),
		"Basic " + base64.StdEncoding.EncodeToString([]byte("me:"+secret)), base64.URLEncoding.EncodeToString([]byte("ab" + secret)), hex.EncodeToString([]byte(secret))} {
		found := false
		for _, form := range shapes(secret) {
			found = found || strings.Contains(text, form)
		}
		if !found {
			t.Errorf("%q is not found", text)
		}
	}
}
