package migration

import "allyswitch/wizard/checkpoint/failpoint"

// hit is where a test may pull the plug.
func hit(name string) { failpoint.Hit(name) }
