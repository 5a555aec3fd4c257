package record

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"understudy/mock"
	"understudy/mock/mask"
	"understudy/scenarios"
	"understudy/specs"
)

// SessionConfig says what of a session becomes a recording. Server and Vendor are needed.
type SessionConfig struct {
	Server *mock.Server
	// Session is its name; "" is the default session.
	Session string
	Vendor  string
	// Masker replaces what must not be kept; nil means one with a random key, which knows the session's credentials.
	Masker *mask.Masker
}

// FromSession makes a recording of what the journal of a session holds of a vendor, masked. Dropped counts older exchanges, of
// whichever vendor, that the journal has let go. The error is [mock.ErrSessionOver], or says that the vendor is not played.
func FromSession(ctx context.Context, config SessionConfig) (r *scenarios.Recording, dropped int64, err error) {
	server := config.Server
	if server == nil {
		return nil, 0, errors.New("record: SessionConfig.Server is nil")
	}
	session, known := server.LookupSession(orElse(config.Session, "default"))
	if !known && config.Session != "" && config.Session != "default" {
		return nil, 0, mock.ErrSessionOver
	}
	c, credentials, err := played(server, session, config.Vendor)
	if err != nil {
		return nil, 0, err
	}
	masker := config.Masker
	if masker == nil {
		if masker, err = mask.New(mask.Config{Contract: c, Secrets: textsOf(credentials)}); err != nil {
			return nil, 0, err
		}
	}
	if r, err = Head(c); err != nil {
		return nil, 0, err
	}
	list, dropped, _ := server.Recorded(config.Session, c.Vendor) // none of a session that is not made yet
	for _, x := range list {
		if x.Clock.Sub(x.At).Abs() < time.Second {
			x.Clock = time.Time{} // the clock runs with real time
		}
		masked(masker, x)
		r.Exchanges = append(r.Exchanges, x)
	}
	if err := addForwarded(r, server.Forwarded(config.Session, c.Vendor), OpenerConfig{Contract: c, Credentials: []mock.Credentials{credentials}}, masker); err != nil {
		return nil, 0, err
	}
	conclude(r)
	return r, dropped, ctx.Err()
}

// addForwarded puts what the vendor has sent to its clients among the calls, by time.
func addForwarded(r *scenarios.Recording, sent []mock.Forwarded, config OpenerConfig, masker *mask.Masker) error {
	if len(sent) == 0 {
		return nil
	}
	opener, err := NewOpener(config)
	if err != nil {
		return err
	}
	defer func() { _ = opener.Close() }() // nothing is under way
	for _, f := range sent {
		target, err := url.Parse(f.URL)
		if err != nil {
			continue // it was posted to, so it is none
		}
		x := opener.Open(&Heard{
			Method: http.MethodPost, URL: target, Header: http.Header{"Content-Type": {"application/json"}}, Body: f.Body,
			Status: f.Status, Broken: f.Broken, ReplyUnkept: f.Status != 0, At: f.At, Took: f.Took,
		})
		if x.Callback == "" {
			continue
		}
		if f.Clock.Sub(f.At).Abs() >= time.Second {
			x.Clock = f.Clock
		}
		masked(masker, x)
		r.Exchanges = append(r.Exchanges, x)
	}
	slices.SortStableFunc(r.Exchanges, func(a, b *scenarios.Exchange) int { return a.At.Compare(b.At) })
	for i, x := range r.Exchanges {
		x.Number = i + 1
	}
	return nil
}

// played are the contract and the credentials of a vendor as a session has them; a nil session is one that is not made yet.
func played(server *mock.Server, session *mock.Session, vendor string) (*specs.Contract, mock.Credentials, error) {
	contracts := server.Contracts()
	i := slices.IndexFunc(contracts, func(c *specs.Contract) bool { return c.Vendor == vendor })
	if i < 0 {
		return nil, nil, fmt.Errorf("record: no vendor %q is played", vendor)
	}
	c := contracts[i]
	credentials, _ := server.Credentials(vendor)
	if session == nil {
		return c, credentials, nil
	}
	own := map[string]string{}
	for id, name := range session.Info().Readings {
		if slices.ContainsFunc(c.Unclear, func(u specs.Unclear) bool { return u.ID == id }) {
			own[id] = name
		}
	}
	c, err := c.With(own)
	return c, session.Credentials(vendor), err
}

func textsOf(credentials mock.Credentials) []string {
	var list []string
	for _, slot := range credentials {
		if slot.Text != "" {
			list = append(list, slot.Text)
		}
		for _, t := range slot.Tokens {
			list = append(list, t.Value)
		}
	}
	return list
}
