package network

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// under gives the proxies of an environment, and of a system that names one for everything.
func under(environment map[string]string, system string) *Proxies {
	get := func(name string) string { return environment[name] }
	first := func(names ...string) string {
		for _, n := range names {
			if environment[n] != "" {
				return environment[n]
			}
		}
		return ""
	}
	var ask asker
	if system != "" {
		ask = func(context.Context, *url.URL) *url.URL { return firstProxy(system) }
	}
	return proxiesOf(&httpproxy.Config{HTTPProxy: first("http_proxy", "HTTP_PROXY"), HTTPSProxy: first("https_proxy", "HTTPS_PROXY"),
		NoProxy: first("no_proxy", "NO_PROXY"), CGI: environment["REQUEST_METHOD"] != ""}, get, newSystem(ask))
}

// TestWhichProxy: the environment comes first, then the system's settings, and nothing on this computer takes any.
func TestWhichProxy(t *testing.T) {
	for name, test := range map[string]struct {
		environment map[string]string
		system, to  string
		proxy, from string
	}{
		"none":                         {to: "https://s3.amazonaws.com"},
		"https":                        {map[string]string{"HTTPS_PROXY": "http://proxy:3128"}, "", "https://s3.amazonaws.com/b/k?x=y", "proxy:3128", "HTTPS_PROXY"},
		"small letters come first":     {map[string]string{"HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:2"}, "", "https://x.test", "b:2", "https_proxy"},
		"without a scheme":             {map[string]string{"https_proxy": "proxy:3128"}, "", "https://x.test", "proxy:3128", "https_proxy"},
		"http has its own":             {map[string]string{"HTTPS_PROXY": "http://a:1", "HTTP_PROXY": "http://b:2"}, "", "http://x.test", "b:2", "HTTP_PROXY"},
		"https's is not http's":        {map[string]string{"HTTPS_PROXY": "http://a:1"}, "", "http://x.test", "", ""},
		"but the environment decides":  {map[string]string{"HTTPS_PROXY": "http://a:1"}, "sys:9", "http://x.test", "", ""},
		"a script's environment":       {map[string]string{"HTTP_PROXY": "http://a:1", "REQUEST_METHOD": "GET"}, "", "http://x.test", "", ""},
		"LOCALHOST":                    {map[string]string{"HTTPS_PROXY": "http://a:1"}, "sys:9", "https://LOCALHOST:9000", "", ""},
		"localhost":                    {map[string]string{"HTTPS_PROXY": "http://a:1"}, "sys:9", "https://localhost:9000", "", ""},
		"loopback":                     {map[string]string{"HTTPS_PROXY": "http://a:1"}, "sys:9", "https://127.0.0.5:9000", "", ""},
		"loopback of six":              {map[string]string{"HTTPS_PROXY": "http://a:1"}, "sys:9", "https://[::1]:9000", "", ""},
		"an instance's metadata":       {map[string]string{"HTTP_PROXY": "http://a:1"}, "sys:9", "http://169.254.169.254/latest", "", ""},
		"a container's agent":          {map[string]string{"HTTP_PROXY": "http://a:1"}, "", "http://169.254.170.2/v2", "", ""},
		"an EKS pod's agent":           {map[string]string{"HTTP_PROXY": "http://a:1"}, "", "http://[fd00:ec2::23]/v1", "", ""},
		"an exception":                 {map[string]string{"HTTPS_PROXY": "http://a:1", "NO_PROXY": "corp.test,x.test"}, "", "https://s3.corp.test", "", ""},
		"an exception with a port":     {map[string]string{"HTTPS_PROXY": "http://a:1", "NO_PROXY": "x.test:9000"}, "", "https://x.test:9000", "", ""},
		"and another port":             {map[string]string{"HTTPS_PROXY": "http://a:1", "NO_PROXY": "x.test:9000"}, "", "https://x.test:9001", "a:1", "HTTPS_PROXY"},
		"a network":                    {map[string]string{"HTTPS_PROXY": "http://a:1", "NO_PROXY": "10.0.0.0/8"}, "", "https://10.2.3.4", "", ""},
		"beside the network":           {map[string]string{"HTTPS_PROXY": "http://a:1", "NO_PROXY": "10.0.0.0/8"}, "", "https://11.2.3.4", "a:1", "HTTPS_PROXY"},
		"everything":                   {map[string]string{"HTTPS_PROXY": "http://a:1", "NO_PROXY": "*"}, "", "https://x.test", "", ""},
		"the system's":                 {nil, "PROXY sys:9; DIRECT", "https://x.test", "sys:9", System},
		"the system's, and exceptions": {map[string]string{"NO_PROXY": "x.test"}, "sys:9", "https://x.test", "", ""},
		"a script that says no":        {nil, "DIRECT", "https://x.test", "", ""},
		"with a password":              {map[string]string{"HTTPS_PROXY": "http://alice:s3cret@proxy:3128"}, "", "https://x.test", "proxy:3128", "HTTPS_PROXY"},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := url.Parse(test.to)
			if err != nil {
				t.Fatal(err)
			}
			via, err := under(test.environment, test.system).For(u)
			if err != nil || via.Host() != test.proxy || via.From != test.from {
				t.Errorf("it goes by %q, of %q, %v", via.Host(), via.From, err)
			}
		})
	}
}

