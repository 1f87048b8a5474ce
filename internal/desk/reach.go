package desk

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"waybill/signer"
)

// Reach is from where a link works, as far as can be told from this computer.
type Reach string

// How far links reach. The words are those of `waybill --json`.
const (
	ReachUnknown  Reach = ""         // its host cannot be looked up from here
	ReachComputer Reach = "computer" // from this computer only
	ReachNetwork  Reach = "network"  // from this network only
	ReachAnywhere Reach = "anywhere"
)

// Near reports whether a link leads nowhere for somebody who sits elsewhere.
func (r Reach) Near() bool { return r == ReachComputer || r == ReachNetwork }

// Says is a sentence about so many links, nil for those that work anywhere or of which nothing is known.
func (r Reach) Says(links int) *Text {
	code := map[Reach]string{ReachComputer: "ReachComputer", ReachNetwork: "ReachNetwork"}[r]
	if code == "" {
		return nil
	}
	return &Text{rows()[code].what, args{"Many": links > 1}}
}

// reachPatience is how long a link waits for its host to be looked up. The search has begun before its file was sent.
const reachPatience = 500 * time.Millisecond

// lookUpTime is how long a search goes on.
const lookUpTime = 10 * time.Second

// reachAgain is after what time a host that could not be looked up is looked up once more.
const reachAgain = time.Minute

// Resolver finds the addresses of a host.
type Resolver func(ctx context.Context, host string) ([]netip.Addr, error)

// reaches looks hosts up, each once.
type reaches struct {
	resolve Resolver
	mu      sync.Mutex
	known   map[string]*reaching
	ctx     context.Context //nolint:containedctx // a search outlives the call that began it
	cancel  context.CancelFunc
	ended   bool
	asking  sync.WaitGroup
}

// reaching is a host that is looked up, or was.
type reaching struct {
	over  chan struct{} // closed when it was
	began time.Time
	reach Reach // once it was
}

func newReaches(resolve Resolver) *reaches {
	if resolve == nil {
		resolve = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &reaches{resolve: resolve, known: map[string]*reaching{}, ctx: ctx, cancel: cancel}
}

// end gives up what is being looked up.
func (r *reaches) end() {
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	r.cancel()
	r.asking.Wait()
}

// begin has a host looked up, unless its name says enough.
func (r *reaches) begin(host string) *reaching {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	r.mu.Lock()
	defer r.mu.Unlock()
	if have := r.known[host]; have != nil && !have.failed() {
		return have
	}
	one := &reaching{over: make(chan struct{}), began: time.Now()}
	r.known[host] = one
	if near, sure := nearBy(host); sure || r.ended {
		one.reach = near
		close(one.over)
		return one
	}
	r.asking.Go(func() {
		defer close(one.over)
		ctx, cancel := context.WithTimeout(r.ctx, lookUpTime)
		defer cancel()
		found, err := r.resolve(ctx, host)
		if err != nil || len(found) == 0 {
			return
		}
		one.reach = ReachAnywhere
		for _, a := range found {
			if near := reachOfAddr(a); near == ReachComputer || near == ReachNetwork && one.reach == ReachAnywhere {
				one.reach = near
			}
		}
	})
	return one
}

// failed reports whether a host could not be looked up, so long ago that it is worth another try.
func (r *reaching) failed() bool {
	select {
	case <-r.over:
		return r.reach == ReachUnknown && time.Since(r.began) > reachAgain
	default:
		return false
	}
}

// of says how far a host reaches. It waits for a search that has just begun, and not for long.
func (r *reaches) of(ctx context.Context, host string) Reach {
	one := r.begin(host)
	select {
	case <-one.over:
		return one.reach
	default:
	}
	wait := time.NewTimer(reachPatience - time.Since(one.began))
	defer wait.Stop()
	select {
	case <-one.over:
		return one.reach
	case <-wait.C:
	case <-ctx.Done():
	}
	return ReachUnknown
}

// nearBy knows the hosts whose names or numbers say how far they reach; sure is false for all others.
func nearBy(host string) (reach Reach, sure bool) {
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return reachOfAddr(a), true
	}
	switch {
	case host == "localhost", strings.HasSuffix(host, ".localhost"): // RFC 6761
		return ReachComputer, true
	case !strings.Contains(host, "."), // a name of this network's, or of a hosts file's
		strings.HasSuffix(host, ".local"),     // RFC 6762
		strings.HasSuffix(host, ".home.arpa"), // RFC 8375
		strings.HasSuffix(host, ".internal"):  // reserved by ICANN's resolution 2024.07.29.06
		return ReachNetwork, true
	}
	return ReachUnknown, false
}

// reachOfAddr knows the addresses that are no public ones.
func reachOfAddr(a netip.Addr) Reach {
	a = translated(a.Unmap().WithZone(""))
	carrier := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10) // RFC 6598
	switch {
	case a.IsLoopback(), a.IsUnspecified():
		return ReachComputer
	case a.IsPrivate(), a.IsLinkLocalUnicast(), carrier.Contains(a): // RFC 1918, 4193, 3927, 4291
		return ReachNetwork
	}
	return ReachAnywhere
}

// translated is the IPv4 address that an IPv6 one stands for where a network translates them, by the prefix that all of
// them know (RFC 6052); others stay as they are.
func translated(a netip.Addr) netip.Addr {
	if !netip.MustParsePrefix("64:ff9b::/96").Contains(a) {
		return a
	}
	b := a.As16()
	return netip.AddrFrom4([4]byte(b[12:]))
}

// reachOf says how far a URL reaches.
func (d *Desk) reachOf(ctx context.Context, address string) Reach {
	u, err := url.Parse(address)
	if err != nil {
		return ReachUnknown
	}
	return d.reaches.of(ctx, u.Hostname())
}

// lookAhead begins to look up where links will lead, so that none has to wait for it. The error says that none can be made.
func (d *Desk) lookAhead(ctx context.Context, s *signer.Signer, at LinkEndpoint, bucket string) error {
	outside, err := s.Outside(at.URL, at.AllowHTTP)
	if err != nil {
		return fmt.Errorf("sign for the link endpoint: %w", err)
	}
	host, err := outside.Host(ctx, bucket)
	if err == nil {
		d.reaches.begin(host)
	}
	return err
}

// reachOfEntry is how far an entry's link reaches: as it looked when it was signed, or as the address says by itself.
func reachOfEntry(recorded, linkEndpoint, endpoint string, sandbox, distributed bool) Reach {
	if recorded != "" {
		return Reach(recorded)
	}
	switch {
	case distributed:
		return ReachUnknown
	case sandbox:
		return ReachComputer
	case linkEndpoint != "":
		endpoint = linkEndpoint
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return ReachUnknown
	}
	if near, sure := nearBy(strings.ToLower(u.Hostname())); sure && near.Near() {
		return near
	}
	return ReachUnknown
}
