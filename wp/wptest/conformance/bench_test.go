package conformance

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"allyswitch/wp/site"
	"allyswitch/wp/wptest/realsite"
)

// BenchmarkReading reads everybody through the client in each way, cleaned, and compares with the work of `wp user list` in the same run (x_peer: how many
// times as fast). It needs a site of some size: start one with --people 20000.
func BenchmarkReading(b *testing.B) {
	there := realsite.Open(b)
	if there.People < 20_000 {
		b.Skipf("skipped: the site has %d people; start one with --people 20000", there.People)
	}
	settings := site.Settings{Values: map[string]string{"site.user": there.User, "site.password": there.Password}}
	found, err := site.Find(context.Background(), settings, there.URL)
	if err != nil {
		b.Fatal(err)
	}
	for name, options := range map[string]site.ReadOptions{
		"companion": {Way: site.ByCompanion}, "companion, accounts only": {Way: site.ByCompanion, AccountsOnly: true}, "REST": {Way: site.ByREST}, "XML-RPC": {Way: site.ByXMLRPC},
	} {
		b.Run(name, func(b *testing.B) {
			peer, read := userList(b, there), 0
			for b.Loop() {
				reading, err := found.Users(context.Background(), options, func(site.User) error { return nil })
				if err != nil {
					b.Fatal(err)
				}
				read = reading.Cursor.Read
			}
			each := b.Elapsed() / time.Duration(b.N)
			b.ReportMetric(float64(read)/each.Seconds(), "users/s")
			b.ReportMetric(peer.Seconds()/each.Seconds(), "x_peer")
		})
	}
}

// userList is how long the peer takes: the better of two.
func userList(b *testing.B, there *realsite.Site) time.Duration {
	b.Helper()
	best := time.Duration(0)
	for range 2 {
		began := time.Now()
		out, err := exec.Command("php", "../wordpress/user-list.php", "--site="+filepath.Join(there.Dir, "site")).Output()
		if err != nil {
			b.Fatalf("the peer failed: %v", err)
		}
		if lines := strings.Count(string(out), "\n"); lines < there.People {
			b.Fatalf("the peer listed %d of %d people", lines, there.People)
		}
		if took := time.Since(began); best == 0 || took < best {
			best = took
		}
	}
	return best
}
