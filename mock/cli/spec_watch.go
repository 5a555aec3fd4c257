package cli

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"understudy/specs"
)

const (
	// lookEvery is the time between two looks at the files, fullEvery how many looks there are from one reading of every
	// file to the next: over some mounts the times of a file stand still. A change is acted on at the second look that
	// finds it, so it is live after (fullEvery + 1) × lookEvery and the time to read the contract, at the latest.
	lookEvery = 400 * time.Millisecond
	fullEvery = 2
	// retryEvery is how many looks there are between two trials of a broken document: what it lacks may be a file that it
	// refers to, which nobody looks at before it could be read.
	retryEvery = 3
)

// specWatch gives a server the contracts of files that change. It looks at the files themselves: over a bind mount no
// change is announced, and an editor may put another file in a file's place.
type specWatch struct {
	set func([]*specs.Contract) error
	// renewed is called with a document that has gone live; nil for nobody who wants to know.
	renewed  func(*document)
	reader   specReader
	maxBytes int64
	// contracts are those in force, documents the ones among them that come from files.
	contracts []*specs.Contract
	documents []*watched
	folders   []*watchedFolder
	out       io.Writer
	speech    speech
	seed      maphash.Seed
	looks     int
}

// watched is one document while it is watched.
type watched struct {
	*document
	stamps map[string]stamp
	// last is the state that was seen last, done the one that was acted on last: see [dataFile].
	last, done uint64
	// failed is why what was read last was broken, "" when it was good.
	failed string
}

// stamp is what the file system says of a file, and the digest of its text when that was last read.
type stamp struct {
	size     int64
	modified time.Time
	digest   uint64
}

// watchSpecs prepares what is played. Bundled contracts without overlays never change.
func (s *settings) watchSpecs(set func([]*specs.Contract) error, contracts []*specs.Contract, out io.Writer, in speech) *specWatch {
	w := &specWatch{
		set: set, reader: filesReader(), maxBytes: s.maxSpecBytes, contracts: slices.Clone(contracts), out: out, speech: in, seed: maphash.MakeSeed(),
	}
	for _, d := range s.documents {
		if !slices.Contains(contracts, d.contract) {
			continue
		}
		one := &watched{document: d, stamps: map[string]stamp{}}
		one.last = one.state(w.seed, true)
		one.done = one.last
		w.documents = append(w.documents, one)
		if info, err := os.Stat(d.from.text); d.file == "" || err != nil || !info.IsDir() {
			continue
		}
		i := slices.IndexFunc(w.folders, func(f *watchedFolder) bool { return f.from.text == d.from.text })
		if i < 0 {
			w.folders, i = append(w.folders, &watchedFolder{from: d.from}), len(w.folders)
		}
		w.folders[i].known = append(w.folders[i].known, d.file)
		w.folders[i].last = w.folders[i].known
		w.folders[i].listing = folderState(w.seed, d.from.text)
	}
	return w
}

// run looks at the files until ctx is done.
func (w *specWatch) run(ctx context.Context) {
	if len(w.documents) == 0 {
		return
	}
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			w.look(now)
		case <-ctx.Done():
			return
		}
	}
}

// look acts on what has changed and stayed changed.
func (w *specWatch) look(now time.Time) {
	w.looks++
	for _, f := range w.folders {
		w.lookInto(f, now)
	}
	for _, d := range w.documents {
		state := d.state(w.seed, w.looks%fullEvery == 0)
		settled := state == d.last
		d.last = state
		switch {
		case settled && state != d.done:
			d.done = state
			w.reload(d, now, true)
		case settled && d.failed != "" && w.looks%retryEvery == 0:
			w.reload(d, now, false)
		}
	}
}

