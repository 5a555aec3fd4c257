package mask

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"understudy/mock/internal/detect"
	"understudy/mock/internal/pseudonym"
	"understudy/scenarios"
	"understudy/specs"
)

// ScanConfig says what is scanned.
type ScanConfig struct {
	// Name is the file's, for errors.
	Name string
	// MaxBytes bounds the input; 0 is 64 MiB.
	MaxBytes int64
	// Contract says which places hold personal data. Without one it is the bundled one that a recording of ours names; of
	// other files the detectors alone judge.
	Contract *specs.Contract
}

// Leak is one place where something stands that should not. It never has the datum.
type Leak struct {
	// Place is where, such as "entry 3, response body /data/0/idcard" or "line 7".
	Place string
	// Line is the line of a text, 0 where the place is told otherwise; Entry the number of the entry of a HAR file, 0 for none.
	Line, Entry int
	// Kind is that of the datum: those of x-sensitive, and email, jwt, token, ciphertext, sealed, unmasked.
	Kind string
	// Message says in one sentence what is wrong and what to do.
	Message string
	// byContract says that not a detector found it.
	byContract bool
}

// mostLeaks bounds what is told of one file.
const mostLeaks = 10_000

// Scan looks for personal data and secrets in a recording of ours, in a HAR file of any tool, in JSON or in any other text of
// UTF-8. What detectors find is a leak unless it is a pseudonym or a stand-in (see [Masker]), also where it is hidden once in
// percent-encoding, \u escapes, character references, Base64, hexadecimal or JSON within a text. With a contract, what stands in
// its marked places is one as well unless it has the form of a pseudonym; a day of birth and what is shorter than six letters and
// digits cannot be told from one and is none. A sealed body that was not opened is a leak: nobody knows what it holds.
//
// The error says that the input could not be scanned: that it is empty or no text, or larger than it may be
// (*[scenarios.SizeError]).
func Scan(r io.Reader, c ScanConfig) ([]Leak, error) {
	c.Name = cmp.Or(c.Name, "the input")
	most := c.MaxBytes
	if most <= 0 {
		most = scenarios.DefaultMaxBytes
	}
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", c.Name, err)
	}
	if int64(len(data)) > most {
		return nil, &scenarios.SizeError{Name: c.Name, Max: most}
	}
	if err := readable(c.Name, data); err != nil {
		return nil, err
	}
	s := &scan{ScanConfig: c, seen: map[Leak]bool{}}
	err = s.all(data)
	return s.told(), err
}

// all scans the whole file.
func (s *scan) all(data []byte) error {
	text := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if first := bytes.TrimLeft(text, " \t\r\n"); first[0] == '{' || first[0] == '[' {
		if err := s.recording(text); err != nil || s.json("", string(text)) {
			return err
		}
	}
	s.lines(string(text))
	return nil
}

// told are the leaks, each once: what the contract tells of an entry is not told again by what the detectors see of it.
func (s *scan) told() []Leak {
	type same struct {
		entry int
		kind  string
	}
	byContract := map[same]bool{}
	for _, l := range s.leaks {
		if l.byContract {
			byContract[same{l.Entry, l.Kind}] = true
		}
	}
	list := slices.DeleteFunc(slices.Clone(s.leaks), func(l Leak) bool {
		return !l.byContract && l.Entry > 0 && byContract[same{l.Entry, l.Kind}]
	})
	slices.SortStableFunc(list, func(a, b Leak) int { return cmp.Compare(a.Entry, b.Entry) })
	return list
}

// readable says what keeps a file from being scanned.
func readable(name string, data []byte) error {
	switch {
	case len(bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))) == 0:
		return fmt.Errorf("%s is empty: there is nothing to scan", name)
	case bytes.HasPrefix(data, []byte("\x1f\x8b")) || bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return fmt.Errorf("%s is compressed; unpack it first", name)
	case bytes.HasPrefix(data, []byte("\xfe\xff")) || bytes.HasPrefix(data, []byte("\xff\xfe")):
		return fmt.Errorf("%s is UTF-16; save it as UTF-8", name)
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return fmt.Errorf("%s is no text: byte %d is NUL", name, i)
	}
	if !utf8.Valid(data) {
		at := 0
		for at < len(data) {
			r, n := utf8.DecodeRune(data[at:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			at += n
		}
		return fmt.Errorf("%s is no UTF-8, at byte %d; save it as UTF-8", name, at)
	}
	return nil
}

// scan is one file that is scanned.
type scan struct {
	ScanConfig
	leaks []Leak
	seen  map[Leak]bool
	// entry is the number of the one that is looked at, 0 for none; line that of the line.
	entry, line int
	// har says that the file is a HAR file, ours that it is a recording of ours.
	har, ours bool
}

func (s *scan) leak(place, kind, message string) {
	s.add(Leak{Place: place, Line: s.line, Entry: s.entry, Kind: kind, Message: message})
}

func (s *scan) add(l Leak) {
	if s.entry > 0 {
		l.Place = strings.TrimSuffix(fmt.Sprintf("entry %d, %s", s.entry, l.Place), ", ")
	}
	if !s.seen[l] && len(s.leaks) < mostLeaks {
		s.seen[l] = true
		s.leaks = append(s.leaks, l)
	}
}

// text looks at one text with the detectors; name is that of the member or parameter that holds it.
func (s *scan) text(place, name, text string) {
	kinds := suspects(name, text)
	for _, kind := range []string{detect.IDCard, detect.Mobile, detect.Email, detect.JWT, detect.Token, detect.Cipher} {
		if kinds[kind] {
			s.leak(place, kind, messages()[kind])
		}
	}
}

func messages() map[string]string {
	return map[string]string{
		detect.IDCard: "an identity number stands here, by its check digit or its date of birth",
		detect.Mobile: "a mobile number stands here",
		detect.Email:  "an address of mail stands here",
		detect.JWT:    "a JSON Web Token stands here",
		detect.Token:  "a token, key or signature stands here, by its name and its look; leave it out or mask it",
		detect.Cipher: "this looks like a ciphertext, and nobody can see what is in it; open it with its key (understudy import, understudy unseal)",
	}
}

// lines scans a text that is no JSON.
func (s *scan) lines(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		s.line++
		s.text(fmt.Sprintf("line %d", s.line), "", line)
	}
	s.line = 0
}

