package drive

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// UnsealError says why a text could not be opened, and what would have worked on it.
type UnsealError struct {
	// ID is stable, in kebab case; Detail has facts about the mistake, never a key or opened text.
	ID     string
	Detail map[string]string
	reason string
}

// Error tells the mistake in English.
func (e *UnsealError) Error() string { return e.Text("en") }

// Text tells the mistake in "zh" or in English.
func (e *UnsealError) Text(lang string) string {
	if e.ID == "" {
		return e.reason
	}
	return (&diagnosis.Diagnosis{ID: e.ID, Detail: e.Detail}).Text(lang)
}

func unseal(cipher *wire.Cipher, text []byte) ([]byte, *UnsealError) {
	plain, failed := cipher.Open(nil, text)
	if failed == nil {
		return plain, nil
	}
	found := cipher.DiagnoseOpen(text)
	return nil, &UnsealError{ID: found.ID, Detail: found.Detail, reason: failed.Error()}
}

// SchemeError says that an operation has to be named, or that none has what is asked for.
type SchemeError struct {
	Vendor, What string
	// Operations are those to choose from; empty when there is none.
	Operations []string
}

// Error says which operations there are.
func (e *SchemeError) Error() string {
	if len(e.Operations) == 0 {
		return fmt.Sprintf("%s %s nothing", e.Vendor, e.What)
	}
	return fmt.Sprintf("%s %s in several ways; name one of the operations %s", e.Vendor, e.What, strings.Join(e.Operations, ", "))
}

// Seal ciphers a text as an operation's requests or replies are, or its sealed member. The operation may be "" where all that
// seal do it alike. Errors are *[OperationError], *[SchemeError], *[CredentialError], and a key of a wrong length.
func (c *Client) Seal(operation string, plain []byte) ([]byte, error) {
	_, cipher, err := c.schemeCipher(operation)
	if err != nil {
		return nil, err
	}
	return cipher.Seal(nil, plain), nil
}

// Unseal opens a ciphertext, as it stands or as a request carries it: in a JSON text, in the only field of a form, in the
// member of a body that is sealed. Errors are those of [Client.Seal] and *[UnsealError].
func (c *Client) Unseal(operation string, text []byte) ([]byte, error) {
	p, cipher, err := c.schemeCipher(operation)
	if err != nil {
		return nil, err
	}
	plain, failed := unseal(cipher, carried(p.Wire.Seal, bytes.TrimSpace(text)))
	if failed != nil {
		return nil, failed
	}
	return plain, nil
}

// carried is the ciphertext in what carries it; the text itself where nothing does.
func carried(s *specs.Seal, text []byte) []byte {
	var v any
	if len(text) > 0 && (text[0] == '{' || text[0] == '"') {
		v, _ = wire.DecodeJSON(text, wire.JSONOptions{DuplicateNames: true})
	}
	switch v := v.(type) {
	case string:
		return []byte(v)
	case map[string]any:
		if inner, ok := v[specs.UnescapePointer(strings.TrimPrefix(s.Part, "/"))].(string); ok && s.Part != "body" {
			return []byte(inner)
		}
		return text
	}
	name, rest, ok := bytes.Cut(text, []byte("="))
	if !slices.Contains(s.Carriers, "form") || !ok || len(name) == 0 || len(bytes.TrimRight(rest, "=")) == 0 || bytes.ContainsAny(text, "&{") {
		return text
	}
	if pairs, err := wire.ParseForm(text); err == nil && len(pairs) == 1 {
		return []byte(pairs[0].Value)
	}
	return text
}

func (c *Client) schemeCipher(operation string) (*plan, *wire.Cipher, error) {
	p, err := c.scheme(operation, "seals", func(w specs.Wire) string {
		if w.Seal == nil {
			return ""
		}
		s := *w.Seal
		iv := specs.IV{}
		if s.IV != nil {
			iv = *s.IV
		}
		return fmt.Sprint(s.Cipher, s.Mode, s.Padding, s.Encoding, s.Key, iv)
	})
	if err != nil {
		return nil, nil, err
	}
	cipher, err := c.cipher(p)
	return p, cipher, err
}

// scheme picks the operation whose scheme is meant: the named one, or any if all that have one have the same.
func (c *Client) scheme(operation, what string, of func(specs.Wire) string) (*plan, error) {
	var names, kinds []string
	for _, op := range c.contract.Operations {
		if operation != "" && op.ID != operation {
			continue
		}
		if kind := of(op.Wire); kind != "" {
			names = append(names, op.ID)
			if !slices.Contains(kinds, kind) {
				kinds = append(kinds, kind)
			}
		}
	}
	if operation != "" {
		if _, err := c.plan(operation); err != nil {
			return nil, err
		}
	}
	if len(kinds) == 1 {
		return c.plan(names[0])
	}
	vendor := c.contract.Vendor
	if operation != "" {
		vendor += "." + operation
	}
	return nil, &SchemeError{Vendor: vendor, What: what, Operations: names}
}

// Signature is what [Client.Sign] gives.
type Signature struct {
	// Text is the signature.
	Text string
	// Digest is the one that made it, Signed the text that was signed; Wrapped says that the secret stands before and
	// behind it, and is no key.
	Digest, Signed string
	Wrapped        bool
	// Parameter carries the signature; Secret is the slot of the secret.
	Parameter, Secret string
}

// Sign signs parameters as they are given: nothing is added to them, and the one that carries the signature is left out. The
// digest is the one that they name, else the contract's first. Errors are those of [Client.Seal].
func (c *Client) Sign(operation string, parameters []Parameter) (*Signature, error) {
	p, err := c.scheme(operation, "signs", func(w specs.Wire) string {
		if w.Sign == nil {
			return ""
		}
		return fmt.Sprintf("%+v", *w.Sign)
	})
	if err != nil {
		return nil, err
	}
	s := p.Wire.Sign
	var pairs wire.Pairs
	for _, one := range parameters {
		pairs = append(pairs, wire.Pair{Name: one.Name, Value: one.Value, In: one.In})
	}
	out := &Signature{Digest: s.Digests[0], Signed: wire.Canonical(pairs, s.Parameter), Parameter: s.Parameter, Secret: s.Secret}
	if named, _ := pairs.Get(s.MethodParameter); slices.Contains(s.Digests, named) {
		out.Digest = named
	}
	out.Wrapped = out.Digest == wire.DigestMD5
	secret, err := c.text(s.Secret)
	if err != nil {
		return nil, err
	}
	out.Text, err = wire.Sign(pairs, wire.SignConfig{Skip: s.Parameter, Digest: out.Digest, Secret: secret})
	return out, err
}
