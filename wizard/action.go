package wizard

// Action is what a Screen wants done. All effects are Actions, applied in one place: Shell.apply. A nil Action is nothing.
type Action interface{ action() }
