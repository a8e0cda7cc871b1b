package conformance

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"allyswitch/wp/site"
	"allyswitch/wp/wptest/realsite"
)

// wpCLI is the environment variable with the command of WP-CLI, such as "php wp-cli.phar --allow-root": no package of Debian 12 has it.
const wpCLI = "ALLYSWITCH_WP_CLI"

// exportPortion is how many users WebToffee's export takes with each request, unless somebody changes it in its settings (its plugin, 2.7.2).
const exportPortion = 30

// rounds is how often each contender runs: one after the other in each round, so that all have the same weather.
const rounds = 5

// contender is one way of getting at all users.
type contender struct {
	name string
	run  func(b *testing.B)
	// part is how much of the work one round does: 1, or a fifth of what is too slow to be done five times.
	part float64
	took []time.Duration
}

// seconds is what the whole work takes: the median of the rounds.
func (c *contender) seconds() float64 {
	sorted := slices.Sorted(slices.Values(c.took))
	return sorted[len(sorted)/2].Seconds() / c.part
}

// BenchmarkBesideOthers reads everybody in each way of AllySwitch's and lets each of the others do its work, in turns, and prints how many times as fast the
// one is as the other.
func BenchmarkBesideOthers(b *testing.B) {
	there := realsite.Open(b)
	if there.People < 20_000 {
		b.Skipf("skipped: the site has %d people; start one with --people 20000", there.People)
	}
	ours, others := readers(b, there), peers(b, there)
	for b.Loop() {
		for range rounds {
			for _, c := range slices.Concat(ours, others) {
				began := time.Now()
				c.run(b)
				c.took = append(c.took, time.Since(began))
			}
		}
	}
	fmt.Print("\n", table(there.People, ours, others)) // b.Log would cut it off.
}

// table has a line for each contender, and one for each pair.
func table(people int, ours, others []*contender) string {
	var out strings.Builder
	for _, c := range slices.Concat(ours, others) {
		fmt.Fprintf(&out, "%-26s %6.2f s, %6.0f users/s, rounds of %.2f to %.2f s\n", c.name, c.seconds(), float64(people)/c.seconds(),
			slices.Min(c.took).Seconds(), slices.Max(c.took).Seconds())
	}
	for _, c := range ours {
		for _, o := range others {
			fmt.Fprintf(&out, "%-26s %5.2f times as fast as %s\n", c.name, o.seconds()/c.seconds(), o.name)
		}
	}
	return out.String()
}

// readers are the ways of AllySwitch's client, cleaned members included.
func readers(b *testing.B, there *realsite.Site) []*contender {
	b.Helper()
	settings := site.Settings{Values: map[string]string{"site.user": there.User, "site.password": there.Password}}
	found, err := site.Find(context.Background(), settings, there.URL)
	if err != nil {
		b.Fatal(err)
	}
	read := func(options site.ReadOptions) func(*testing.B) {
		return func(b *testing.B) {
			reading, err := found.Users(context.Background(), options, func(site.User) error { return nil })
			if err != nil || reading.Cursor.Read < there.People {
				b.Fatalf("read %d of %d people: %v", reading.Cursor.Read, there.People, err)
			}
		}
	}
	return []*contender{
		{name: "companion, accounts", part: 1, run: read(site.ReadOptions{Way: site.ByCompanion, AccountsOnly: true})},
		{name: "companion, contacts, tags", part: 1, run: read(site.ReadOptions{Way: site.ByCompanion})},
		{name: "plain REST", part: 1, run: read(site.ReadOptions{Way: site.ByREST})},
		{name: "XML-RPC", part: 1, run: read(site.ReadOptions{Way: site.ByXMLRPC})},
	}
}

// peers are the others: the work of `wp user list` without WP-CLI, `wp user list` itself where there is WP-CLI, and the least that WebToffee's export can take.
func peers(b *testing.B, there *realsite.Site) []*contender {
	b.Helper()
	portions := (there.People + exportPortion) / exportPortion
	each := (portions + rounds - 1) / rounds
	list := []*contender{
		{name: "bare list", part: 1, run: command(there, "php", "../wordpress/user-list.php", "--site="+filepath.Join(there.Dir, "site"))},
		{name: fmt.Sprintf("%d empty requests", portions), part: float64(each) / float64(portions), run: emptyRequests(b, there, each)},
	}
	words := strings.Fields(os.Getenv(wpCLI))
	if len(words) == 0 {
		b.Logf("without WP-CLI: %s does not name its command", wpCLI)
		return list
	}
	words = append(words, "user", "list", "--path="+filepath.Join(there.Dir, "site"))
	csv := append(slices.Clone(words), "--format=csv")
	return append(list,
		&contender{name: "wp user list", part: 1, run: command(there, words[0], words[1:]...)},
		&contender{name: "wp user list --format=csv", part: 1, run: command(there, csv[0], csv[1:]...)})
}

// command runs a program that prints a line for everybody.
func command(there *realsite.Site, program string, arguments ...string) func(*testing.B) {
	return func(b *testing.B) {
		out, err := exec.Command(program, arguments...).Output()
		if lines := strings.Count(string(out), "\n"); err != nil || lines < there.People {
			b.Fatalf("%s listed %d of %d people: %v", program, lines, there.People, err)
		}
	}
}

// emptyRequests sends so many requests, one after the other, to where WebToffee's export sends its own. They do nothing there: whatever an export does in each,
// it cannot be quicker.
func emptyRequests(b *testing.B, there *realsite.Site, count int) func(*testing.B) {
	b.Helper()
	browser := there.Browser(b, there.User, there.AdminPassword)
	return func(b *testing.B) {
		for range count {
			response, err := browser.PostForm(there.URL+"/wp-admin/admin-ajax.php", url.Values{"action": {"allyswitch_test_nothing"}})
			if err != nil {
				b.Fatal(err)
			}
			body := make([]byte, 100)
			n, _ := response.Body.Read(body)
			response.Body.Close()
			if !strings.Contains(string(body[:n]), `"success":true`) {
				b.Fatalf("an empty request was answered %d: %s", response.StatusCode, body[:n])
			}
		}
	}
}
