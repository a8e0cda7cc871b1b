// Command seedfile writes the made-up site as JSON, for the script that puts the same people into a real WordPress.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"

	"allyswitch/wp"
	"allyswitch/wp/wptest"
)

// seed is what wordpress/setup.php reads.
type seed struct {
	People    []person      `json:"people"`
	Offerings []wp.Offering `json:"offerings"`
}

type person struct {
	ID         int64    `json:"id"`
	Login      string   `json:"login"`
	Email      string   `json:"email"`
	FirstName  string   `json:"first_name"`
	LastName   string   `json:"last_name"`
	Registered string   `json:"registered"`
	Roles      []string `json:"roles"`
	Biography  string   `json:"biography"`
	Tags       []string `json:"tags"`
}

func main() {
	people := flag.Int("people", 60, "how many people the site has, awkward ones among them")
	number := flag.Uint64("seed", 1, "another number makes other people")
	flag.Parse()
	if err := write(wptest.New(*people, *number)); err != nil {
		fmt.Fprintln(os.Stderr, "seedfile:", err)
		os.Exit(1)
	}
}

func write(site *wptest.Site) error {
	out := seed{Offerings: site.Offerings}
	for _, p := range site.People {
		out.People = append(out.People, person{p.ID, p.Login, p.Email, p.FirstName, p.LastName, p.Registered, roles(p.Roles), p.Biography, p.Tags})
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

// roles parts "subscriber, vip_member".
func roles(joined string) []string {
	list := []string{}
	for role := range strings.SplitSeq(joined, ",") {
		if role = strings.TrimSpace(role); role != "" {
			list = append(list, role)
		}
	}
	return list
}
