package arazzo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// DefaultMaxBytes bounds a document where [ReadConfig] says nothing.
const DefaultMaxBytes = 4 << 20

// ReadConfig says how a document is read.
type ReadConfig struct {
	// MaxBytes bounds the file, before it is parsed; 0 means [DefaultMaxBytes].
	MaxBytes int64
}

// ReadFile reads a document, YAML or JSON. What is wrong in it is an [*InvalidError].
func ReadFile(path string, c ReadConfig) (*Document, error) {
	if c.MaxBytes <= 0 {
		c.MaxBytes = DefaultMaxBytes
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer func() { _ = file.Close() }() // it is only read
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s: this is a folder; give the file of a story", path)
	}
	data, err := io.ReadAll(io.LimitReader(file, c.MaxBytes+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	if int64(len(data)) > c.MaxBytes {
		return nil, fmt.Errorf("%s: this is more than the %d bytes that a story may have", path, c.MaxBytes)
	}
	return Parse(path, data)
}

// Parse reads a document from data; file is what errors call it. What is wrong in it is an [*InvalidError].
func Parse(file string, data []byte) (*Document, error) {
	root, err := parseTree(file, data)
	if err != nil {
		return nil, err
	}
	r := &reader{problems: problems{file: file}, components: map[string]map[string]*node{}, outputNames: map[*Output]map[string]bool{}}
	d := r.document(root)
	r.check(d)
	if err := r.err(); err != nil {
		return nil, err
	}
	return d, nil
}

func unreadable(path string, err error) error {
	var inner *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no such file", path)
	case errors.As(err, &inner):
		err = inner.Err
	}
	return fmt.Errorf("%s: the file cannot be read: %w", path, err)
}
