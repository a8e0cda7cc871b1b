package steps

import (
	"allyswitch/wizard"
)

// doubt lets a tick not count that a check contradicts, and says why. It counts again once the check finds nothing any more.
func doubt(tick wizard.Tick, why string) wizard.Tick {
	if tick.Set == nil || why == "" {
		return tick
	}
	tick.Set, tick.Doubt = nil, "You ticked this, but "+why
	return tick
}
