package record

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"understudy/mock/mask"
	"understudy/scenarios"
)

// ImportConfig says how another tool's recording is taken. Opener and Masker are needed.
type ImportConfig struct {
	Opener *Opener
	Masker *mask.Masker
	// Name is what errors call the recording; MaxBytes bounds it, 0 means 64 MiB.
	Name     string
	MaxBytes int64
}

// Summary counts what became of the entries of a recording.
type Summary struct {
	// Entries are all of them.
	Entries int
	// Taken are those of operations and callbacks.
	Taken int
	// Outside belong to none, at a host that answers for the contract too; they are kept. Elsewhere were those at other hosts,
	// and NoHTTP those that are no HTTP calls; neither is kept.
	Outside, Elsewhere, NoHTTP int
	// Unopened counts exchanges with a ciphertext that no credentials open, Unkept those with a body that the recording lacks.
	Unopened, Unkept int
}

// NothingError says that a recording has nothing of a contract.
type NothingError struct {
	Name    string
	Vendor  string
	Entries int
	// Paths are some of the contract's.
	Paths []string
}

// Error says what is there in its place.
func (e *NothingError) Error() string {
	if e.Entries == 0 {
		return e.Name + " has no entries"
	}
	return fmt.Sprintf("none of the %d entries of %s belongs to an operation of %s, whose paths are %s", e.Entries, e.Name, e.Vendor, strings.Join(e.Paths, ", "))
}

// Import reads a HAR of any tool and makes a recording of it, masked. Errors are those of reading it, and a *[NothingError]. A
// recording of ours is none of another tool's: it is refused.
func Import(ctx context.Context, from io.Reader, config ImportConfig) (*scenarios.Recording, Summary, error) {
	var s Summary
	if config.Opener == nil || config.Masker == nil {
		return nil, s, errors.New("record: ImportConfig.Opener and ImportConfig.Masker are needed")
	}
	c := config.Opener.Contract()
	r, err := Head(c)
	if err != nil {
		return nil, s, err
	}
	hosts := map[string]bool{}
	var calledAt []string // by exchange
	ours := false
	err = scenarios.ReadEntries(from, scenarios.ReadConfig{Name: config.Name, MaxBytes: config.MaxBytes}, func(e *scenarios.Entry) error {
		s.Entries++
		ours = ours || len(e.Understudy) > 0
		call, ok := e.Call()
		if !ok {
			s.NoHTTP++
			return ctx.Err()
		}
		h := heardOf(call)
		x := config.Opener.Open(h)
		x.Number = e.Number
		if x.Operation != "" || x.Callback != "" {
			hosts[h.URL.Host] = true
		}
		masked(config.Masker, x)
		r.Exchanges, calledAt = append(r.Exchanges, x), append(calledAt, h.URL.Host)
		if x.Operation != "" && r.Upstream == "" && h.URL.Host != "" {
			r.Upstream = h.URL.Scheme + "://" + h.URL.Host
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, s, err
	}
	if ours {
		return nil, s, fmt.Errorf("%s is a recording of understudy's already; it can be played, replayed and checked as it is", orElse(config.Name, "the recording"))
	}
	var kept []*scenarios.Exchange
	for i, x := range r.Exchanges {
		switch {
		case x.Operation != "" || x.Callback != "":
			s.Taken++
		case hosts[calledAt[i]]:
			s.Outside++
		default:
			s.Elsewhere++
			continue
		}
		if Unopened(x) {
			s.Unopened++
		}
		if x.Request.Wire.Unkept || x.Response.Wire.Unkept {
			s.Unkept++
		}
		kept = append(kept, x)
	}
	if s.Taken == 0 {
		nothing := &NothingError{Name: orElse(config.Name, "the recording"), Vendor: c.Vendor, Entries: s.Entries}
		for _, op := range c.Operations {
			if len(nothing.Paths) < 5 {
				nothing.Paths = append(nothing.Paths, op.Path)
			}
		}
		return nil, s, nothing
	}
	r.Exchanges = kept
	conclude(r)
	return r, s, nil
}

// Unopened says whether an exchange has a ciphertext that could not be opened.
func Unopened(x *scenarios.Exchange) bool {
	return x.Request.Wire.Seal == scenarios.SealUnopened || x.Response.Wire.Seal == scenarios.SealUnopened
}

func heardOf(c *scenarios.Call) *Heard {
	return &Heard{
		Method: c.Method, URL: c.URL, Header: c.Header, Body: c.Body, Unkept: c.Unkept,
		Status: c.Status, ReplyHeader: c.ReplyHeader, Reply: c.Reply, ReplyUnkept: c.ReplyUnkept, At: c.At, Took: c.Took,
	}
}

func orElse(text, other string) string {
	if text != "" {
		return text
	}
	return other
}
