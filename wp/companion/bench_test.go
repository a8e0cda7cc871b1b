package companion_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"allyswitch/wp/wptest/realsite"
)

// enough skips a benchmark on a site that is too small to tell anything: start one with --people 20000.
func enough(b *testing.B) *realsite.Site {
	b.Helper()
	site := realsite.Open(b)
	if site.People < 20_000 {
		b.Skipf("skipped: the site has %d people; start one with --people 20000", site.People)
	}
	return site
}

// BenchmarkReadUsers reads everybody through the companion, 2,000 a page, and compares with the work of `wp user list` in the same run (x_peer: how many times
// as fast). php_MiB is the most memory that any of the requests took in PHP, by php-fpm's own count.
func BenchmarkReadUsers(b *testing.B) {
	site := enough(b)
	for name, c := range map[string]struct {
		with  string
		shape map[string]any
	}{
		"accounts":                     {"&with=", nil},
		"accounts in two ranges":       {"&with=", map[string]any{"ranges": 2}},
		"with contacts in two ranges":  {"&with=contact_id", map[string]any{"ranges": 2}},
		"with contacts":                {"&with=contact_id", nil},
		"with contacts and tags":       {"", nil},
		"with contacts and table tags": {"", map[string]any{"missing": []string{userTags}}},
		"with tags before 4.0":         {"", map[string]any{"version": "3.9.9", "copy_tags": true}},
	} {
		b.Run(name, func(b *testing.B) {
			site.Shape(b, c.shape)
			peer := userList(b, site)
			read := 0
			mark := logSize(b, site)
			for b.Loop() {
				if c.shape["ranges"] != nil {
					read = inTwoRanges(b, site, c.with)
				} else {
					read = len(everybody(b, site, 2000, c.with))
				}
			}
			each := b.Elapsed() / time.Duration(b.N)
			if read < site.People {
				b.Fatalf("read %d of %d people", read, site.People)
			}
			b.ReportMetric(float64(read)/each.Seconds(), "users/s")
			b.ReportMetric(peer.Seconds()/each.Seconds(), "x_peer")
			b.ReportMetric(peakMemory(b, site, mark, "/users"), "php_MiB")
		})
	}
}

// inTwoRanges reads the lower and the upper half of the IDs at once.
func inTwoRanges(b *testing.B, site *realsite.Site, with string) int {
	b.Helper()
	half := get[struct {
		Site struct {
			Newest int64 `json:"newest_user"`
		}
	}](b, site, "/environment").Site.Newest / 2
	upper := make(chan int)
	go func() { upper <- len(from(b, site, half, 2000, with)) }()
	return len(everybody(b, site, 2000, fmt.Sprintf("%s&up_to=%d", with, half))) + <-upper
}

// userList is how long the peer takes: the better of two.
func userList(b *testing.B, site *realsite.Site) time.Duration {
	b.Helper()
	best := time.Duration(0)
	for range 2 {
		start := time.Now()
		command := exec.Command("php", "../wptest/wordpress/user-list.php", "--site="+filepath.Join(site.Dir, "site"))
		out, err := command.Output()
		if err != nil {
			b.Fatalf("the peer failed: %v", err)
		}
		if lines := strings.Count(string(out), "\n"); lines < site.People {
			b.Fatalf("the peer listed %d of %d people", lines, site.People)
		}
		if took := time.Since(start); best == 0 || took < best {
			best = took
		}
	}
	return best
}

// BenchmarkReadUsersREST reads everybody through WordPress's own route, 100 a page, one page at a time: what there is without the companion.
func BenchmarkReadUsersREST(b *testing.B) {
	site := enough(b)
	peer := userList(b, site)
	read := 0
	for b.Loop() {
		read = 0
		for page := 1; ; page++ {
			path := fmt.Sprintf("/wp/v2/users?context=edit&per_page=100&orderby=id&page=%d&_fields=id,username,email,first_name,last_name,name,roles,registered_date", page)
			list := decoded[[]map[string]any](b, site.Admin(b, http.MethodGet, path, nil))
			read += len(list)
			if len(list) < 100 {
				break
			}
		}
	}
	each := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(read)/each.Seconds(), "users/s")
	b.ReportMetric(peer.Seconds()/each.Seconds(), "x_peer")
}

// BenchmarkSetContactIDs sets a new contact ID for everybody who has one, 1,000 a request; each is read before and after. Every second round puts them back.
func BenchmarkSetContactIDs(b *testing.B) {
	site := enough(b)
	var there, back [][]link
	for i, u := range everybody(b, site, 2000, "&with=contact_id") {
		if i%1000 == 0 {
			there, back = append(there, nil), append(back, nil)
		}
		if u.ContactID == nil || *u.ContactID == "" {
			continue
		}
		last := len(there) - 1
		moved := "9" + strings.ReplaceAll(*u.ContactID, "error", "0")
		there[last] = append(there[last], link{u.ID, moved, u.ContactID})
		back[last] = append(back[last], link{u.ID, *u.ContactID, &moved})
	}
	mark, set := logSize(b, site), 0
	for b.Loop() {
		for _, round := range [][][]link{there, back} {
			for _, links := range round {
				answer := post[written](b, site, "/contact-ids", map[string]any{"links": links})
				if answer.Counts["set"] != len(links) {
					b.Fatalf("of %d links: %v", len(links), answer.Counts)
				}
				set += len(links)
			}
		}
	}
	b.ReportMetric(float64(set)/b.Elapsed().Seconds(), "links/s")
	b.ReportMetric(20_000*b.Elapsed().Seconds()/float64(set), "s/20000")
	b.ReportMetric(peakMemory(b, site, mark, "/contact-ids"), "php_MiB")
}

// BenchmarkLastPage compares the last page with the first (x_first): a page must not cost more the further it is back.
func BenchmarkLastPage(b *testing.B) {
	site := enough(b)
	all := everybody(b, site, 2000, "&with=")
	after := all[len(all)-1001].ID
	timed := func(after int64) time.Duration {
		best := time.Hour
		for range 5 {
			start := time.Now()
			if got := len(get[page](b, site, fmt.Sprintf("/users?after=%d&limit=1000&with=", after)).Users); got != 1000 {
				b.Fatalf("%d users", got)
			}
			best = min(best, time.Since(start))
		}
		return best
	}
	for b.Loop() {
		b.ReportMetric(timed(after).Seconds()/timed(0).Seconds(), "x_first")
	}
}

func logSize(b testing.TB, site *realsite.Site) int64 {
	b.Helper()
	info, err := os.Stat(site.RequestLog)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// peakMemory is the most memory, in MiB, that PHP took for requests of a route since the log had a size.
func peakMemory(b testing.TB, site *realsite.Site, from int64, route string) float64 {
	b.Helper()
	file, err := os.Open(site.RequestLog)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Seek(from, 0); err != nil {
		b.Fatal(err)
	}
	most, lines := 0.0, bufio.NewScanner(file)
	for lines.Scan() {
		// method status seconds bytes address
		fields := strings.Fields(lines.Text())
		if len(fields) < 5 || !strings.Contains(lines.Text(), "allyswitch/v1"+route) {
			continue
		}
		bytes, err := strconv.ParseFloat(fields[3], 64)
		if err != nil {
			b.Fatalf("%s: %v", lines.Text(), err)
		}
		most = max(most, bytes/(1<<20))
	}
	if most == 0 {
		b.Fatalf("the log has no request of %s", route)
	}
	return most
}
