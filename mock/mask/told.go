package mask

import (
	"sync"

	"understudy/mock/internal/detect"
)

// told are the data that marked places have named, and what stands in for them. What comes is searched for in batches of
// growing size, so that a search costs little however many there are.
type told struct {
	mu      sync.RWMutex
	with    map[string]string
	fresh   []string
	batches []batch
	// messages have the pseudonyms of whole texts.
	messages map[string]string
}

type batch struct {
	texts  []string
	search *detect.Search
}

// add remembers a datum; it is searched for after the next settle.
func (t *told) add(text, with string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.with[text]; known || text == with {
		return
	}
	if t.with == nil {
		t.with = map[string]string{}
	}
	t.with[text] = with
	t.fresh = append(t.fresh, text)
}

// settle makes what was added searchable: with the batches that are not much larger it becomes one.
func (t *told) settle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.fresh) == 0 {
		return
	}
	texts := t.fresh
	t.fresh = nil
	for n := len(t.batches); n > 0 && len(t.batches[n-1].texts) <= 2*len(texts); n = len(t.batches) {
		texts = append(texts, t.batches[n-1].texts...)
		t.batches = t.batches[: n-1 : n-1]
	}
	t.batches = append(t.batches, batch{texts, detect.NewSearch(texts)})
}

// whole is what stands in for a text that is a datum as a whole.
func (t *told) whole(text string) (with string, ok bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	with, ok = t.with[text]
	return with, ok
}

func (t *told) message(text string) (with string, ok bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	with, ok = t.messages[text]
	return with, ok
}

func (t *told) keepMessage(text, with string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.messages == nil {
		t.messages = map[string]string{}
	}
	if _, known := t.messages[text]; !known {
		t.messages[text] = with
	}
}

// secret is what stands in for one of a closed list of values.
func (t *told) secret(text string) (with string, ok bool) {
	if len(text) < 8 {
		return "", false
	}
	return t.whole(text)
}

// edits put what stands in for them in the place of known data and of what detectors find, also where they are encoded.
func (t *told) edits(text string, stand func(kind, text string) string) []detect.Edit {
	return detect.Through(text, func(text string) []detect.Edit { return t.plainEdits(text, stand) })
}

// plainEdits are those of what stands in a text as it is.
func (t *told) plainEdits(text string, stand func(kind, text string) string) []detect.Edit {
	t.mu.RLock()
	batches := t.batches
	t.mu.RUnlock()
	var edits []detect.Edit
	for _, b := range batches {
		var hits []detect.Hit
		b.search.Each(text, func(h detect.Hit) bool {
			if detect.Alone(text, h.Start, h.End) {
				hits = append(hits, h)
			}
			return true
		})
		for _, h := range detect.Longest(hits) {
			with, _ := t.whole(b.texts[h.Text])
			edits = append(edits, detect.Edit{Start: h.Start, End: h.End, Text: with})
		}
	}
	for _, s := range find(text) {
		edits = append(edits, detect.Edit{Start: s.Start, End: s.End, Text: stand(s.Kind, text[s.Start:s.End]), Kind: s.Kind})
	}
	return detect.Joined(edits)
}
