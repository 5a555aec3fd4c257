package cli

import (
	"fmt"
	"hash/maphash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"understudy/specs"
)

// watchedFolder is a folder whose documents are watched; known are the files in it that were acted on.
type watchedFolder struct {
	from        source
	known, last []string
	complaint   string
	// listing is the state of the folder that was seen last, open says that it has to be looked into once more.
	listing uint64
	open    bool
}

// lookInto acts on files that came to a folder, or went.
func (w *specWatch) lookInto(f *watchedFolder, now time.Time) {
	listing := folderState(w.seed, f.from.text)
	if listing == f.listing && !f.open {
		return // which of its files are contracts is not asked again: that is to read them
	}
	f.listing = listing
	found, err := w.reader.documents(f.from.text, w.maxBytes)
	complaint := ""
	if err != nil {
		complaint = brokenLine(err)
	}
	if complaint != f.complaint {
		f.complaint = complaint
		if complaint != "" {
			w.tell(now, oneLine(f.from.text, 200), complaint)
		}
	}
	if err != nil {
		f.open = true
		return
	}
	f.open = !slices.Equal(found, f.last)
	f.last = found
	if f.open || slices.Equal(found, f.known) {
		return
	}
	before := f.known
	f.known = found
	for _, file := range found {
		if !slices.Contains(before, file) {
			w.join(f, file, found, now)
		}
	}
	for _, file := range before {
		if !slices.Contains(found, file) {
			w.leave(f, file, now)
		}
	}
}

// folderState digests the names of the files in a folder that may be contracts, their sizes and times.
func folderState(seed maphash.Seed, folder string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	_ = filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			maphash.WriteComparable(&h, reason(err))
		case entry.IsDir() && file != folder && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules"):
			return fs.SkipDir
		case !entry.IsDir() && slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(file))):
			if info, err := os.Stat(file); err == nil {
				maphash.WriteComparable(&h, file)
				maphash.WriteComparable(&h, [2]int64{info.Size(), info.ModTime().UnixNano()})
			}
		}
		return nil
	}) // what cannot be walked is part of the state
	return h.Sum64()
}

// join plays a file that came to a folder.
func (w *specWatch) join(f *watchedFolder, file string, files []string, now time.Time) {
	var list []*document
	for _, d := range w.documents {
		if d.file == file {
			return // it was away for a moment
		}
		list = append(list, d.document)
	}
	d := &watched{document: &document{file: file, from: f.from, overlays: slices.Clone(f.from.overlays)}, stamps: map[string]stamp{}}
	d.name = f.from.nameFor(file, files, list)
	if slices.ContainsFunc(w.contracts, func(c *specs.Contract) bool { return c.Vendor == d.name }) {
		w.tell(now, d.name, fmt.Sprintf(w.speech.of("%s is not played: another contract has that name", "%s 未启用：该名称已被另一份契约占用"), oneLine(file, 200)))
		return
	}
	w.documents = append(w.documents, d)
	d.last = d.state(w.seed, true)
	d.done = d.last
	w.reload(d, now, true)
}

// leave stops playing a file that went from a folder.
func (w *specWatch) leave(f *watchedFolder, file string, now time.Time) {
	i := slices.IndexFunc(w.documents, func(d *watched) bool { return d.file == file })
	if i < 0 {
		return
	}
	gone := w.documents[i]
	next := slices.DeleteFunc(slices.Clone(w.contracts), func(c *specs.Contract) bool { return c.Vendor == gone.name })
	if len(next) > 0 && w.set(next) == nil {
		w.contracts = next
		w.documents = slices.Delete(w.documents, i, i+1)
		w.tell(now, gone.name, fmt.Sprintf(w.speech.of("%s is gone, and so is its contract", "%s 已删除，其契约随之停用"), oneLine(file, 200)))
	}
}
