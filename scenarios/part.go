package scenarios

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
)

// keyPart is the member of the first line of a part by which it is known; its value is the form of the file.
const keyPart = "part"

// Part is a recording in the making: a file with one line about the recording, and after it one line of JSON per exchange,
// each an entry as [Recording.Write] writes it. It is safe for concurrent use.
type Part struct {
	mu   sync.Mutex
	file partFile
	base string
	// end is where the last whole line ends; broken is set when the file could not be brought back to that.
	end    int64
	broken error
}

// partFile is what a part needs of a file.
type partFile interface {
	io.WriteCloser
	io.Seeker
	Truncate(size int64) error
	Sync() error
}

type partHead struct {
	Part    int        `json:"part"`
	Creator harCreator `json:"creator"`
	Own     ownLog     `json:"_understudy"`
}

// CreatePart begins a file, which must not be there yet: what is there may be all that is left of another recording. Only
// its owner can read it. Of head everything but the exchanges is kept; fingerprints of operations that are not heard later
// do no harm, [Recover] leaves them out.
func CreatePart(path string, head *Recording) (*Part, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s is there already: make a recording of it with understudy record --recover, or delete it", path)
	}
	if err != nil {
		return nil, err
	}
	guard(file)
	p, err := newPart(file, head)
	if err != nil {
		_ = os.Remove(path) // nothing is in it
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// newPart closes the file when it fails.
func newPart(file partFile, head *Recording) (*Part, error) {
	p := &Part{file: file, base: head.base()}
	line, err := compact(partHead{ownForm, harCreator{head.Tool, head.ToolVersion}, headOf(head)})
	if err == nil {
		err = p.write(line)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return p, nil
}

// Add appends an exchange; the operating system has it when Add returns, so that no end of the process loses it. Where the
// line could not be written whole, as on a full disk, what came of it is taken back, and the lines before it stay good.
func (p *Part) Add(x *Exchange) error {
	e, err := entryOf(x, p.base, 0)
	if err != nil {
		return err
	}
	line, err := compact(e)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken != nil {
		return p.broken
	}
	return p.write(line)
}

func (p *Part) write(line []byte) error {
	line = append(line, '\n')
	_, err := p.file.Write(line)
	if err == nil {
		p.end += int64(len(line))
		return nil
	}
	if undo := p.back(); undo != nil {
		p.broken = fmt.Errorf("an exchange could not be written, and the file ends in the middle of it: %w", err)
	}
	return fmt.Errorf("an exchange could not be written: %w", err)
}

func (p *Part) back() error {
	if err := p.file.Truncate(p.end); err != nil {
		return err
	}
	_, err := p.file.Seek(p.end, io.SeekStart)
	return err
}

// Close ends the file and waits until the disk has it.
func (p *Part) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken == nil {
		p.broken = errors.New("the part is closed")
	}
	return errors.Join(p.file.Sync(), p.file.Close())
}

// Recover reads a part, finished or not, in the order of the numbers. A last line that was not written to its end is left
// out: cut counts its bytes. Damage before that is an error that names the line, and so is a file that is no part.
// Fingerprints are kept of those operations that were heard. The size is not bounded: the file is as long as what was heard.
func Recover(part string) (r *Recording, cut int, err error) {
	file, err := os.Open(part)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = file.Close() }() // only read
	return recoverFrom(file, part)
}

func recoverFrom(from io.Reader, name string) (r *Recording, cut int, err error) {
	in := bufio.NewReaderSize(from, 64<<10)
	for number := 1; ; number++ {
		line, err := in.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return nil, 0, fmt.Errorf("%s: %w", name, err)
		}
		if len(line) == 0 {
			break
		}
		_, peek := in.Peek(1)
		last := peek == io.EOF
		text := bytes.TrimSpace(line)
		switch valid := json.Valid(text); {
		case number == 1:
			if r, err = parsePartHead(text, valid); err != nil {
				return nil, 0, fmt.Errorf("%s: %w", name, err)
			}
		case !valid && last:
			cut = len(line)
		case !valid:
			return nil, 0, fmt.Errorf("%s:%d: the line is damaged (%d bytes), and others follow it; take it out to recover the rest", name, number, len(line))
		default:
			e, err := ParseEntry(text)
			if err == nil {
				var x *Exchange
				if x, err = e.exchange(0); err == nil {
					r.Exchanges = append(r.Exchanges, x)
				}
			}
			if err != nil {
				return nil, 0, fmt.Errorf("%s:%d: the line is no exchange: %w", name, number, err)
			}
		}
	}
	if r == nil {
		return nil, 0, fmt.Errorf("%s is empty: nothing was recorded", name)
	}
	slices.SortStableFunc(r.Exchanges, func(a, b *Exchange) int { return cmp.Compare(a.Number, b.Number) })
	r.keepHeard()
	return r, cut, nil
}

func parsePartHead(text []byte, valid bool) (*Recording, error) {
	var head struct {
		Part    *int
		Creator harCreator
		Own     json.RawMessage `json:"_understudy"`
	}
	switch {
	case !valid && bytes.HasPrefix(text, []byte(`{"`+keyPart+`":`)):
		return nil, errors.New("its first line is torn: nothing was recorded")
	case !valid, json.Unmarshal(text, &head) != nil, head.Part == nil, head.Own == nil:
		return nil, errors.New("it is no recording that was not finished: its first line does not say so")
	}
	r, err := parseHead(head.Own)
	if err != nil {
		return nil, fmt.Errorf("first line: %s: %w", keyOwn, err)
	}
	r.Tool, r.ToolVersion = head.Creator.Name, head.Creator.Version
	return r, nil
}

// keepHeard leaves out the fingerprints of operations that were not heard.
func (r *Recording) keepHeard() {
	heard := map[string]bool{}
	for _, x := range r.Exchanges {
		name, _, _ := strings.Cut(x.Callback, "/")
		heard[cmp.Or(x.Operation, name)] = true
	}
	for id := range r.Fingerprints {
		if !heard[id] {
			delete(r.Fingerprints, id)
		}
	}
	if len(r.Fingerprints) == 0 {
		r.Fingerprints = nil
	}
}