// TestWrongAddresses are said, without what stands there: half of a password may be in it.
func TestWrongAddresses(t *testing.T) {
	u := &url.URL{Scheme: "https", Host: "x.test"}
	for _, value := range []string{"http://alice:s3#cret@proxy:3128", "http://alice:s3cr%et@proxy:3128", "http://", "ftp://proxy", "http://alice:s3cret@",
		"http://alice:2024/s3cret@proxy:3128", "http://alice:2024#s3cret@proxy:3128", "alice:2024?s3cret@proxy:3128"} {
		p := under(map[string]string{"HTTPS_PROXY": value}, "sys:9")
		_, err := p.For(u)
		var wrong *AddressError
		if !errors.As(err, &wrong) || wrong.Variable != "HTTPS_PROXY" || strings.Contains(err.Error(), "s3") || strings.Contains(err.Error(), "2024") {
			t.Errorf("%q: %v", value, err)
		}
		if names := p.Wrong(); len(names) != 1 || names[0] != "HTTPS_PROXY" {
			t.Errorf("%q: %q", value, names)
		}
		if _, err := p.For(&url.URL{Scheme: "https", Host: "127.0.0.1"}); err != nil {
			t.Errorf("nothing here needs a proxy: %v", err)
		}
	}
}

// TestTheSystemIsAskedSeldom, never about more than a host, and a request does not wait for it twice.
func TestTheSystemIsAskedSeldom(t *testing.T) {
	var asked atomic.Int32
	about := make(chan string, 10)
	s := newSystem(func(_ context.Context, u *url.URL) *url.URL {
		about <- u.String()
		return firstProxy([]string{"a:1", "b:2"}[asked.Add(1)-1])
	})
	now := time.Now()
	var ahead atomic.Int64
	s.now = func() time.Time { return now.Add(time.Duration(ahead.Load())) }
	u, err := url.Parse("https://x.test/bucket/key?X-Amz-Signature=abc")
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if got := s.proxy(u); got == nil || got.Host != "a:1" {
			t.Fatalf("%v", got)
		}
	}
	if got := <-about; got != "https://x.test/" || asked.Load() != 1 {
		t.Errorf("it was asked %d times, about %s", asked.Load(), got)
	}
	ahead.Store(int64(2 * time.Minute)) // what was said holds until there is a newer answer
	if got := s.proxy(u); got.Host != "a:1" && got.Host != "b:2" {
		t.Errorf("%v", got)
	}
	<-about
	for deadline := time.Now().Add(10 * time.Second); s.proxy(u).Host != "b:2"; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the newer answer does not hold")
		}
	}
}

// TestASlowSystemHoldsNothingUp: requests go without a proxy, all of them together having waited once, and with it as soon
// as it is known.
func TestASlowSystemHoldsNothingUp(t *testing.T) {
	slow := make(chan struct{})
	s := newSystem(func(context.Context, *url.URL) *url.URL { <-slow; return firstProxy("a:1") })
	s.wait = 100 * time.Millisecond
	u := &url.URL{Scheme: "https", Host: "x.test"}
	begun := time.Now()
	for range 1000 {
		if got := s.proxy(u); got != nil {
			t.Fatalf("%v", got)
		}
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("a thousand requests have waited %v", took)
	}
	close(slow)
	for deadline := time.Now().Add(10 * time.Second); s.proxy(u) == nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the answer does not hold")
		}
	}
}

// TestExceptionsOfWindowsAndMacOS, in the forms that these have.
func TestExceptionsOfWindowsAndMacOS(t *testing.T) {
	const list = "<local>;*.corp.test,10.*;169.254/16;192.168.1.0/24;https://cloud.test;.intra.test"
	for host, wanted := range map[string]bool{
		"intranet": true, "s3.corp.test": true, "S3.CORP.TEST": true, "corp.test": false, "10.1.2.3": true, "11.1.2.3": false, "169.254.3.4": true,
		"192.168.1.77": true, "192.168.2.77": false, "cloud.test": true, "a.intra.test": true, "s3.amazonaws.com": false, "::1": false,
	} {
		if got := bypassed(host, list); got != wanted {
			t.Errorf("%s: %v", host, got)
		}
	}
	by := map[string]string{"http": "a:1", "https": "https://b:2", "ftp": "c:3"}
	if got := proxyIn(by, "https"); got == nil || got.String() != "https://b:2" {
		t.Errorf("%v", got)
	}
	if got := proxyIn(map[string]string{"": "all:8"}, "https"); got == nil || got.String() != "http://all:8" {
		t.Errorf("%v", got)
	}
	for text, wanted := range map[string]string{"PROXY p:1; DIRECT": "http://p:1", "SOCKS5 p:2": "socks5://p:2", "HTTPS p:3": "https://p:3", "p:4;q:5": "http://p:4"} {
		if got := firstProxy(text); got == nil || got.String() != wanted {
			t.Errorf("%s: %v", text, got)
		}
	}
	for _, text := range []string{"", "DIRECT", "NONSENSE p:1", ";"} {
		if got := firstProxy(text); got != nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}
