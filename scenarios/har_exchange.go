package scenarios

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Exchange reads an entry of a recording of ours. The error says what of it cannot be; an entry without _understudy has
// none to give.
func (e *Entry) Exchange() (*Exchange, error) { return e.exchange(e.Number) }

func (e *Entry) exchange(place int) (*Exchange, error) {
	if e.Understudy == nil {
		return nil, errors.New("it has no " + keyOwn + ": it is not of this recording")
	}
	if e.Request == nil || e.Response == nil {
		return nil, errors.New("it lacks its request or its response")
	}
	var own ownEntry
	if err := strictly(e.Understudy, &own); err != nil {
		return nil, fmt.Errorf("%s: %w", keyOwn, err)
	}
	x := &Exchange{Number: place, Took: duration(e.Time), Operation: own.Operation, Callback: own.Callback, Session: own.Session}
	if own.Number != nil {
		x.Number = *own.Number
	}
	var err error
	if x.At, err = instant("startedDateTime", e.Started); err != nil {
		return nil, err
	}
	if own.Clock != "" {
		if x.Clock, err = instant(keyOwn+".clock", own.Clock); err != nil {
			return nil, err
		}
	}
	if err := own.Request.read(e.Request, &x.Request); err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if err := own.Response.read(e.Response, &x.Response); err != nil {
		return nil, fmt.Errorf("response: %w", err)
	}
	return x, nil
}

func (own *ownRequest) read(e *EntryRequest, r *Request) error {
	r.Method = e.Method
	var ok bool
	if r.Path, ok = pathOf(e.URL); !ok && own.Path == nil {
		return errors.New("url is none with a host")
	}
	if own.Path != nil {
		r.Path = *own.Path
	}
	r.Parameters = parametersOf(e)
	var err error
	if own.Parameters != nil {
		if r.Parameters, err = parametersFrom(*own.Parameters); err != nil {
			return err
		}
	}
	if e.Post != nil {
		r.MediaType = e.Post.MediaType
		text := e.Post.Text
		if text == "" && e.Post.Encoding == "" {
			text = FormOf(e.Post.Params)
		}
		if r.Body, err = bodyFrom(text, e.Post.Encoding); err != nil {
			return err
		}
	}
	return own.Wire.into(&r.Wire)
}

func (own *ownResponse) read(e *EntryResponse, r *Response) error {
	r.Status, r.MediaType = int(e.Status), e.Content.MediaType
	r.Outcome, r.Error, r.Broken = own.Outcome, own.Error, own.Broken
	if r.MediaType == mediaUnknown {
		r.MediaType = ""
	}
	if own.MediaType != nil {
		r.MediaType = *own.MediaType
	}
	for _, p := range e.Headers {
		r.Header = append(r.Header, Parameter{Name: p.Name, Value: p.Value})
	}
	var err error
	if own.Header != nil {
		if r.Header, err = parametersFrom(*own.Header); err != nil {
			return err
		}
	}
	if e.Content.Text != nil {
		if r.Body, err = bodyFrom(*e.Content.Text, e.Content.Encoding); err != nil {
			return err
		}
	}
	if !slices.Contains([]string{"", OutcomeOK, OutcomeVendorError, OutcomeUnexplained, OutcomeBroken}, r.Outcome) {
		return errors.New("outcome is none of ok, vendor-error, unexplained and broken")
	}
	if !slices.Contains([]string{"", BrokenReset, BrokenTimeout, BrokenTruncated, BrokenRefused}, r.Broken) {
		return errors.New("broken is none of reset, timeout, truncated and refused")
	}
	if r.Status < 0 || r.Status > 999 {
		return errors.New("status is none of HTTP")
	}
	return own.Wire.into(&r.Wire)
}

func (w *Wire) into(target *Wire) error {
	if w == nil {
		return nil
	}
	if !slices.Contains([]string{"", SealOpened, SealPlain, SealUnopened}, w.Seal) {
		return errors.New("wire.seal is none of opened, plain and unopened")
	}
	*target = *w
	return nil
}

// bodyFrom is strict where [Decoded] is not: in a recording of ours the encoding is no guess.
func bodyFrom(text, encoding string) ([]byte, error) {
	switch {
	case text == "":
		return nil, nil
	case encoding == "":
		return []byte(text), nil
	case encoding != inBase64:
		return nil, errors.New("the encoding of the body is not base64")
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("the body is not the base64 that its encoding says")
	}
	return raw, nil
}

// pathOf is what follows the host of an absolute URL, up to its query.
func pathOf(address string) (string, bool) {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return "", false
	}
	rest, _, _ = strings.Cut(rest, "?")
	i := strings.IndexByte(rest, '/')
	if i < 0 {
		return "", true
	}
	return rest[i:], true
}

// parametersOf reads the parameters in the standard fields: those of the query from the URL, which has every byte.
func parametersOf(e *EntryRequest) []Parameter {
	var all []Parameter
	_, query, _ := strings.Cut(e.URL, "?")
	for _, p := range QueryOf(query) {
		all = append(all, Parameter{In: "query", Name: p.Name, Value: p.Value})
	}
	for _, p := range e.Headers {
		all = append(all, Parameter{In: "header", Name: p.Name, Value: p.Value})
	}
	for _, p := range e.Cookies {
		all = append(all, Parameter{In: "cookie", Name: p.Name, Value: p.Value})
	}
	return all
}

func queryEscaped(p Parameter) string {
	return url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value)
}

func parametersFrom(list []ownPair) ([]Parameter, error) {
	var all []Parameter
	for _, p := range list {
		if p.Encoding != "" {
			name, err := bodyFrom(p.Name, p.Encoding)
			value, wrong := bodyFrom(p.Value, p.Encoding)
			if err != nil || wrong != nil {
				return nil, errors.New("a parameter is not the base64 that its encoding says")
			}
			p.Name, p.Value = string(name), string(value)
		}
		all = append(all, p.Parameter)
	}
	return all, nil
}
