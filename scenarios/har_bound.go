package scenarios

import (
	"fmt"
	"io"
	"io/fs"
)

// SizeError says that a recording is larger than it may be.
type SizeError struct {
	Name string
	Max  int64 // in bytes
}

// Error names the limit and the flag that raises it.
func (e *SizeError) Error() string {
	limit := fmt.Sprintf("%d bytes", e.Max)
	if e.Max > 0 && e.Max%(1<<20) == 0 {
		limit = fmt.Sprintf("%d MiB (%d bytes)", e.Max>>20, e.Max)
	}
	return fmt.Sprintf("%s has more than %s; raise the limit with --max-bytes", e.Name, limit)
}

// sizeOf is how many bytes there are where that can be told without reading.
func sizeOf(r io.Reader) (int64, bool) {
	switch r := r.(type) {
	case interface{ Stat() (fs.FileInfo, error) }:
		if info, err := r.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size(), true
		}
	case interface{ Len() int }:
		return int64(r.Len()), true
	}
	return 0, false
}

// bounded gives an error in place of the first byte too many.
type bounded struct {
	from   io.Reader
	left   int64
	beyond error
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, b.beyond
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.from.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, b.beyond
	}
	return n, err
}
