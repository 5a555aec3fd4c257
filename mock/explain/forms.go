package explain

import (
	"regexp"
	"slices"
	"strings"

	"understudy/mock/internal/wire"
	"understudy/specs"
)

// declaresOne says whether a query has a parameter that means something to the vendor.
func (e *Explainer) declaresOne(query string) bool {
	for part := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(part, "="); e.declares(name) {
			return true
		}
	}
	return false
}

// declares says whether some operation's request may hold the name.
func (e *Explainer) declares(name string) bool {
	return slices.ContainsFunc(e.operations, func(op *operation) bool { return op.declares(name) })
}

// takesPair says whether some operation takes a pair of that name, in a query or a form: not only a member of a JSON body,
// such as body, which is also what a log calls the whole of it.
func (e *Explainer) takesPair(name string) bool {
	return slices.ContainsFunc(e.operations, func(op *operation) bool {
		return op.declares(name) && (e.contract.Bundled || op.partOf(name) != specs.PlaceBody)
	})
}

// quoteBefore is the quote that a text stands in, 0 for none.
func quoteBefore(text string, start int) byte {
	if start > 0 && (text[start-1] == '"' || text[start-1] == '\'') {
		return text[start-1]
	}
	return 0
}

var (
	formName  = regexp.MustCompile(`(?:^|[\s"'(:,?\[{])([A-Za-z_][\w.\-]*=)`)
	otherKind = regexp.MustCompile(`https?://|\{|(?:GET|POST|PUT|PATCH|DELETE)[\s"']+/`)
	nextPair  = regexp.MustCompile(`^[^\n&]*&[A-Za-z_][\w.\-]*=`)
	timeOfDay = regexp.MustCompile(`^ \d\d:\d\d:\d\d`)
)

// maxLookahead bounds how far from a name the & is looked for that makes it one of several parameters.
const maxLookahead = 4096

// formPiece reads name=value&name=value in the middle of a line, or a single name=value whose name means something to the
// vendor. at is where a name begins, behind is the end of its =. The nearest name before the first & is where the
// parameters begin; from is where their length counts from.
func (e *Explainer) formPiece(text string, from, at, behind int) (message, int, bool) {
	line := text[at:min(len(text), at+maxLookahead)]
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	start := at
	amp := strings.IndexByte(line, '&')
	if amp >= 0 && javaName.MatchString(line[amp+1:]) {
		names := formName.FindAllStringSubmatchIndex(line[:amp], -1)
		start = at + names[len(names)-1][2]
		if other := otherKind.FindStringIndex(text[behind:max(start, behind)]); other != nil {
			return message{}, behind + other[0] - from, false
		}
		// In body=a=b&c=d the first name is the log's own.
		if name := javaName.FindStringSubmatch(text[start:]); name != nil && !e.declares(name[1]) && javaName.MatchString(text[start+len(name[0]):at+amp]) {
			start += len(name[0])
		}
	} else if name := text[at : behind-1]; !e.declares(name) || strings.HasPrefix(text[behind:], "{") && !e.takesPair(name) {
		return message{}, behind - from, false
	}
	end := start + formEnd(text[start:], quoteBefore(text, start))
	form := strings.TrimRight(text[start:end], " \t,;)]")
	m := message{source: sourceForm, params: readings(form, wire.InForm), body: []byte(form)}
	return m, end - from, len(m.params) > 0
}

// formEnd is where parameters end: at the line's end, at the quote they stand in or one that closes, or at a blank that no
// further parameter and no time of day follows. What stands in brackets is one value.
func formEnd(text string, quote byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			return i
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case depth > 0:
		case c == quote && quote != 0, c == '"' && (i+1 == len(text) || strings.IndexByte(" ,;)]}\n", text[i+1]) >= 0):
			return i
		case c == ' ' && !timeOfDay.MatchString(text[i:]) && !nextPair.MatchString(text[i:min(len(text), i+512)]):
			return i
		}
	}
	return len(text)
}

// readAddress reads a text that begins with an address, alone in its line, and what follows as its body. In the line
// itself the address may have been decoded.
func (e *Explainer) readAddress(text string, depth int) []message {
	found := addressLine.FindStringSubmatch(text)
	if found == nil {
		return nil
	}
	line, rest, _ := strings.Cut(text[len(found[0])-len(found[2]):], "\n")
	if i := strings.IndexByte(line, '?'); i >= 0 {
		i += formEnd(line[i:], 0)
		line, rest = line[:i], line[i:]+"\n"+rest
	} else if i := strings.IndexAny(line, " \t"); i >= 0 {
		line, rest = line[:i], line[i:]+"\n"+rest
	}
	m := message{source: sourceURL, method: found[1], certain: true}
	m.setURL(line)
	list := []message{m}
	for _, one := range e.readAs(rest, depth-1) {
		if len(list) == 1 && !one.hasPath {
			list, _ = attach(list, one, 0)
			continue
		}
		list = append(list, one)
	}
	return numbered(list)
}

var addressLine = regexp.MustCompile(`^(?:(GET|POST|PUT|PATCH|DELETE)[ \t]+)?(https?://|/[\w~])`)
