package gui

// takeHanded sends what macOS hands over, on its own goroutine, for as long as the window is there.
func (u *ui) takeHanded(handed <-chan []string) {
	for {
		select {
		case files := <-handed:
			u.do(func() {
				u.window.RequestFocus()
				u.open(u.send)
				u.send.drop(files)
			})
		case <-u.ctx.Done():
			return
		}
	}
}
