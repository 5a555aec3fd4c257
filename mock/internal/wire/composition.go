package wire

import (
	"cmp"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"understudy/specs"
)

// The values of Pair.In beside query and form, for pairs that a signature takes from elsewhere.
const (
	inBody   = "body"
	inHeader = "header"
)

// order says how pairs follow each other in a text to sign.
type order int

const (
	byName   order = iota // by the bytes of the names
	asListed              // as the contract lists them
	received
	reversed
	folded // by the names in lower case
)

// composition is a text to sign before it is put together: what the contract says about it, and what a call has for it. A
// diagnosis changes copies of it. Slices are never changed in place.
type composition struct {
	parts         []string
	join          string
	order         order
	only          []string
	keepEmpty     bool
	empty         string // stands for a value that is empty and kept
	namesOut      bool
	equals, pairs string // the joints
	escape        func(string) string
	value         func(Pair) string // changes a value; nil for none
	wrap, pair    string
	tail, end     string // follow the parts, and the whole text

	all    Pairs // the pairs to sign, empty ones among them
	method string
	path   string
	query  string
	body   []byte
	key    string
	time   string
	nonce  string
	at     func(specs.Location) string
	show   func(name string) bool // as given to composed
	hide   func(name, value string) string
}

// hidden are pairs as they may be shown.
func (c *composition) hidden(pairs Pairs) Pairs {
	out := slices.Clone(pairs)
	for i := range out {
		out[i].Value = c.hide(out[i].Name, out[i].Value)
	}
	return out
}

// text puts the text together.
func (c *composition) text(secret string) string { return string(c.appendText(nil, secret)) }

// appendText appends the text.
func (c *composition) appendText(dst []byte, secret string) []byte {
	start := len(dst)
	if c.wrap == "before" || c.wrap == "both" {
		dst = append(dst, secret...)
	}
	for i, part := range c.parts {
		if i > 0 {
			dst = append(dst, c.join...)
		}
		dst = c.appendPart(dst, part, secret)
	}
	dst = append(dst, c.tail...)
	switch c.wrap {
	case "after", "both":
		dst = append(dst, secret...)
	case "pair":
		if len(dst) > start {
			dst = append(dst, c.pairs...)
		}
		dst = append(append(append(dst, c.pair...), c.equals...), secret...)
	}
	return append(dst, c.end...)
}

func (c *composition) appendPart(dst []byte, part, secret string) []byte {
	switch part {
	case "fields":
		return c.appendFields(dst)
	case "method":
		return append(dst, c.method...)
	case "path":
		return append(dst, c.path...)
	case "query":
		return append(dst, c.query...)
	case "target":
		if dst = append(dst, c.path...); c.query != "" {
			dst = append(append(dst, '?'), c.query...)
		}
		return dst
	case "body":
		return append(dst, c.body...)
	case "body-md5":
		sum := md5.Sum(c.body)
		return hex.AppendEncode(dst, sum[:])
	case "body-md5-base64":
		sum := md5.Sum(c.body)
		return Base64.Encode(dst, sum[:])
	case "body-sha256":
		sum := sha256.Sum256(c.body)
		return hex.AppendEncode(dst, sum[:])
	case "key":
		return append(dst, c.key...)
	case "time":
		return append(dst, c.time...)
	case "nonce":
		return append(dst, c.nonce...)
	case "secret":
		return append(dst, secret...)
	case "empty":
		return dst
	}
	return append(dst, c.at(specs.Location(part))...)
}

// appendFields joins the pairs.
func (c *composition) appendFields(dst []byte) []byte {
	for i, p := range c.ordered() {
		if i > 0 {
			dst = append(dst, c.pairs...)
		}
		if p.Value == "" {
			p.Value = c.empty
		}
		if c.value != nil {
			p.Value = c.value(p)
		}
		if c.escape != nil {
			p.Name, p.Value = c.escape(p.Name), c.escape(p.Value)
		}
		if !c.namesOut {
			dst = append(append(dst, p.Name...), c.equals...)
		}
		dst = append(dst, p.Value...)
	}
	return dst
}

// ordered are the pairs that are signed, in their order.
func (c *composition) ordered() Pairs {
	pairs := make(Pairs, 0, len(c.all))
	for _, p := range c.all {
		if p.Name != "" && (p.Value != "" || c.keepEmpty) {
			pairs = append(pairs, p)
		}
	}
	compare := func(a, b Pair) int { return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value)) }
	switch c.order {
	case byName:
		slices.SortStableFunc(pairs, compare)
	case reversed:
		slices.SortStableFunc(pairs, func(a, b Pair) int { return compare(b, a) })
	case folded:
		slices.SortStableFunc(pairs, func(a, b Pair) int {
			return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), compare(a, b))
		})
	case asListed:
		slices.SortStableFunc(pairs, func(a, b Pair) int { return cmp.Compare(slices.Index(c.only, a.Name), slices.Index(c.only, b.Name)) })
	}
	return pairs
}
