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

func makeKey(file string) ([]byte, bool, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return nil, false, err
	}
	key := []byte(hex.EncodeToString(raw))
	to, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, false, err
	}
	_, err = to.Write(append(bytes.Clone(key), '\n'))
	if err = errors.Join(err, to.Close()); err != nil {
		return nil, false, errors.Join(err, os.Remove(file))
	}
	return key, true, nil
}
