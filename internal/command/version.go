package command

import "fmt"

// Version says which build this is.
func Version(options Options) error {
	if options.JSON {
		return writeJSON(options.Out, options.Build)
	}
	_, err := fmt.Fprint(options.Out, options.Build)
	return err
}
