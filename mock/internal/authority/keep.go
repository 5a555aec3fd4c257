package authority

import (
	"crypto/ecdsa"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// keep is the folder that an authority is kept in. Certificate and key stand together in a folder below it, which comes
// into being whole: it is written under another name and renamed, and a folder is never renamed over one that has
// something in it. So the first of several programs wins, and nobody sees half an authority.
type keep struct{ dir string }

const (
	nameCertificate = "ca.pem"
	nameKey         = "ca.key"
	maxFile         = 64 << 10
)

var errNone = errors.New("there is no authority yet")

func (k keep) folder() string          { return filepath.Join(k.dir, "authority") }
func (k keep) path(name string) string { return filepath.Join(k.folder(), name) }

// read returns the authority that is kept, or errNone.
func (k keep) read() (*Authority, error) {
	if _, err := os.Stat(k.folder()); err != nil && !errors.Is(err, fs.ErrPermission) {
		return nil, errNone // whatever else is in the way is told where the authority is to be kept
	}
	anew := fmt.Sprintf("remove the folder %s to have a new authority made, and import its certificate anew", k.folder())
	certificate, err := readFile(k.path(nameCertificate))
	if err != nil {
		return nil, k.unreadable(err, anew)
	}
	secret, err := readFile(k.path(nameKey))
	if err != nil {
		return nil, k.unreadable(err, anew)
	}
	pair, err := tls.X509KeyPair(certificate, secret)
	if err != nil {
		return nil, fmt.Errorf("%s and %s are no certificate with its key; %s", k.path(nameCertificate), nameKey, anew)
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok || !pair.Leaf.IsCA {
		return nil, fmt.Errorf("%s is no authority that this program made; %s", k.path(nameCertificate), anew)
	}
	a := &Authority{file: k.path(nameCertificate), certificate: pair.Leaf, key: key}
	// Windows has no such bits: its files are for their user by the folder that they stand in.
	if info, err := os.Stat(k.path(nameKey)); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		a.open = k.path(nameKey)
	}
	return a, nil
}

func (k keep) unreadable(err error, anew string) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("this user may not read the authority: %w; choose another folder", err)
	}
	return fmt.Errorf("the authority is not whole: %w; %s", err, anew)
}

func readFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxFile))
}

// create makes an authority and keeps it, unless another program was first: then it is that one's.
func (k keep) create(c Config) (*Authority, error) {
	certificate, key, err := generate(c.Hosts, c.Now())
	if err != nil {
		return nil, fmt.Errorf("making an authority: %w", err)
	}
	if err := os.MkdirAll(k.dir, 0o755); err != nil {
		return nil, k.unwritable(err)
	}
	fresh, err := os.MkdirTemp(k.dir, ".authority-")
	if err != nil {
		return nil, k.unwritable(err)
	}
	defer os.RemoveAll(fresh) // after the rename there is nothing left
	// Whoever is to trust the certificate may read it; the key is for this user.
	if err := os.Chmod(fresh, 0o755); err != nil {
		return nil, k.unwritable(err)
	}
	if err := writeFile(filepath.Join(fresh, nameKey), key, 0o600); err != nil {
		return nil, k.unwritable(err)
	}
	if err := writeFile(filepath.Join(fresh, nameCertificate), certificate, 0o644); err != nil {
		return nil, k.unwritable(err)
	}
	err = k.settle(fresh)
	if a, readErr := k.read(); !errors.Is(readErr, errNone) {
		return a, readErr
	}
	return nil, k.unwritable(err)
}

// settle gives the new folder its name. On Windows that fails for a moment while a virus scanner looks at the files.
func (k keep) settle(fresh string) error {
	var err error
	for wait := 10 * time.Millisecond; wait < time.Second; wait *= 3 {
		if err = os.Rename(fresh, k.folder()); err == nil || runtime.GOOS != "windows" {
			return err
		}
		if _, there := os.Stat(k.folder()); there == nil {
			return err
		}
		time.Sleep(wait)
	}
	return err
}

func (k keep) unwritable(err error) error {
	return fmt.Errorf("the authority cannot be kept in %s: %w; choose a folder that this user may write to", k.dir, err)
}

func writeFile(name string, data []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}

// IsKey says whether data, PEM text, holds a private key: something that is never to be overwritten or handed on.
func IsKey(data []byte) bool {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if strings.HasSuffix(block.Type, "PRIVATE KEY") {
			return true
		}
	}
	return false
}
