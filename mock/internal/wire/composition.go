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
func (c *composition) text(secret string) string {
	texts := make([]string, len(c.parts))
	for i, part := range c.parts {
		texts[i] = c.part(part, secret)
	}
	text := strings.Join(texts, c.join) + c.tail
	switch c.wrap {
	case "before":
		text = secret + text
	case "after":
		text += secret
	case "both":
		text = secret + text + secret
	case "pair":
		if text != "" {
			text += c.pairs
		}
		text += c.pair + c.equals + secret
	}
	return text + c.end
}

func (c *composition) part(part, secret string) string {
	switch part {
	case "fields":
		return c.fields()
	case "method":
		return c.method
	case "path":
		return c.path
	case "query":
		return c.query
	case "target":
		if c.query == "" {
			return c.path
		}
		return c.path + "?" + c.query
	case "body":
		return string(c.body)
	case "body-md5":
		return hex.EncodeToString(hashOf(md5.New, string(c.body)))
	case "body-md5-base64":
		return string(Base64.Encode(nil, hashOf(md5.New, string(c.body))))
	case "body-sha256":
		return hex.EncodeToString(hashOf(sha256.New, string(c.body)))
	case "key":
		return c.key
	case "time":
		return c.time
	case "nonce":
		return c.nonce
	case "secret":
		return secret
	case "empty":
		return ""
	}
	return c.at(specs.Location(part))
}

// fields joins the pairs.
func (c *composition) fields() string {
	var b strings.Builder
	for i, p := range c.ordered() {
		if i > 0 {
			b.WriteString(c.pairs)
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
			b.WriteString(p.Name + c.equals)
		}
		b.WriteString(p.Value)
	}
	return b.String()
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
