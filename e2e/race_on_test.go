//go:build linux && race

package e2e

// raceDetector says that the tests run with the race detector, and so the program does too.
const raceDetector = true
