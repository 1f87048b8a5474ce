package gui

import (
	"context"
	"errors"
	"maps"
	"sync/atomic"

	"waybill/internal/desk"
	"waybill/internal/instance"
)

// Why files of another start are not taken, for the terminal that it was started in.
var (
	errOtherSurroundings = errors.New("a Waybill window is open that was started with other AWS settings in its environment, so nothing was sent; close it first, or use `waybill send`")
	errFilesWait         = errors.New("in the Waybill window that is open, files wait for their destination, so nothing was sent to another; name it there first, or use `waybill send`")
)

// serve takes what other starts hand over, which comes on any goroutine.
func (u *ui) serve(ctx context.Context, c instance.Call) error {
	done := make(chan error, 1)
	var taken atomic.Bool // by the window, or by the end of waiting for it: what is given up here is done nowhere
	u.do(func() {
		if u.ctx.Err() == nil && taken.CompareAndSwap(false, true) {
			done <- u.handOver(c)
		}
	})
	why := instance.ErrClosing
	select {
	case err := <-done:
		return err
	case <-u.ctx.Done():
	case <-ctx.Done():
		why = context.Cause(ctx)
	}
	if taken.CompareAndSwap(false, true) {
		return why
	}
	return <-done
}

// handOver does what another start was asked for, as if it had come here. Nothing goes to another place than it said.
func (u *ui) handOver(c instance.Call) error {
	dest := u.send.dest
	store := c.Store
	if store == (desk.Store{}) {
		store = dest.at.Store
	}
	if len(c.Files) > 0 && !store.Sandbox && !maps.Equal(c.Surroundings, u.surroundings) {
		return errOtherSurroundings
	}
	if store != dest.at.Store {
		if len(u.send.waiting) > 0 { // they would go there too
			return errFilesWait
		}
		dest.flags = store
		dest.begin()
	}
	if !c.Quietly {
		u.comeForward()
	}
	if len(c.Files) > 0 || c.Store != (desk.Store{}) {
		u.open(u.send)
	}
	u.send.drop(c.Files)
	if len(u.send.waiting) > 0 && u.back.hidden {
		u.comeForward() // they wait for the person
	}
	return nil
}
