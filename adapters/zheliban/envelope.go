package zheliban

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// envelope is the answer of every operation. Failures come with five members or with two (Z-17).
type envelope struct {
	code    string
	message string
	success *bool
	result  []byte
}

// ok is Z-16.
func (e envelope) ok() bool { return e.code == "200" && (e.success == nil || *e.success) }

// read opens a reply of any HTTP status (Z-7) and hands the result of a successful one to result.
func (c *Client) read(operation string, r rest.Reply, result func([]byte) error) error {
	e, err := c.decode(r.Body)
	if err != nil {
		if !r.OK() {
			return rest.NoEnvelope
		}
		return err
	}
	if !e.ok() {
		return c.refusal(operation, r.Status, e)
	}
	if result == nil {
		return nil
	}
	return result(e.result)
}

// decode opens a sealed or plain envelope: a body that begins with { is plain (Z-6), one in quotes is a JSON string holding the
// sealed text.
func (c *Client) decode(body []byte) (envelope, error) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return envelope{}, rest.Undecodable("the reply is empty")
	}
	plain := body
	if body[0] != '{' {
		text := string(body)
		if body[0] == '"' {
			if rest.CheckJSON(body) != nil {
				return envelope{}, rest.Undecodable("%s", errUnopened)
			}
			text, _ = rest.Unquote(body)
		}
		opened, err := c.sealer.open(text)
		// A wrong key passes the padding about once in 256 times, so broken JSON says no more than broken padding (Z-11).
		if err != nil || rest.CheckJSON(opened) != nil {
			return envelope{}, rest.Undecodable("%s", errUnopened)
		}
		plain = opened
	}
	f, err := rest.ParseObject(plain, "")
	if err != nil {
		return envelope{}, err
	}
	e := envelope{code: f.Text("code"), message: f.Text("message"), success: f.BoolPointer("success")}
	if err := f.Err(); err != nil {
		return envelope{}, err
	}
	if e.code == "" {
		return envelope{}, rest.Undecodable("/code: missing")
	}
	e.result, err = unwrap(f.Raw("result"))
	return e, err
}

// unwrap gives the result as JSON, nil for none: the document calls it a string and shows objects, so both are read (Z-15).
func unwrap(raw []byte) ([]byte, error) {
	switch rest.Kind(raw) {
	case "absent", "null":
		return nil, nil
	case "string":
	default:
		return raw, nil
	}
	text, _ := rest.Unquote(raw)
	if text = strings.TrimSpace(text); text == "" || text == "null" {
		return nil, nil
	}
	if text[0] != '{' && text[0] != '[' {
		return raw, nil // a plain text, which only matters to an operation that expects a result
	}
	if err := rest.CheckJSON([]byte(text)); err != nil {
		return nil, rest.Undecodable("/result: %s", err)
	}
	return []byte(text), nil
}

// refusal reads the vendor's no. Only 200, 500 and 50002 are documented (Z-18); both failures say that the data are wrong.
func (c *Client) refusal(operation string, status int, e envelope) error {
	failure := &adapters.Error{Condition: adapters.ErrRejected, Code: e.code, Message: e.message}
	switch {
	case status == http.StatusUnauthorized, slices.Contains(c.config.TokenCodes, e.code):
		failure.Condition = adapters.ErrUnauthorized
	case operation == "issueToken" && e.code == "50002": // Z-67
		failure.Condition = adapters.ErrUnauthorized
	case e.code == "500", e.code == "50002":
		failure.Fault = adapters.FaultCaller
	case status >= 400:
		failure.Condition, failure.UnknownOutcome = rest.StatusCondition(status), rest.Undecided(status)
	}
	return failure
}
