// Package e2e uses the built program the way a person does: it drags files from a file manager, types, reads
// the window's words off the screen, takes the link from the clipboard, and fetches it with curl. It knows
// nothing of the program's inside, so it holds whatever the inside becomes.
//
// Every test has a display, a window manager, a session bus, a home and an AWS set-up of its own, and ends the
// processes that it started, by their ids. Nothing waits a fixed time: a test waits for what it wants to see.
// The text of the screen comes from tesseract; packaging/deps.sh installs it with the rest.
package e2e
