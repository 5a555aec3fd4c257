package scenarios

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ReadFile is [Read] of a file; the path is what errors call it unless c has a name.
func ReadFile(path string, c ReadConfig) (*Recording, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; name a file in it", path)
	}
	if c.Name == "" {
		c.Name = path
	}
	return Read(file, c)
}

// WriteFile is [Recording.Write] to a file, which is there whole or not at all: it is written beside its place, brought to
// the disk and renamed. A new file can be read by its owner alone, one that was there keeps its mode. The error is that of
// the file system; then what was there before is still there, and nothing else.
func (r *Recording) WriteFile(path string) error { return replaceFile(path, r.Write) }

// replaceFile puts what write writes in the place of a file.
func replaceFile(path string, write func(io.Writer) error) (err error) {
	mode := fs.FileMode(0o600)
	info, err := os.Stat(path)
	switch {
	case err != nil:
	case info.IsDir():
		return fmt.Errorf("%s is a folder; name a file in it", path)
	case !info.Mode().IsRegular(): // a pipe or a device has no place beside it
		return overwrite(path, write)
	default:
		mode = info.Mode().Perm()
		if target, err := filepath.EvalSymlinks(path); err == nil {
			path = target
		}
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = file.Close() // it may be closed already
			_ = os.Remove(file.Name())
			err = fmt.Errorf("%s was not written: %w", path, err)
		}
	}()
	if err = write(file); err != nil {
		return err
	}
	if err = file.Chmod(mode); err != nil {
		return err
	}
	if err = file.Sync(); err != nil {
		return err
	}
	if err = file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

func overwrite(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if err = write(file); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}
