package authority

import (
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const vendorHost = "gateway.example.com"

func open(t *testing.T, c Config) *Authority {
	t.Helper()
	if c.Dir == "" {
		c.Dir = t.TempDir()
	}
	a, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// front serves with an authority's certificate, and is called by the returned client under any name.
func front(t *testing.T, a *Authority, names ...string) (client func(serverName string) *http.Client) {
	t.Helper()
	config, left, err := a.Server(names)
	if err != nil || len(left) > 0 {
		t.Fatalf("left out: %q, %v", left, err)
	}
	server := &http.Server{
		Handler:   http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }),
		TLSConfig: config,
		ErrorLog:  log.New(io.Discard, "", 0),
	}
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.ServeTLS(ln, "", "")
	t.Cleanup(func() { _ = server.Close() })
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(a.PEM()) {
		t.Fatalf("no certificate in %s", a.PEM())
	}
	return func(serverName string) *http.Client {
		transport := &http.Transport{
			TLSClientConfig:   &tls.Config{RootCAs: roots, ServerName: serverName},
			ForceAttemptHTTP2: true,
		}
		transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, ln.Addr().String())
		}
		t.Cleanup(transport.CloseIdleConnections)
		return &http.Client{Transport: transport}
	}
}

func TestClientsTrustIt(t *testing.T) {
	t.Parallel()
	a := open(t, Config{Hosts: []string{vendorHost}})
	client := front(t, a, vendorHost, "192.168.161.34", "127.0.0.1")
	for _, name := range []string{"localhost", "127.0.0.1", "::1", "host.docker.internal", "understudy", vendorHost, "192.168.161.34"} {
		got, err := client(name).Get("https://" + net.JoinHostPort(name, "443"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		text, _ := io.ReadAll(got.Body)
		_ = got.Body.Close()
		if string(text) != "HTTP/2.0" {
			t.Errorf("%s: spoken is %s", name, text)
		}
	}
	for _, name := range []string{"other.example.com", "8.8.8.8"} {
		if got, err := client(name).Get("https://" + name); err == nil {
			_ = got.Body.Close()
			t.Errorf("%s is vouched for", name)
		}
	}
}

// TestConstraints signs for a name behind the back of Server: who has the key can do so, and no client may believe it.
func TestConstraints(t *testing.T) {
	t.Parallel()
	a := open(t, Config{Hosts: []string{vendorHost, "203.0.113.5"}})
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	believed := func(name string) error {
		var names []string
		var addresses []net.IP
		if ip := net.ParseIP(name); ip != nil {
			addresses = append(addresses, ip)
		} else {
			names = append(names, name)
		}
		c, err := a.issue(names, addresses, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots})
		return err
	}
	for _, name := range []string{vendorHost, "a." + vendorHost, "localhost", "10.1.2.3", "172.31.0.1", "192.168.0.9", "127.0.0.1", "::1", "fd00::7", "203.0.113.5"} {
		if err := believed(name); err != nil || !a.vouches(name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"example.com", "not" + vendorHost, "www.bank.example", "com", "8.8.8.8", "172.32.0.1", "203.0.113.6", "2001:db8::7"} {
		if believed(name) == nil || a.vouches(name) {
			t.Errorf("%s is believed", name)
		}
	}
	if c := a.certificate; !c.MaxPathLenZero || !c.PermittedDNSDomainsCritical || len(c.ExtKeyUsage) != 1 || c.ExtKeyUsage[0] != x509.ExtKeyUsageServerAuth {
		t.Errorf("the authority may do more than vouch for servers: %+v", c)
	}
}

func TestNamesLeftOut(t *testing.T) {
	t.Parallel()
	a := open(t, Config{Hosts: []string{vendorHost, "bad host", "", "-"}})
	config, left, err := a.Server([]string{"new.example.com", "8.8.8.8", "电脑", vendorHost, strings.ToUpper(vendorHost), "new.example.com", "10.0.0.1", "::ffff:10.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"new.example.com", "8.8.8.8", "电脑"}; !slices.Equal(left, want) {
		t.Errorf("left out are %q, want %q", left, want)
	}
	c, err := config.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.Leaf.DNSNames) + len(c.Leaf.IPAddresses); n != len(fixedNames())+1+3 {
		t.Errorf("the certificate has %q and %v", c.Leaf.DNSNames, c.Leaf.IPAddresses)
	}
}

// TestFirstUseAtOnce opens one folder from many sides.
func TestFirstUseAtOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "deep", "folder")
	all := make([]*Authority, 16)
	var group sync.WaitGroup
	start := make(chan struct{})
	for i := range all {
		group.Go(func() {
			<-start
			a, err := Open(Config{Dir: dir})
			if err != nil {
				t.Error(err)
				return
			}
			all[i] = a
		})
	}
	close(start)
	group.Wait()
	if t.Failed() {
		return
	}
	kept := open(t, Config{Dir: dir})
	for i, a := range all {
		if !bytes.Equal(a.PEM(), kept.PEM()) || !a.key.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(kept.key.Public()) {
			t.Errorf("side %d has an authority that is not the one kept", i)
		}
	}
	if rest, err := os.ReadDir(dir); err != nil || len(rest) != 1 {
		t.Errorf("the folder holds %v (%v), want the authority alone", rest, err)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := open(t, Config{Dir: dir})
	if !filepath.IsAbs(a.File()) || bytes.Contains(a.PEM(), []byte("PRIVATE")) {
		t.Errorf("exported is %s: %s", a.File(), a.PEM())
	}
	onDisk, err := os.ReadFile(a.File())
	if err != nil || !bytes.Equal(onDisk, a.PEM()) {
		t.Errorf("the file is not the certificate: %v", err)
	}
	if IsKey(onDisk) {
		t.Error("the certificate is taken for a key")
	}
	key := filepath.Join(dir, "authority", nameKey)
	if secret, err := os.ReadFile(key); err != nil || !IsKey(secret) {
		t.Errorf("the key is not taken for one: %v", err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	info, err := os.Stat(key)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key has mode %v (%v), want 0600", info.Mode(), err)
	}
	if a.Readable() != "" {
		t.Errorf("%s is said to be readable by others", a.Readable())
	}
	if err := os.Chmod(key, 0o640); err != nil {
		t.Fatal(err)
	}
	if got := open(t, Config{Dir: dir}).Readable(); got != key {
		t.Errorf("a key that others may read is not told: %q", got)
	}
}

func TestLives(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	a := open(t, Config{Dir: dir, Now: func() time.Time { return now }})
	if got := a.NotAfter().Sub(now); got != lifeOfAuthority {
		t.Errorf("the authority lives %v", got)
	}
	config, _, err := a.Server(nil)
	if err != nil {
		t.Fatal(err)
	}
	first, err := config.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := first.Leaf.NotAfter.Sub(first.Leaf.NotBefore); got > 90*24*time.Hour {
		t.Errorf("a leaf lives %v", got)
	}
	if again, err := config.GetCertificate(nil); err != nil || again != first {
		t.Errorf("each handshake has a certificate of its own (%v)", err)
	}
	now = first.Leaf.NotAfter.Add(-24 * time.Hour)
	second, err := config.GetCertificate(nil)
	if err != nil || second == first || !second.Leaf.NotAfter.After(now.Add(lifeOfLeaf/2)) {
		t.Errorf("a leaf is not renewed before it ends (%v)", err)
	}
	now = a.NotAfter().Add(-time.Hour)
	if last, err := config.GetCertificate(nil); err != nil || last.Leaf.NotAfter.After(a.NotAfter()) {
		t.Errorf("a leaf outlives its authority (%v)", err)
	}
	now = a.NotAfter().Add(time.Second)
	if _, err := Open(Config{Dir: dir, Now: func() time.Time { return now }}); err == nil || !strings.Contains(err.Error(), "ended on 2036-02-27") {
		t.Errorf("an authority that has ended: %v", err)
	}
}

func TestBadFolders(t *testing.T) {
	t.Parallel()
	whole := func(t *testing.T) string {
		dir := t.TempDir()
		open(t, Config{Dir: dir})
		return dir
	}
	tests := []struct {
		name, want string
		dir        func(t *testing.T) string
	}{
		{"a file", "cannot be kept in", func(t *testing.T) string {
			name := filepath.Join(t.TempDir(), "file")
			write(t, name, "")
			return name
		}},
		{"an empty authority", "the authority is not whole", func(t *testing.T) string {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "authority"), 0o700); err != nil {
				t.Fatal(err)
			}
			return dir
		}},
		{"no key", "the authority is not whole", func(t *testing.T) string {
			dir := whole(t)
			if err := os.Remove(filepath.Join(dir, "authority", nameKey)); err != nil {
				t.Fatal(err)
			}
			return dir
		}},
		{"no certificate in it", "are no certificate with its key", func(t *testing.T) string {
			dir := whole(t)
			write(t, filepath.Join(dir, "authority", nameCertificate), "hush")
			return dir
		}},
		{"another's key", "are no certificate with its key", func(t *testing.T) string {
			dir, other := whole(t), whole(t)
			secret, err := os.ReadFile(filepath.Join(other, "authority", nameKey))
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, "authority", nameKey), string(secret))
			return dir
		}},
		{"no authority", "is no authority that this program made", func(t *testing.T) string {
			dir := whole(t)
			leaf, err := open(t, Config{Dir: dir}).issue([]string{"localhost"}, nil, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			secret, err := x509.MarshalPKCS8PrivateKey(leaf.PrivateKey)
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, "authority", nameCertificate), string(encode("CERTIFICATE", leaf.Certificate[0])))
			write(t, filepath.Join(dir, "authority", nameKey), string(encode("PRIVATE KEY", secret)))
			return dir
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := tt.dir(t)
			before := listing(t, dir)
			_, err := Open(Config{Dir: dir})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), dir) || strings.Contains(err.Error(), "hush") {
				t.Errorf("the error is %v, want %q and the folder in it", err, tt.want)
			}
			if after := listing(t, dir); !slices.Equal(before, after) {
				t.Errorf("the folder had %q and has %q", before, after)
			}
		})
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func listing(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		names = append(names, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
