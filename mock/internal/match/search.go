package match

import "strings"

// mostCaptures is how many values a search remembers without asking for memory.
const mostCaptures = 12

// find returns the leaf that an escaped path means, and its values behind those of dst.
func (n *node) find(dst []string, path string) (*leaf, []string) {
	rest, ok := strings.CutPrefix(path, "/")
	if !ok {
		return nil, dst
	}
	if strings.IndexByte(rest, '%') >= 0 {
		if rest, ok = normal(rest); !ok {
			return nil, dst
		}
	}
	var buffer [mostCaptures]string
	found, captured := n.walk(rest, buffer[:0])
	if found == nil {
		return nil, dst
	}
	if room := len(dst) + len(captured); room > cap(dst) {
		dst = append(make([]string, 0, room), dst...)
	}
	for _, v := range captured {
		dst = append(dst, unescape(v))
	}
	return found, dst
}

// walk looks for the rest of a path below a node: the more concrete way first, back and on to the next where it leads
// nowhere. It visits no node twice. captured are the values found on the way to the node, still escaped; those of the whole
// path are returned.
func (n *node) walk(rest string, captured []string) (*leaf, []string) {
	segment, rest, more := strings.Cut(rest, "/")
	if next := n.static[segment]; next != nil {
		if found, all := next.onward(rest, more, captured); found != nil {
			return found, all
		}
	}
	if segment == "" {
		return nil, nil
	}
	for _, w := range n.mixed.widths {
		for i, ways := 0, n.mixed.at(w, segment); i < len(ways); i++ {
			with, fits := ways[i].pattern.capture(segment, captured)
			if !fits {
				continue
			}
			if found, all := ways[i].next.onward(rest, more, with); found != nil {
				return found, all
			}
		}
	}
	if n.any != nil {
		return n.any.onward(rest, more, append(captured, segment))
	}
	return nil, nil
}

// onward is what stands at a node, or below it when there is more of the path.
func (n *node) onward(rest string, more bool, captured []string) (*leaf, []string) {
	if more {
		return n.walk(rest, captured)
	}
	return n.leaf, captured
}
