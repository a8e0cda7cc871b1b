package companion_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"allyswitch/wp/companion"
	"allyswitch/wp/wptest/realsite"
)

const pluginRoute = "/wp/v2/plugins/" + companion.Plugin

func status(t *testing.T, site *realsite.Site) string {
	t.Helper()
	return decoded[struct{ Status string }](t, site.Admin(t, "GET", pluginRoute, nil)).Status
}

// activate puts the companion back to work, as an administrator would.
func activate(t *testing.T, site *realsite.Site) {
	t.Helper()
	if answer := site.Admin(t, "POST", pluginRoute, map[string]any{"status": "active"}); answer.Status != 200 {
		t.Fatalf("activating: %d %s", answer.Status, answer.Body)
	}
}

func TestItLeavesByItselfAfterFourteenDays(t *testing.T) {
	site := realsite.Open(t)
	day := int64(24 * 60 * 60)
	now := time.Now().Unix()
	for name, activated := range map[string]any{"14 days": now - 14*day, "long ago": 1, "nonsense": "soon", "in the future": now + 100*day} {
		t.Run(name, func(t *testing.T) {
			site.Shape(t, map[string]any{"companion_activated": activated})
			refused(t, ask(t, site, "GET", "/environment", nil), 404, "rest_no_route")
			if got := status(t, site); got != "inactive" {
				t.Errorf("the plugin is %s", got)
			}
			activate(t, site)
			if answer := ask(t, site, "GET", "/environment", nil); answer.Status != 200 {
				t.Errorf("activated again it answers %d %s", answer.Status, answer.Body)
			}
		})
	}
	site.Shape(t, map[string]any{"companion_activated": now - 14*day + 3600})
	if answer := ask(t, site, "GET", "/environment", nil); answer.Status != 200 {
		t.Errorf("an hour before the end it answers %d %s", answer.Status, answer.Body)
	}
	site.Admin(t, "POST", pluginRoute, map[string]any{"status": "inactive"})
	activate(t, site)
}

// The zip is uploaded on the Plugins screen, as the wizard tells owners to, and what was installed works, tells what it is, and goes without a trace.
func TestTheZipInstallsOnThePluginsScreen(t *testing.T) {
	site := realsite.Open(t)
	client := site.Browser(t, site.User, site.AdminPassword)
	site.Admin(t, "POST", pluginRoute, map[string]any{"status": "inactive"})
	if answer := site.Admin(t, "DELETE", pluginRoute, nil); answer.Status != 200 {
		t.Fatalf("deleting: %d %s", answer.Status, answer.Body)
	}
	refused(t, ask(t, site, "GET", "/environment", nil), 404, "rest_no_route")
	upload(t, site, client)
	activate(t, site)
	environment := get[struct {
		Companion struct {
			Version     string
			Activated   time.Time
			SwitchesOff time.Time `json:"switches_off"`
		}
	}](t, site, "/environment").Companion
	if environment.Version != companion.Version() || environment.SwitchesOff.Sub(environment.Activated) != 14*24*time.Hour || time.Since(environment.Activated) > time.Hour {
		t.Errorf("installed: %v", environment)
	}
	dashboard := string(site.Do(t, realsite.Request{Method: "GET", Path: "/wp-admin/index.php", Client: client}).Body)
	if !strings.Contains(dashboard, "AllySwitch Companion is active.") || !strings.Contains(dashboard, "Delete it when the switch is done") {
		t.Error("the dashboard does not say that the companion is active and should go")
	}
	limited := site.Browser(t, site.User, site.AdminPassword)
	if page := string(site.Do(t, realsite.Request{Method: "GET", Path: "/", Client: limited}).Body); strings.Contains(page, "AllySwitch Companion is active") {
		t.Error("visitors are shown the notice")
	}
}

func upload(t *testing.T, site *realsite.Site, client *http.Client) {
	t.Helper()
	nonce := nonceOf(t, site, client, "/wp-admin/plugin-install.php?tab=upload", `name="_wpnonce" value="([0-9a-f]+)"`)
	var form bytes.Buffer
	writer := multipart.NewWriter(&form)
	writer.WriteField("_wpnonce", nonce)
	writer.WriteField("install-plugin-submit", "Install Now")
	file, err := writer.CreateFormFile("pluginzip", companion.FileName)
	if err != nil {
		t.Fatal(err)
	}
	if err := companion.WriteZip(file); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	response, err := client.Post(site.URL+"/wp-admin/update.php?action=upload-plugin", writer.FormDataContentType(), &form)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var page bytes.Buffer
	page.ReadFrom(response.Body)
	if !strings.Contains(page.String(), "Plugin installed successfully") {
		t.Fatalf("installing: %.2000s", regexp.MustCompile(`(?s)<(style|script).*?</(style|script)>|<[^>]*>`).ReplaceAllString(page.String(), ""))
	}
}

// Errors and warnings of PHP's in all of these tests end in one file; the companion has none in it.
func TestTheCompanionLeavesNoWarningsBehind(t *testing.T) {
	site := realsite.Open(t)
	for _, r := range routes() {
		ask(t, site, r.method, r.path, r.body)
	}
	data, err := os.ReadFile(site.PHPLog)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.Contains(line, companion.Slug) && strings.Contains(line, "PHP ") {
			t.Errorf("PHP says: %s", line)
		}
	}
}
