package eazytec

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// envelope is what the three documented answers have between them.
type envelope struct {
	status   *int64 // the body's own status (E-22), a number or quoted (E-35)
	ok       *bool  // oK in any case (E-20); false when any spelling of it is false
	fault    string // error of the OAuth2 shape (E-23)
	data     string // the id or the error text (E-21)
	message  string
	readable error // why data is no text, which matters to a success only
}

// echoed finds what a vendor's text says after the word token or Bearer: the vendor puts the rejected token there, even cut short (E-24).
var echoed = regexp.MustCompile(`(?i)(token["']?\s*[:=：]\s*|bearer\s+)\S+`)

func decode(body []byte) (envelope, error) {
	f, err := rest.ParseObject(body, "")
	if err != nil {
		return envelope{}, err
	}
	e := envelope{status: f.IntPointer("status"), fault: plainText(f, "error")}
	for _, name := range f.Names() {
		if len(name) == len("oK") && strings.EqualFold(name, "oK") {
			if b := f.BoolPointer(name); b != nil && (e.ok == nil || *e.ok) {
				e.ok = b
			}
		}
	}
	if f.Err() != nil {
		return envelope{}, f.Err()
	}
	if e.message = plainText(f, "data"); e.message == "" {
		e.message = plainText(f, "msg")
	}
	if e.message == "" {
		e.message = plainText(f, "message")
	}
	e.data, e.readable = f.Text("data"), f.Err()
	return e, nil
}

// plainText gives a member that is a string, "" for anything else: an error text in an odd type must not hide the error.
func plainText(f *rest.Fields, name string) string {
	text, _ := rest.Unquote(f.Raw(name))
	return text
}

// read judges a reply: the body's status first, then the HTTP status (E-22). It gives the outbox id of a success.
func read(r rest.Reply) (string, error) {
	e, err := decode(r.Body)
	if err == nil && e.status == nil && e.ok == nil && e.fault == "" {
		err = rest.Undecodable("the reply has neither status nor oK nor error")
	}
	switch {
	case err != nil && !r.OK():
		return "", rest.NoEnvelope
	case err != nil:
		return "", err
	case e.success() && e.fault == "" && r.OK():
		if e.readable == nil && e.data == "" {
			return "", rest.Undecodable("/data: missing or empty, though the message was accepted")
		}
		return e.data, e.readable
	case e.success():
		// Two answers in one: it may have been sent, so it must not be repeated, not even for a 401.
		return "", contradiction(r.Status)
	}
	return "", e.refusal(r.Status)
}

// success needs status 200 and no oK that is false; without a status, oK must be true.
func (e envelope) success() bool {
	if e.status == nil {
		return e.ok != nil && *e.ok
	}
	return *e.status == http.StatusOK && (e.ok == nil || *e.ok)
}

func contradiction(status int) error {
	condition := adapters.ErrDecode
	if status >= 500 {
		condition = rest.StatusCondition(status)
	}
	return &adapters.Error{Condition: condition, UnknownOutcome: true, Fault: adapters.FaultVendor,
		Err: rest.Undecodable("the body says that the message was sent, and the HTTP status or the error member says the opposite")}
}

// refusal reads the vendor's no. An invalid token's text is dropped whole, because it repeats the token.
func (e envelope) refusal(status int) error {
	code, effective := echoed.ReplaceAllString(e.fault, "${1}***"), int64(status)
	if e.status != nil {
		code = strconv.FormatInt(*e.status, 10)
		if *e.status != http.StatusOK {
			effective = *e.status
		}
	}
	if e.fault == "invalid_token" || status == http.StatusUnauthorized || effective == http.StatusUnauthorized {
		if e.fault == "invalid_token" || code == "" {
			code = "invalid_token"
		}
		return &adapters.Error{Condition: adapters.ErrUnauthorized, Code: code}
	}
	failure := &adapters.Error{Condition: adapters.ErrRejected, Code: code, Message: echoed.ReplaceAllString(e.message, "${1}***")}
	if effective >= 400 && effective <= 599 {
		failure.Condition = rest.StatusCondition(int(effective))
	}
	failure.UnknownOutcome = rest.Undecided(status) || rest.Undecided(int(effective)) // E-26
	return failure
}
