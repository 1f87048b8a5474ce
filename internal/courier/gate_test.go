package courier

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// TestRefusedOnce: where one of several fails, those that wait for a place never begin, and the place is free again.
func TestRefusedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1)
		ctx, fail := context.WithCancelCause(t.Context())
		defer fail(nil)
		refused := errors.New("no")
		asked, answer, said := 0, make(chan struct{}), make(chan error, 4)
		for range 4 {
			go func() {
				said <- g.pass(ctx, fail, func() error {
					asked++
					<-answer
					return refused
				})
			}()
		}
		synctest.Wait()
		close(answer)
		for range 4 {
			if err := <-said; !errors.Is(err, refused) {
				t.Errorf("%v, want why the first failed", err)
			}
		}
		if asked != 1 {
			t.Errorf("%d were begun, want one", asked)
		}
		if err := g.enter(t.Context()); err != nil {
			t.Errorf("after it, the place is not free: %v", err)
		}
	})
}
