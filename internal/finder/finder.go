// Package finder takes the files that macOS hands to the app: those dropped on its icon in the Dock or opened with it, and
// those of the service "Send with Waybill". macOS tells them to the process by messages and not by a command line. On other
// systems there are no such files.
package finder

// Handed gives the files that are handed over from now on, as absolute paths, in the portions in which they come. It has to
// be asked for once, on the main goroutine, before the first window is made: the files that the app is started with come
// while the first window is being made. The channel is never closed.
func Handed() (<-chan []string, error) {
	files := make(chan []string)
	err := watch(func(portion []string) {
		if len(portion) > 0 {
			go func() { files <- portion }() // macOS waits for the answer
		}
	})
	return files, err
}
