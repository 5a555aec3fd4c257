package scenarios

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"
)

// WriteEntries writes a HAR 1.2 file, entry by entry: the same bytes for the same entries. Each thing has a line of its own
// and each pair (a header, a parameter) one line, so that the file diffs well; what HTML would escape is not escaped. What
// l.Recording says about itself stands before the entries. The errors are those of w, and those that the entries come with.
func WriteEntries(w io.Writer, l Log, entries iter.Seq2[*Entry, error]) error {
	out := bufio.NewWriterSize(w, 64<<10)
	creator, err := compact(harCreator{l.Creator, l.CreatorVersion})
	if err != nil {
		return err
	}
	text := []byte("{\n  \"log\": {\n    \"version\": \"1.2\",\n    \"creator\": ")
	text = indent(text, creator, 2)
	if l.Recording != nil {
		head, err := compact(headOf(l.Recording))
		if err != nil {
			return err
		}
		text = append(text, ",\n    \""+keyOwn+"\": "...)
		text = indent(text, head, 2)
	}
	text = append(text, ",\n    \"entries\": ["...)
	first := true
	for e, err := range entries {
		if err != nil {
			return err
		}
		one, err := compact(e)
		if err != nil {
			return err
		}
		if !first {
			text = append(text, ',')
		}
		first = false
		text = append(text, "\n      "...)
		text = indent(text, one, 3)
		if _, err := out.Write(text); err != nil {
			return err
		}
		text = text[:0]
	}
	if !first {
		text = append(text, "\n    "...)
	}
	text = append(text, "]\n  }\n}\n"...)
	if _, err := out.Write(text); err != nil {
		return err
	}
	return out.Flush()
}

const (
	// clientBase stands for the host of a client that the vendor calls.
	clientBase = "http://client.invalid"
	noBase     = ".invalid" // RFC 2606, section 2
)

// base is the scheme and host of the addresses in a recording.
func (r *Recording) base() string {
	if u, err := url.Parse(r.Upstream); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return u.Scheme + "://" + u.Host
	}
	name := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' {
			return c
		}
		return '-'
	}, r.Vendor)
	if name = strings.Trim(name, "-"); name == "" {
		name = "vendor"
	}
	return "http://" + name + noBase
}

// Write writes the recording as HAR 1.2: the same bytes for the same recording. The standard fields hold the opened text, and
// what HAR has no place for stands in members named _understudy, of the log before its entries, and of each entry. The
// addresses are those of the upstream, or below http://VENDOR.invalid where there is none. Times are kept to the
// millisecond, in UTC, and how long an exchange took to the microsecond; a negative one is written as none.
func (r *Recording) Write(w io.Writer) error {
	base := r.base()
	return WriteEntries(w, Log{r.Tool, r.ToolVersion, r}, func(yield func(*Entry, error) bool) {
		for i, x := range r.Exchanges {
			if x == nil {
				yield(nil, fmt.Errorf("exchange %d of the recording is nil", i+1))
				return
			}
			if !yield(entryOf(x, base, i+1)) {
				return
			}
		}
	})
}

// indent writes compact JSON with two blanks per level. Objects in lists that hold no others stay on one line, and so does
// what is empty.
func indent(to, text []byte, level int) []byte {
	inList := []bool{false}
	line := func(depth int) {
		to = append(to, '\n')
		for range level + depth {
			to = append(to, ' ', ' ')
		}
	}
	for i := 0; i < len(text); i++ {
		depth := len(inList) - 1
		switch c := text[i]; c {
		case '"':
			end := stringEnd(text, i)
			to = append(to, text[i:end]...)
			i = end - 1
		case '{', '[':
			if end, flat := flatEnd(text, i); flat && (end == i+2 || inList[depth]) {
				to = append(to, text[i:end]...)
				i = end - 1
				continue
			}
			to = append(to, c)
			inList = append(inList, c == '[')
			line(depth + 1)
		case '}', ']':
			inList = inList[:depth]
			line(depth - 1)
			to = append(to, c)
		case ',':
			to = append(to, c)
			line(depth)
		case ':':
			to = append(to, ':', ' ')
		default:
			to = append(to, c)
		}
	}
	return to
}

// stringEnd is where the text that begins at i has ended.
func stringEnd(text []byte, i int) int {
	for i++; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// flatEnd is where the object or list that begins at i has ended, and whether it holds no others.
func flatEnd(text []byte, i int) (end int, flat bool) {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = stringEnd(text, i) - 1
		case '{', '[':
			return 0, false
		case '}', ']':
			return i + 1, true
		}
	}
	return 0, false
}

// ForeignError says that a HAR file is another tool's.
type ForeignError struct{ Name string }

// Error says what to do with it.
func (e *ForeignError) Error() string {
	return e.Name + " is another tool's recording; make one of ours of it with understudy import"
}

// Read reads a recording that [Recording.Write] wrote, be it changed by hand since. The errors name the byte or the entry:
// a *[ForeignError] for a HAR file of another tool, a *[SizeError], and those of reading r.
func Read(r io.Reader, c ReadConfig) (*Recording, error) {
	if c.Name == "" {
		c.Name = "the recording"
	}
	var list []*Exchange
	var head *Recording
	told := c.Log
	c.Log = func(l *Log) error {
		head = l.Recording
		if told != nil {
			return told(l)
		}
		return nil
	}
	log, err := readEntries(r, c, true, func(e *Entry) error {
		if head == nil && e.Understudy == nil {
			return &ForeignError{c.Name}
		}
		x, err := e.Exchange()
		if err != nil {
			return fmt.Errorf("entry %d of %s, at byte %d: %w", e.Number, c.Name, e.Offset, err)
		}
		list = append(list, x)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if log.Recording == nil {
		return nil, &ForeignError{c.Name}
	}
	log.Recording.Exchanges = list
	return log.Recording, nil
}
