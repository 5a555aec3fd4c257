package scenarios

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// DefaultMaxBytes bounds a recording that is read, unless [ReadConfig] says otherwise: 64 MiB.
const DefaultMaxBytes = 64 << 20

// ReadConfig says how a recording is read.
type ReadConfig struct {
	// Name is what errors call the recording; "" is "the recording".
	Name string
	// MaxBytes bounds what is read; 0 is [DefaultMaxBytes].
	MaxBytes int64
	// Log is called once, before the first entry, with what stands before the entries; an error of it ends the reading. A
	// recording of ours has everything about itself there. It may be nil.
	Log func(*Log) error
}

// ReadEntries reads the entries of a HAR 1.2 file of any tool (http://www.softwareishard.com/blog/har-12-spec/) one after
// another, without holding more than one. Of the file only log.entries has to be there. A byte order mark is passed over,
// texts that are not UTF-8 are taken for what can be read of them, and what has another type than HAR says is left out.
//
// The errors say at which byte and entry the file stops being one; a *[SizeError] comes before anything is parsed where the
// size is known beforehand, and an error of each is returned as it is.
func ReadEntries(r io.Reader, c ReadConfig, each func(*Entry) error) error {
	_, err := readEntries(r, c, false, each)
	return err
}

// IsRecording says whether a HAR file is a recording of ours. It reads no further than to the first entry; the errors are
// those of [ReadEntries].
func IsRecording(r io.Reader, c ReadConfig) (bool, error) {
	enough := errors.New("enough")
	ours := false
	c.Log = func(l *Log) error {
		ours = l.Recording != nil
		return enough
	}
	err := ReadEntries(r, c, func(*Entry) error { return enough })
	if err == enough {
		err = nil
	}
	return ours, err
}

// harReader is a HAR file that is read.
type harReader struct {
	ReadConfig
	each    func(*Entry) error
	decoder *jsontext.Decoder
	// before counts the bytes that the decoder did not see.
	before int64
	log    Log
	told   bool // whether Log was called
	found  bool // whether there are entries, be it none
	part   bool // whether it is a [Part]
	number int  // of the entry that is read, 0 outside of them
	// own is an error of the caller's.
	own error
}

// readEntries is [ReadEntries]; strict refuses what is not UTF-8.
func readEntries(from io.Reader, c ReadConfig, strict bool, each func(*Entry) error) (*Log, error) {
	c.Name = cmp.Or(c.Name, "the recording")
	if c.MaxBytes <= 0 {
		c.MaxBytes = DefaultMaxBytes
	}
	if size, known := sizeOf(from); known && size > c.MaxBytes {
		return nil, &SizeError{c.Name, c.MaxBytes}
	}
	r := &harReader{ReadConfig: c, each: each}
	buffered := bufio.NewReader(&bounded{from: from, left: c.MaxBytes, beyond: &SizeError{c.Name, c.MaxBytes}})
	if err := r.begin(buffered); err != nil {
		return nil, err
	}
	r.decoder = jsontext.NewDecoder(buffered, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(!strict))
	if err := r.file(); err != nil {
		return nil, r.explained(err)
	}
	return &r.log, nil
}

// begin passes over a byte order mark and tells what is no text at all.
func (r *harReader) begin(from *bufio.Reader) error {
	mark, _ := from.Peek(4)
	has := func(prefix string) bool { return bytes.HasPrefix(mark, []byte(prefix)) }
	switch {
	case has("\xEF\xBB\xBF"):
		r.before = 3
		_, err := from.Discard(3)
		return err
	case has("\xFE\xFF"), has("\xFF\xFE"), has("{\x00"), has("\x00{"):
		return fmt.Errorf("%s is UTF-16; save it as UTF-8", r.Name)
	case has("\x1F\x8B"), has("PK\x03\x04"):
		return fmt.Errorf("%s is compressed; unpack it first", r.Name)
	}
	return nil
}

func (r *harReader) at() int64 { return r.before + r.decoder.InputOffset() }

