//go:build !race

package gui

// raceFactor is how much longer things may take with the race detector.
const raceFactor = 1
