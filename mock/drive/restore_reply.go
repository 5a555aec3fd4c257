package drive

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strings"

	"understudy/mock/internal/wire"
	"understudy/scenarios"
)

// JudgeOpened holds a recorded reply at contract level to the contract, as [Client.Judge] does one that travelled; no
// credential is needed. The request of the exchange has nothing but its operation. A reply that never came, or that nobody
// could open, is [Unexplained], and Unread says why. The error is an *[OperationError].
func (c *Client) JudgeOpened(operation string, r *scenarios.Response) (*Exchange, error) {
	p, err := c.plan(operation)
	if err != nil {
		return nil, err
	}
	x := &Exchange{
		Request: &Request{Operation: p.Operation, Method: p.Method, plan: p},
		Reply:   &Reply{Status: r.Status, Header: http.Header{}, Body: bytes.Clone(r.Body)},
	}
	for _, one := range r.Header {
		x.Reply.Header.Add(one.Name, one.Value)
	}
	if r.MediaType != "" {
		x.Reply.Header.Set("Content-Type", r.MediaType)
	}
	if r.Status == 0 {
		x.Outcome, x.Reply.Unread = Unexplained, errors.New("none came")
		return x, nil
	}
	x.Reply.Plain = x.Reply.Body
	switch r.Wire.Seal {
	case scenarios.SealOpened:
		x.Reply.Sealed = true
		x.Reply.Body = p.standIn(x.Reply.Plain)
		if p.Wire.Seal.ResponsePart() == wholeBody {
			x.Reply.Header.Set("Content-Type", p.sealedLabel(r))
		}
	case scenarios.SealUnopened:
		x.Reply.Sealed, x.Reply.Plain = true, nil
		x.Reply.Unopened = &UnsealError{reason: "it could not be opened when it was recorded"}
	}
	media, _, err := mime.ParseMediaType(x.Reply.Header.Get("Content-Type"))
	if err != nil {
		media = base(x.Reply.Header.Get("Content-Type"))
	}
	c.judgeRead(x, media)
	return x, nil
}

// sealedLabel is what a reply was labelled with that was sealed as a whole; of the label the recording has no parameters.
func (p *plan) sealedLabel(r *scenarios.Response) string {
	label := orText(r.Wire.Label, r.MediaType)
	if stated := p.Wire.Seal.MediaType; r.Wire.Label == "" && stated != "" || base(stated) == base(label) {
		return stated
	}
	return label
}

// standIn is a body as it may have travelled: where its sealed member stands opened, there is a text that looks like
// ciphertext.
func (p *plan) standIn(plain []byte) []byte {
	part := p.Wire.Seal.ResponsePart()
	if part == "" || part == wholeBody {
		return plain
	}
	raw, ok := wire.Member(plain, part)
	if !ok || string(raw) == "null" {
		return plain
	}
	// As long as with one block of padding.
	const block = 16
	sealed := bytes.Repeat([]byte{0x5a}, (len(raw)/block+1)*block)
	text := base64.StdEncoding.EncodeToString(sealed)
	switch {
	case p.Wire.Seal.Encoding == "hex" && strings.EqualFold(p.Wire.Seal.Case, "upper"):
		text = strings.ToUpper(hex.EncodeToString(sealed))
	case p.Wire.Seal.Encoding == "hex":
		text = hex.EncodeToString(sealed)
	case p.Wire.Seal.Encoding == "base64url":
		text = base64.URLEncoding.EncodeToString(sealed)
	}
	quoted, _ := json.Marshal(text) // a text always has a JSON form
	if body, err := wire.PutMember(plain, part, quoted); err == nil {
		return body
	}
	return plain
}