// explained says where a file stops being one.
func (r *harReader) explained(err error) error {
	entry := ""
	if r.number > 0 {
		entry = fmt.Sprintf(" (entry %d)", r.number)
	}
	var size *SizeError
	var syntax *jsontext.SyntacticError
	switch {
	case r.own != nil:
		return r.own
	case errors.As(err, &size):
		return size
	case err == io.EOF && r.at() == r.before:
		return fmt.Errorf("%s ends in the middle, at byte %d: it is empty", r.Name, r.at())
	case err == io.EOF, errors.Is(err, io.ErrUnexpectedEOF):
		at := r.at()
		if errors.As(err, &syntax) {
			at = r.before + syntax.ByteOffset
		}
		return fmt.Errorf("%s ends in the middle, at byte %d%s", r.Name, at, entry)
	case errors.As(err, &syntax):
		return fmt.Errorf("%s is no HAR file: no JSON at byte %d%s: %w", r.Name, r.before+syntax.ByteOffset, entry, syntax.Err)
	}
	var reading *readError
	if errors.As(err, &reading) {
		return reading.error
	}
	return fmt.Errorf("%s cannot be read: %w", r.Name, err)
}

// readError is one that says everything already.
type readError struct{ error }

func (r *harReader) wrong(format string, args ...any) error {
	return &readError{fmt.Errorf(format, args...)}
}

func (r *harReader) file() error {
	if kind := r.decoder.PeekKind(); kind != '{' && kind != '[' {
		if _, err := r.decoder.ReadToken(); err != nil {
			return err
		}
		return r.wrong("%s is no HAR file: it has no log.entries", r.Name)
	}
	if err := r.object(); err != nil {
		return err
	}
	switch {
	case r.part:
		return r.wrong("%s is a recording that was not finished; make one of it with understudy record --recover", r.Name)
	case !r.found:
		return r.wrong("%s is no HAR file: it has no log.entries", r.Name)
	}
	end := r.at()
	if _, err := r.decoder.ReadToken(); err != io.EOF {
		var size *SizeError
		if errors.As(err, &size) {
			return err
		}
		return r.wrong("%s has more behind its end, at byte %d", r.Name, end)
	}
	return nil
}

// object goes to log.entries and reads them; what stands around it is skipped.
func (r *harReader) object() error {
	d := r.decoder
	if d.PeekKind() != '{' {
		return d.SkipValue()
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		token, err := d.ReadToken()
		if err != nil {
			return err
		}
		switch token.String() {
		case "log":
			err = r.object()
		case "entries":
			err = r.entries()
		case "creator":
			err = r.creator()
		case keyOwn:
			err = r.head()
		case keyPart:
			r.part = true
			err = d.SkipValue()
		default:
			err = d.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

func (r *harReader) creator() error {
	raw, err := r.decoder.ReadValue()
	if err != nil {
		return err
	}
	var creator harCreator
	err = lenient(raw, &creator)
	r.log.Creator, r.log.CreatorVersion = creator.Name, creator.Version
	if r.log.Recording != nil {
		r.log.Recording.Tool, r.log.Recording.ToolVersion = creator.Name, creator.Version
	}
	return err
}

func (r *harReader) head() error {
	raw, err := r.decoder.ReadValue()
	if err != nil {
		return err
	}
	head, err := parseHead(raw)
	if err != nil {
		return r.wrong("%s: %s before byte %d: %w", r.Name, keyOwn, r.at(), err)
	}
	head.Tool, head.ToolVersion = r.log.Creator, r.log.CreatorVersion
	r.log.Recording = head
	return nil
}

func (r *harReader) entries() error {
	d := r.decoder
	if d.PeekKind() != '[' {
		if err := d.SkipValue(); err != nil {
			return err
		}
		return r.wrong("%s is no HAR file: log.entries is no list, before byte %d", r.Name, r.at())
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	r.found = true
	if r.Log != nil && !r.told {
		r.told = true
		if r.own = r.Log(&r.log); r.own != nil {
			return r.own
		}
	}
	last := r.number
	for d.PeekKind() != ']' {
		last++
		r.number = last
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		at := r.at() - int64(len(raw))
		e, err := ParseEntry(raw)
		if err != nil {
			return r.wrong("entry %d of %s is none, at byte %d: %w", last, r.Name, at, err)
		}
		e.Number, e.Offset = last, at
		if r.own = r.each(e); r.own != nil {
			return r.own
		}
	}
	_, err := d.ReadToken()
	return err
}
