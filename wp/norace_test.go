//go:build !race

package wp

// raceEnabled says that the race detector makes everything slower and larger.
const raceEnabled = false
