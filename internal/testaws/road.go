package testaws

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
)

// Road is a proxy that leads from AWS's names to whoever plays AWS. A program reads HTTPS_PROXY once, so the road is opened
// before anything is asked for, in TestMain.
type Road struct {
	mu     sync.Mutex
	end    string // host:port; "" leads nowhere
	server *httptest.Server
}

// OpenRoad opens the road, for all of the process.
func OpenRoad() (*Road, error) {
	r := &Road{}
	r.server = httptest.NewServer(r)
	return r, os.Setenv("HTTPS_PROXY", r.server.URL)
}

// Close closes the road.
func (r *Road) Close() { r.server.Close() }

func (r *Road) leadTo(end string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.end = end
}

// ServeHTTP implements http.Handler: it is a proxy for CONNECT.
func (r *Road) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	end := r.end
	r.mu.Unlock()
	host, _, _ := strings.Cut(req.Host, ":")
	if req.Method != http.MethodConnect || end == "" || !strings.HasSuffix(host, ".amazonaws.com") {
		http.Error(w, "no way to "+host, http.StatusBadGateway)
		return
	}
	there, err := (&net.Dialer{}).DialContext(req.Context(), "tcp", end)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	here, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		_ = there.Close()
		return
	}
	_, _ = fmt.Fprint(here, "HTTP/1.1 200 Connection established\r\n\r\n")
	go pass(there, here)
	pass(here, there)
}

// pass carries bytes one way, and ends both when they end.
func pass(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	_, _ = to.Close(), from.Close()
}
