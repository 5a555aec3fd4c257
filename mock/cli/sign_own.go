package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"understudy/mock/drive"
	"understudy/specs"
)

// composedOperation is the operation whose composed signature is meant; nil where the contract signs in no such way. Method
// and path may be signed, so that an operation has to be named wherever several are signed.
func composedOperation(c *specs.Contract, named string) (*specs.Operation, error) {
	var list []*specs.Operation
	var ids []string
	for _, op := range c.Operations {
		if s := op.Wire.Sign; s != nil && s.Scheme == specs.SchemeComposed && (named == "" || op.ID == named) {
			list, ids = append(list, op), append(ids, op.ID)
		}
	}
	switch {
	case len(list) == 1:
		return list[0], nil
	case len(list) == 0:
		return nil, nil
	}
	return nil, &drive.SchemeError{Vendor: c.Vendor, What: "signs", Operations: ids}
}

// signComposed signs a call of an operation: its parameters, and the JSON body behind them. What the signature needs beside
// them and is not given is made, and told.
func (p *program) signComposed(cmd *cobra.Command, d *driver, o callFlags, op *specs.Operation, text []byte) error {
	values, was, err := composedValues(d.client, op, text)
	if err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	if a := op.Wire.Auth; a != nil && op.Security != nil {
		values[op.Security.Key] = nil // nobody is asked for a token
	}
	config := d.config
	config.Force = true
	client, err := drive.New(config)
	if err != nil {
		return err
	}
	r, err := client.Prepare(cmd.Context(), op.ID, values)
	if err != nil {
		return err
	}
	s := op.Wire.Sign
	signature := valueAt(r, specs.Location(s.Parameter))
	fmt.Fprintln(p.stdout, signature)
	if o.canonical {
		fmt.Fprintln(p.stdout, r.Signed)
	}
	fmt.Fprintf(p.stderr, p.speech.of("it goes into %s\n", "签名位于%s\n"), locationWords(s.Parameter, p.speech))
	for _, at := range []string{s.KeyParameter, s.TimeParameter, s.NonceParameter, s.MethodParameter} {
		if at != "" {
			fmt.Fprintf(p.stderr, p.speech.of("signed with %s: %s\n", "同时签入%s：%s\n"), locationWords(at, p.speech), oneLine(valueAt(r, specs.Location(at)), 200))
		}
	}
	for _, one := range r.Problems {
		fmt.Fprintf(p.stderr, p.speech.of("signed although the contract forbids the call: %s\n", "已签名，但该请求不符合契约：%s\n"), oneLine(one.String(), 400))
	}
	if was != "" {
		verdict := "it is another one"
		if was == signature {
			verdict = "it is this one"
		}
		fmt.Fprintf(p.stderr, "the call has a %s already: %s\n", specs.Location(s.Parameter).Name(), verdict)
	}
	return nil
}

// composedValues reads what is to be signed: parameters, then perhaps a JSON body that begins a line of its own. The signature
// is taken out of them; was is what it said.
func composedValues(client *drive.Client, op *specs.Operation, text []byte) (values map[string]any, was string, err error) {
	values = map[string]any{}
	l := specs.Location(op.Wire.Sign.Parameter)
	head, body := bytes.TrimSpace(text), []byte(nil)
	if takesJSON(op) {
		for i := 0; i < len(text); i++ {
			if (text[i] == '{' || text[i] == '[') && (i == 0 || text[i-1] == '\n') {
				head, body = bytes.TrimSpace(text[:i]), []byte(trimLineEnd(text[i:]))
				break
			}
		}
	}
	if len(head) > 0 {
		list, err := drive.ParseParameters(string(head))
		if err != nil {
			return nil, "", err
		}
		for _, one := range list {
			if one.Name == l.Name() {
				was = one.Value
				continue
			}
			if client.Set(op.ID, values, one.Name, drive.Text(one.Value)) != nil {
				values[one.Name] = one.Value // a header of the signature is no field of the contract
			}
		}
	}
	if body == nil {
		return values, was, nil
	}
	if !json.Valid(body) {
		return nil, "", fmt.Errorf("the body is not JSON")
	}
	if l.Place() == specs.PlaceBody && strings.Count(l.Pointer(), "/") == 1 {
		body, was = withoutMember(body, l.Name())
	}
	values[drive.Body] = body
	return values, was, nil
}

func takesJSON(op *specs.Operation) bool {
	return op.Body != nil && slices.ContainsFunc(op.Body.Content, func(m specs.MediaType) bool { return strings.Contains(m.Type, "json") })
}

// withoutMember takes a member out of a JSON object and keeps the writing of all else; was is the member's text.
func withoutMember(body []byte, name string) (rest []byte, was string) {
	dec := json.NewDecoder(bytes.NewReader(body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return body, ""
	}
	out := []byte{'{'}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return body, ""
		}
		var raw json.RawMessage
		if dec.Decode(&raw) != nil {
			return body, ""
		}
		if key == name {
			_ = json.Unmarshal(raw, &was)
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		written, err := json.Marshal(key)
		if err != nil {
			return body, ""
		}
		out = append(append(append(out, written...), ':'), raw...)
	}
	if was == "" {
		return body, ""
	}
	return append(out, '}'), was
}

// valueAt is what a prepared request has at a place.
func valueAt(r *drive.Request, l specs.Location) string {
	switch l.Place() {
	case specs.PlaceHeader:
		return r.Header.Get(l.Name())
	case specs.PlaceBody:
		for _, text := range [][]byte{r.Plain, r.Body} {
			if v, ok := textAt(text, l.Pointer()); ok {
				return v
			}
		}
		return ""
	}
	for _, one := range r.Parameters {
		if one.Name == l.Name() {
			return one.Value
		}
	}
	return ""
}

// textAt is the text, or the number as it is written, at a pointer into JSON.
func textAt(text []byte, pointer string) (string, bool) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return "", false
	}
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		record, ok := v.(map[string]any)
		if !ok {
			return "", false
		}
		v = record[specs.UnescapePointer(token)]
	}
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	}
	return "", false
}

// sealedPart finds the ciphertext that a contract of the user's own seals deep in a body, of requests or of replies, or in a
// field of a form: where it stands, and the text itself.
func sealedPart(c *specs.Contract, operation string, text []byte) (where string, inner []byte, ok bool) {
	text = bytes.TrimSpace(text)
	for _, op := range c.Operations {
		s := op.Wire.Seal
		if s == nil || operation != "" && op.ID != operation {
			continue
		}
		for _, part := range []string{s.RequestPart(), s.ResponsePart()} {
			if !strings.HasPrefix(part, "/") {
				continue
			}
			if held, ok := textAt(text, part); ok && held != "" {
				return part, []byte(held), true
			}
			form, err := url.ParseQuery(string(text))
			if held := form.Get(specs.UnescapePointer(part[1:])); err == nil && held != "" {
				return part, []byte(held), true
			}
		}
	}
	return "", nil, false
}
