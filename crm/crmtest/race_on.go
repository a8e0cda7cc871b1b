//go:build race

package crmtest

// raceDetector says that everything takes ten times as long. What it looks for does not depend on the switches.
const raceDetector = true
