package cli

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

const (
	// leastKey is how many bytes a key for pseudonyms has at least, mostKey at most.
	leastKey = 16
	mostKey  = 4 << 10
)

// pseudonymKey reads the key of the pseudonyms, white space around it left out. A file that is not there is made, for its owner
// alone.
func pseudonymKey(file string) (key []byte, made bool, err error) {
	text, err := readKey(file)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(file)
	}
	if err != nil {
		return nil, false, err
	}
	key = bytes.TrimSpace(text)
	switch {
	case len(text) > mostKey:
		return nil, false, fmt.Errorf("%s is larger than %d bytes and no key", file, mostKey)
	case len(key) < leastKey:
		return nil, false, fmt.Errorf("%s has %d bytes; a key for pseudonyms has at least %d, so that nobody can guess it", file, len(key), leastKey)
	}
	return key, false, nil
}

func readKey(file string) ([]byte, error) {
	from, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	return io.ReadAll(io.LimitReader(from, mostKey+1))
}

// makeKey writes the key beside its place and links it there: of several that begin together, one makes the key, whole, and the
// others read it.
func makeKey(file string) (key []byte, made bool, err error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return nil, false, err
	}
	key = []byte(hex.EncodeToString(raw))
	to, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*.tmp") // for its owner alone
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = os.Remove(to.Name()) }() // it may be gone
	_, err = to.Write(append(bytes.Clone(key), '\n'))
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		return nil, false, err
	}
	switch err = os.Link(to.Name(), file); {
	case errors.Is(err, fs.ErrExist):
		key, err = readKey(file)
		return bytes.TrimSpace(key), false, err
	case err != nil: // a file system without links
		err = os.Rename(to.Name(), file)
	}
	return key, err == nil, err
}

// openToAll says whether everybody on this machine can read a file. Windows keeps that elsewhere than in the mode.
func openToAll(file string) bool {
	info, err := os.Stat(file)
	return err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0
}
