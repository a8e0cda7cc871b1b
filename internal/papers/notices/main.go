// Notices prints the licences of all modules that are in the program, for the archives of a release.
package main

import (
	"fmt"
	"os"

	"allyswitch/internal/papers"
)

func main() {
	modules, err := papers.Modules(".")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, module := range modules {
		if trouble := module.Trouble(); trouble != "" && module.Shipped {
			fmt.Fprintln(os.Stderr, trouble)
			os.Exit(1)
		}
	}
	fmt.Print(papers.Notices(modules))
}
