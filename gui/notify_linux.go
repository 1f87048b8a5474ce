package gui

import (
	"context"
	"fmt"
	"html"
	"os"
	"slices"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"github.com/godbus/dbus/v5"
)

// The desktop's notifications (https://specifications.freedesktop.org/notification-spec/latest/).
const (
	notifyName = "org.freedesktop.Notifications"
	notifyPath = dbus.ObjectPath("/org/freedesktop/Notifications")
	copyAction = "copy"
	openAction = "default" // a click at the notification itself
)

// busNotifier says it by the session bus itself: Fyne knows no buttons.
type busNotifier struct {
	u *ui

	mu      sync.Mutex
	bus     *dbus.Conn
	buttons bool // the desktop shows them
	markup  bool // it takes what is below the title for markup
	shown   map[uint32]notification
}

func newNotifier(u *ui) notifier { return &busNotifier{u: u, shown: map[uint32]notification{}} }

// send implements notifier.
func (b *busNotifier) send(n notification) {
	go func() {
		ctx, cancel := context.WithTimeout(b.u.ctx, notifyWithin)
		defer cancel()
		if b.show(ctx, n) != nil && os.Getenv("FLATPAK_ID") != "" {
			b.u.app.SendNotification(fyne.NewNotification(n.title, n.body)) // the portal takes it there
		}
	}()
}

// notifyWithin is how long the desktop may take to show a notification.
const notifyWithin = 5 * time.Second

// show shows a notification, and remembers what it can do.
func (b *busNotifier) show(ctx context.Context, n notification) error {
	b.mu.Lock() // held until its number is known: an answer to it may come at once
	defer b.mu.Unlock()
	if err := b.connect(ctx); err != nil {
		return err
	}
	var actions []string
	if b.buttons {
		actions = []string{openAction, lang.L("Open Waybill")}
		if n.copy != nil {
			actions = append(actions, copyAction, lang.L("Copy"))
		}
	}
	id, err := notify(ctx, b.bus, n, actions, b.markup)
	if err != nil {
		_ = b.bus.Close()
		b.bus = nil
		return err
	}
	b.shown[id] = n
	return nil
}

// notify is the call itself.
func notify(ctx context.Context, bus *dbus.Conn, n notification, actions []string, markup bool) (id uint32, err error) {
	if markup {
		n.body = html.EscapeString(n.body)
	}
	hints := map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant(ID)}
	err = bus.Object(notifyName, notifyPath).CallWithContext(ctx, notifyName+".Notify", 0,
		"Waybill", uint32(0), ID, n.title, n.body, actions, hints, int32(-1)).Store(&id)
	return id, err
}

// connect reaches the bus, and listens to what people do with notifications. The caller holds the lock.
func (b *busNotifier) connect(ctx context.Context) error {
	if b.bus != nil && b.bus.Connected() {
		return nil
	}
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return fmt.Errorf("reach the session bus: %w", err)
	}
	var can []string
	err = bus.Object(notifyName, notifyPath).CallWithContext(ctx, notifyName+".GetCapabilities", 0).Store(&can)
	if err == nil {
		err = bus.AddMatchSignalContext(ctx, dbus.WithMatchInterface(notifyName), dbus.WithMatchObjectPath(notifyPath))
	}
	if err != nil {
		_ = bus.Close()
		return fmt.Errorf("ask the desktop for notifications: %w", err)
	}
	signals := make(chan *dbus.Signal, 16)
	bus.Signal(signals)
	b.bus, b.buttons, b.markup = bus, slices.Contains(can, "actions"), slices.Contains(can, "body-markup")
	clear(b.shown)
	go b.listen(signals)
	return nil
}

// listen does what people choose.
func (b *busNotifier) listen(signals <-chan *dbus.Signal) {
	for s := range signals {
		if len(s.Body) < 2 {
			continue
		}
		id, is := s.Body[0].(uint32)
		b.mu.Lock()
		n, ours := b.shown[id]
		switch {
		case !is || !ours:
		case s.Name == notifyName+".NotificationClosed":
			delete(b.shown, id)
		case s.Name == notifyName+".ActionInvoked" && s.Body[1] == copyAction && n.copy != nil:
			b.u.do(n.copy)
		case s.Name == notifyName+".ActionInvoked" && s.Body[1] == openAction:
			b.u.do(func() { b.u.open(b.u.send); b.u.comeForward() })
		}
		b.mu.Unlock()
	}
}

// end implements notifier: a button must not stay that does nothing any more.
func (b *busNotifier) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bus == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for id := range b.shown {
		_ = b.bus.Object(notifyName, notifyPath).CallWithContext(ctx, notifyName+".CloseNotification", 0, id).Err
	}
	_ = b.bus.Close()
}

// sayAlone says something without a window.
func sayAlone(ctx context.Context, n notification) {
	ctx, cancel := context.WithTimeout(ctx, notifyWithin)
	defer cancel()
	if bus, err := dbus.ConnectSessionBus(); err == nil {
		_, _ = notify(ctx, bus, n, []string{}, false)
		_ = bus.Close()
	}
}