// state digests the files of a document; full reads even those whose size and time are as they were.
func (d *watched) state(seed maphash.Seed, full bool) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, file := range d.files() {
		old, known := d.stamps[file]
		now := stamp{}
		info, err := os.Stat(file)
		if err == nil {
			now = stamp{size: info.Size(), modified: info.ModTime(), digest: old.digest}
			if !known || full || now.size != old.size || !now.modified.Equal(old.modified) {
				now.digest, err = digestOf(seed, file)
			}
		}
		if err != nil {
			now.digest = maphash.String(seed, reason(err))
		}
		d.stamps[file] = now
		maphash.WriteComparable(&h, file)
		maphash.WriteComparable(&h, now.digest)
	}
	return h.Sum64()
}

// digestOf reads a file through, without holding it: that is done every second.
func digestOf(seed maphash.Seed, name string) (uint64, error) {
	file, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	var h maphash.Hash
	h.SetSeed(seed)
	if _, err := io.Copy(&h, file); err != nil {
		return 0, err
	}
	return h.Sum64(), nil
}

// reason is what the system says of a file, without its name.
func reason(err error) string {
	var failed *os.PathError
	if errors.As(err, &failed) {
		return failed.Err.Error()
	}
	return err.Error()
}

// reload reads a document again and puts it in the place of what was played. Why it cannot is told, of a trial only when
// that is news.
func (w *specWatch) reload(d *watched, now time.Time, changed bool) {
	c, err := d.readWith(w.reader, w.maxBytes)
	if err == nil {
		err = w.put(d.name, c)
	}
	if err != nil {
		if why := brokenLine(err); changed || why != d.failed {
			d.failed = why
			w.tell(now, d.name, why+d.instead(w.speech))
		}
		return
	}
	again := w.speech.of("read again, and live: ", "已重新读取并生效：")
	switch {
	case d.contract == nil:
		again = w.speech.of("joined, and live: ", "已加入并生效：")
	case d.failed != "":
		again = w.speech.of("good again, and live: ", "已恢复正常并生效：")
	}
	d.contract, d.failed = c, ""
	// What it refers to may be other files now.
	d.last = d.state(w.seed, true)
	d.done = d.last
	w.tell(now, d.name, again+operationCount(c, w.speech)+noteCount(c, w.speech))
	if w.renewed != nil {
		w.renewed(d.document)
	}
}

// instead says what is played while the document is broken.
func (d *watched) instead(say speech) string {
	if d.contract == nil {
		return say.of("; it is played once it is good", "；修正后即会启用")
	}
	return say.of("; the last good contract stays in force", "；继续使用最近一次可用的契约")
}

// put plays a contract in the place of the one that has its name, or as a further one.
func (w *specWatch) put(name string, c *specs.Contract) error {
	next := slices.Clone(w.contracts)
	if i := slices.IndexFunc(next, func(other *specs.Contract) bool { return other.Vendor == name }); i >= 0 {
		next[i] = c
	} else {
		next = append(next, c)
	}
	if err := w.set(next); err != nil {
		return err
	}
	w.contracts = next
	return nil
}

func operationCount(c *specs.Contract, say speech) string {
	if len(c.Operations) == 1 {
		return say.of("1 operation", "1 个接口")
	}
	return fmt.Sprintf(say.of("%d operations", "%d 个接口"), len(c.Operations))
}

func noteCount(c *specs.Contract, say speech) string {
	switch n := len(c.Notes); n {
	case 0:
		return ""
	case 1:
		return say.of(", 1 note (understudy lint has it)", "，1 条提示（见 understudy lint）")
	default:
		return fmt.Sprintf(say.of(", %d notes (understudy lint has them)", "，%d 条提示（见 understudy lint）"), n)
	}
}

// brokenLine is an error of several lines in one.
func brokenLine(err error) string {
	first, rest, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	line := oneLine(first, 600)
	if more := strings.Count(rest, "\n") + 1; rest != "" {
		line += fmt.Sprintf(" (and %d more)", more)
	}
	return line
}

func (w *specWatch) tell(now time.Time, name, text string) {
	fmt.Fprintf(w.out, "%s %s%s: %s\n", now.Format(time.TimeOnly), w.speech.of("contract ", "契约 "), name, text)
}
