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
	sealed  bool
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
	if err == nil && e.ok() && !e.sealed {
		// Failures may come in clear (Z-6). A success that nobody with the key has sealed proves nothing.
		err = rest.Undecodable("the reply says success in plain JSON, and every success is sealed")
	}
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
	value, err := unwrap(e.result)
	if err != nil {
		return err
	}
	return result(value)
}

// decode opens a sealed or plain envelope: a body that begins with { is plain (Z-6), one in quotes is a JSON string holding the
// sealed text. What is inside the result is left to its reader, or one bad row would spoil all of a pull.
func (c *Client) decode(body []byte) (envelope, error) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return envelope{}, rest.Undecodable("the reply is empty")
	}
	plain, sealed := body, body[0] != '{'
	if sealed {
		text := string(body)
		if body[0] == '"' {
			if rest.CheckJSON(body) != nil {
				return envelope{}, rest.Undecodable("%s", errUnopened)
			}
			text, _ = rest.Unquote(body)
		}
		opened, err := c.sealer.open(text)
		if err != nil {
			return envelope{}, rest.Undecodable("%s", errUnopened)
		}
		plain = opened
	}
	f, err := rest.ParseObjectExcept(plain, "", "result")
	switch {
	case err != nil && sealed:
		// A wrong key passes the padding about once in 256 times, so broken JSON says no more than broken padding (Z-11).
		return envelope{}, rest.Undecodable("%s", errUnopened)
	case err != nil:
		return envelope{}, err
	}
	e := envelope{sealed: sealed, code: f.Text("code"), message: f.Text("message"), success: f.BoolPointer("success")}
	if err := f.Err(); err != nil {
		return envelope{}, err
	}
	if e.code == "" {
		return envelope{}, rest.Undecodable("/code: missing")
	}
	e.result = f.Raw("result")
	return e, nil
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
	text, ok := rest.Unquote(raw)
	text = strings.TrimSpace(text)
	switch {
	case !ok:
		return nil, rest.Undecodable("/result: not valid UTF-8")
	case text == "" || text == "null":
		return nil, nil
	case text[0] != '{' && text[0] != '[':
		return raw, nil // a plain text, which only matters to an operation that expects a result
	}
	if err := rest.CheckSyntax([]byte(text)); err != nil {
		return nil, rest.Undecodable("/result: %s", err)
	}
	return []byte(text), nil
}

// badData is the code of wrong credentials (Z-67), and perhaps of a wrong token too (Z-19).
const badData = "50002"

// rejectsToken tells which failures may be cured by a new token. badData also stands for data that are wrong, which a new token does not
// change: the one repeat costs little, and what it fails with counts.
func (c *Client) rejectsToken(e *adapters.Error) bool {
	return e.Condition == adapters.ErrUnauthorized || c.config.TokenCodes == nil && e.Code == badData
}

func (c *Client) tokenCode(code string) bool {
	if c.config.TokenCodes == nil {
		return code == "401"
	}
	return slices.Contains(c.config.TokenCodes, code)
}

// refusal reads the vendor's no. Only 200, 500 and 50002 are documented (Z-18); both failures say that the data are wrong.
func (c *Client) refusal(operation string, status int, e envelope) error {
	failure := &adapters.Error{Condition: adapters.ErrRejected, Code: e.code, Message: e.message}
	switch {
	case status == http.StatusUnauthorized, c.tokenCode(e.code):
		failure.Condition = adapters.ErrUnauthorized
	case operation == "issueToken" && e.code == badData:
		failure.Condition = adapters.ErrUnauthorized
	case e.code == "500", e.code == badData:
		failure.Fault = adapters.FaultCaller
	case status >= 400:
		failure.Condition, failure.UnknownOutcome = rest.StatusCondition(status), rest.Undecided(status)
	}
	return failure
}
