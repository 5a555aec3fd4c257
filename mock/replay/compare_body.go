package replay

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/report"
	"understudy/specs"
)

// compareBodies holds what the bodies say against each other; what could not be read is compared byte for byte.
func (c *comparison) compareBodies() {
	was, got := c.was.Reply, c.got.Reply
	if was.Value == nil || got.Value == nil {
		if (was.Value == nil) != (got.Value == nil) || !bytes.Equal(was.Plain, got.Plain) {
			c.add(report.Finding{Rule: ruleValue, In: "reply", Expected: bytesText(was.Plain), Got: bytesText(got.Plain)})
		}
		return
	}
	c.readClocks(was.Value, got.Value)
	c.compareValues("", was.Value, got.Value)
	for _, d := range c.texts {
		if c.pairs.within("person", d.was) != d.got {
			c.differs(d.pointer, d.was, d.got, valueDiffers)
		}
	}
}

func bytesText(text []byte) string {
	if len(text) == 0 {
		return "nothing"
	}
	return fmt.Sprintf("%d bytes", len(text))
}

// compareValues goes through both values at once.
func (c *comparison) compareValues(pointer string, was, got any) {
	if c.ignored(pointer) {
		return
	}
	switch was := was.(type) {
	case map[string]any:
		if got, ok := got.(map[string]any); ok {
			c.compareRecords(pointer, was, got)
			return
		}
	case []any:
		if got, ok := got.([]any); ok {
			c.compareLists(pointer, was, got)
			return
		}
	case string:
		// JSON within a text is compared as JSON.
		if inner, ok := drive.Held(was); ok {
			if text, isText := got.(string); isText {
				if now, ok := drive.Held(text); ok {
					c.compareValues(pointer, inner, now)
					return
				}
			}
		}
	}
	why := c.differ(pointer, c.client.Place(c.got, pointer), was, got)
	text, isText := was.(string)
	now, isToo := got.(string)
	switch {
	case why == "":
	case why == valueDiffers && isText && isToo && c.config.Recording.Masked:
		c.texts = append(c.texts, difference{pointer, text, now})
	default:
		c.differs(pointer, was, got, why)
	}
}

// differs enters a value that is another one.
func (c *comparison) differs(pointer string, was, got any, why string) {
	place := c.client.Place(c.got, pointer)
	f := report.Finding{Rule: ruleValue, In: "reply", Pointer: pointer, Expected: c.shownAt(place, was), Got: c.shownAt(place, got)}
	if f.Expected == f.Got || why != valueDiffers {
		f.Keyword = why
		f.Message = fmt.Sprintf("at %s: recorded %s, got %s: %s", orText(pointer, "the body"), f.Expected, f.Got, reason(why))
	}
	c.add(f)
}

func (c *comparison) compareRecords(pointer string, was, got map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(was)) {
		at := pointer + "/" + specs.EscapePointer(name)
		item, there := got[name]
		if !there && !c.ignored(at) {
			c.add(report.Finding{Rule: ruleValue, In: "reply", Pointer: at, Keyword: "absent", Expected: c.shownAt(c.client.Place(c.got, at), was[name]), Got: "nothing"})
		} else if there {
			c.compareValues(at, was[name], item)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		at := pointer + "/" + specs.EscapePointer(name)
		if _, there := was[name]; !there && !c.ignored(at) {
			c.add(report.Finding{Rule: ruleValue, In: "reply", Pointer: at, Keyword: "more", Expected: "nothing", Got: c.shownAt(c.client.Place(c.got, at), got[name])})
		}
	}
}

// compareLists wants the same length and the same order. Of lists of other lengths nothing else is told: what of them belongs
// together nobody knows.
func (c *comparison) compareLists(pointer string, was, got []any) {
	if len(was) != len(got) {
		c.add(report.Finding{Rule: ruleValue, In: "reply", Pointer: pointer, Keyword: "length", Expected: items(len(was)), Got: items(len(got))})
		return
	}
	for i := range was {
		c.compareValues(pointer+"/"+strconv.Itoa(i), was[i], got[i])
	}
}

func items(n int) string {
	if n == 1 {
		return "a list of 1 item"
	}
	return fmt.Sprintf("a list of %d items", n)
}

// ignored says whether a place is one that nobody wants compared.
func (c *comparison) ignored(pointer string) bool {
	return slices.ContainsFunc(c.config.Ignore, func(pattern string) bool { return matchesPointer(pattern, pointer) })
}

func matchesPointer(pattern, pointer string) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(pointer, "/")
	return len(want) == len(have) && !slices.ContainsFunc(indices(len(want)), func(i int) bool { return want[i] != "*" && want[i] != have[i] })
}

func indices(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