// recording looks at what a HAR file says about itself, and at its exchanges by the contract.
func (s *scan) recording(text []byte) error {
	enough := errors.New("enough")
	known := describe(s.Contract)
	config := scenarios.ReadConfig{Name: s.Name, MaxBytes: int64(len(text)) + 1, Log: func(l *scenarios.Log) error {
		s.har, s.ours = true, l.Recording != nil
		if !s.ours {
			return nil
		}
		if !l.Recording.Masked {
			s.leak("log/_understudy", "unmasked", "the recording says of itself that nothing in it was masked")
		}
		c, err := s.contractOf(l.Recording)
		known = describe(c)
		return err
	}}
	entries := 0
	err := scenarios.ReadEntries(bytes.NewReader(text), config, func(e *scenarios.Entry) error {
		entries++
		s.entry = e.Number
		defer func() { s.entry = 0 }()
		x, err := s.exchange(known, e)
		if err != nil {
			return err
		}
		if x == nil {
			return nil
		}
		s.sealed(known, x)
		(&walk{known: known, visitor: inspector{s}}).exchange(x)
		if len(s.leaks) >= mostLeaks {
			return enough
		}
		return nil
	})
	switch {
	case err == enough:
		return nil
	case err == nil && entries == 0:
		return fmt.Errorf("%s has no entries: there is nothing to scan", s.Name)
	case err != nil && s.har:
		return err
	}
	return nil // no HAR file: JSON of another kind, or a text
}

// contractOf is the contract as it was read when the recording was made, nil for none.
func (s *scan) contractOf(r *scenarios.Recording) (*specs.Contract, error) {
	c := s.Contract
	switch {
	case c != nil && r.Vendor != "" && r.Vendor != c.Vendor:
		return nil, fmt.Errorf("%s is a recording of %s, and the contract is that of %s; name the right one, or the document: %s=FILE", s.Name, r.Vendor, c.Vendor, r.Vendor)
	case c == nil && slices.Contains(specs.Vendors(), r.Vendor):
		bundled, err := specs.Load(r.Vendor)
		if err != nil {
			return nil, err
		}
		c = bundled
	}
	if c == nil || len(r.Readings) == 0 {
		return c, nil
	}
	read, err := c.With(r.Readings)
	if err != nil {
		return nil, fmt.Errorf("%s was recorded under readings that the contract does not have: %w", s.Name, err)
	}
	return read, nil
}

// exchange is an entry at contract level, nil where that cannot be told.
func (s *scan) exchange(known *described, e *scenarios.Entry) (*scenarios.Exchange, error) {
	if s.ours {
		return e.Exchange()
	}
	return foreign(known, e), nil
}

// sealed tells bodies that nobody has opened.
func (s *scan) sealed(known *described, x *scenarios.Exchange) {
	op := known.operation(x)
	for _, one := range []struct {
		place, seal string
		body        []byte
		sealed      bool
	}{
		{"request body", x.Request.Wire.Seal, x.Request.Body, sealsRequest(op)},
		{"response body", x.Response.Wire.Seal, x.Response.Body, sealsResponse(op)},
	} {
		switch {
		case one.seal == scenarios.SealUnopened:
			s.leak(one.place, "sealed", "the body is sealed and could not be opened; import it again with the key of its time (understudy import --config)")
		case isCiphertext(one.body, one.sealed):
			s.leak(one.place, "sealed", "the body is a ciphertext that nobody has opened; import the recording with the key (understudy import --config)")
		}
	}
}

// inspector judges what stands in an exchange by the contract.
type inspector struct{ s *scan }

func (i inspector) datum(d datum) string {
	switch d.kind {
	case pseudonym.Text, page, blob:
		return d.text // whoever recorded it may have kept it on purpose; the detectors have seen it
	}
	if d.around && d.number || d.place.Closed() {
		return d.text
	}
	if !pseudonym.Is(d.kind, d.text) {
		i.s.add(Leak{
			Place: d.String(), Entry: i.s.entry, Kind: d.kind, byContract: true,
			Message: fmt.Sprintf("the contract marks this place as %s, and what stands here is no pseudonym", d.kind),
		})
	}
	return d.text
}

// free and closed have nothing to say: the whole file goes through the detectors.
func (i inspector) free(d datum) string   { return d.text }
func (i inspector) closed(d datum) string { return d.text }
