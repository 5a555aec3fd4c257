package cli

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"time"

	"understudy/mock"
	"understudy/mock/behave"
	"understudy/specs"
)

// readData reads the files of records that are configured for vendors.
func (s *settings) readData(contracts []*specs.Contract) error {
	for _, c := range contracts {
		v := s.vendors[c.Vendor]
		if v.data.text == "" {
			continue
		}
		text, err := readText(v.data.text, behave.MaxData)
		if err != nil {
			return fmt.Errorf("%s: %w", v.data.place, err)
		}
		if v.records, err = behave.ParseData(c.Vendor, v.data.text, text, c); err != nil {
			return fmt.Errorf("%s: %w", v.data.place, err)
		}
		v.digest = sha256.Sum256(text)
	}
	return nil
}

// dataFile is a vendor's file of records while it is watched. A state of it is the digest of its text, or why it cannot
// be read.
type dataFile struct {
	contract *specs.Contract
	name     string
	// last is the state that was seen last, done the one that was acted on last. A state is acted on when it is seen
	// twice: a writer may be half done, and an editor may have taken the file away to put another in its place.
	last, done string
}

// dataWatch gives a server the records of files that change. It looks at their text, once a second: over a bind mount
// no change is announced, and times may stand still.
type dataWatch struct {
	server *mock.Server
	files  []*dataFile
	out    io.Writer
	speech speech
}

// watch prepares what [settings.readData] has read.
func (s *settings) watch(server *mock.Server, contracts []*specs.Contract, out io.Writer, in speech) *dataWatch {
	w := &dataWatch{server: server, out: out, speech: in}
	for _, c := range contracts {
		if v := s.vendors[c.Vendor]; v.data.text != "" {
			state := string(v.digest[:])
			w.files = append(w.files, &dataFile{contract: c, name: v.data.text, last: state, done: state})
		}
	}
	return w
}

// run looks at the files until ctx is done.
func (w *dataWatch) run(ctx context.Context) {
	if len(w.files) == 0 {
		return
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			for _, f := range w.files {
				w.look(f, now)
			}
		case <-ctx.Done():
			return
		}
	}
}

// contract is that of a file's vendor as it is played now: one of the user's own may have changed.
func (w *dataWatch) contract(f *dataFile) *specs.Contract {
	if bundled, err := specs.Load(f.contract.Vendor); err == nil && bundled == f.contract {
		return bundled
	}
	for _, c := range w.server.Contracts() {
		if c.Vendor == f.contract.Vendor {
			return c
		}
	}
	return f.contract
}

// look acts on a file whose state has changed and stayed changed.
func (w *dataWatch) look(f *dataFile, now time.Time) {
	text, err := readText(f.name, behave.MaxData)
	sum := sha256.Sum256(text)
	state := string(sum[:])
	if err != nil {
		state = err.Error()
	}
	settled := state == f.last
	f.last = state
	if !settled || state == f.done {
		return
	}
	f.done = state
	var data behave.Data
	if err == nil {
		data, err = behave.ParseData(f.contract.Vendor, f.name, text, w.contract(f))
	}
	if err == nil {
		err = w.server.SetData(f.contract.Vendor, data)
	}
	said := now.Format(time.TimeOnly) + w.speech.of(" data of ", " 数据 ") + f.contract.Vendor
	if err != nil {
		fmt.Fprintf(w.out, "%s: %s%s\n", said, oneLine(strings.ReplaceAll(err.Error(), "\n", "; "), 600), w.speech.of("; what was read before stays in force", "；继续使用之前读到的内容"))
		return
	}
	fmt.Fprintf(w.out, "%s: %s%s\n", said, w.speech.of("read again from ", "已重新读取 "), f.name)
}
