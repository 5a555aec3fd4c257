package mask

import (
	"net/url"
	"slices"
	"strings"

	"understudy/scenarios"
	"understudy/specs"
)

// path goes through the values in a path.
func (w *walk) path(op *specs.Operation, r *scenarios.Request) {
	segments := strings.Split(r.Path, "/")
	var template []string
	if op != nil && op.Wire.Route == nil && op.Path != "" {
		template = strings.Split(op.Path, "/")
	}
	// The path of a server may stand before the operation's.
	if ahead := len(segments) - len(template); template != nil && ahead > 0 {
		template = slices.Concat(segments[:ahead+1], template[1:])
	}
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			plain = segment
		}
		out := plain
		if i < len(template) && len(template) == len(segments) && strings.Contains(template[i], "{") {
			out = w.templated(op, template[i], plain)
		} else if i >= len(template) || template[i] != plain {
			s := spot{where: "request path", kept: template != nil || op != nil && op.Wire.Route != nil || isWord(plain)}
			out = w.leaf(s, plain, false)
		}
		switch {
		case out != plain:
			segments[i] = url.PathEscape(out)
		case segment != plain && len(suspects("", segment)) > 0: // as in a form
			segments[i] = strings.ReplaceAll(mute(segment), "%", "x")
		}
	}
	r.Path = strings.Join(segments, "/")
}

// templated is one segment of a path with parameters in it.
func (w *walk) templated(op *specs.Operation, template, segment string) string {
	before, rest, _ := strings.Cut(template, "{")
	name, after, ok := strings.Cut(rest, "}")
	if !ok || strings.Contains(after, "{") || !strings.HasPrefix(segment, before) || !strings.HasSuffix(segment, after) || len(before)+len(after) > len(segment) {
		return w.leaf(spot{where: "request path"}, segment, false)
	}
	s := w.parameterSpot(op, "path", name)
	s.where = "request path parameter " + name
	value := segment[len(before) : len(segment)-len(after)]
	if value == "" {
		return segment
	}
	return before + w.value(s, value, "") + after
}

// isWord says whether a segment of a path that the contract does not know is one that a programmer writes.
func isWord(segment string) bool {
	digits := 0
	for i := range len(segment) {
		switch c := segment[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("._-~", c) >= 0:
		default:
			return false
		}
	}
	return digits <= 2 && len(segment) <= 40
}
