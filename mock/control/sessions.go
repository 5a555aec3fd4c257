package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"understudy/mock"
	"understudy/mock/internal/session"
	"understudy/specs"
)

// sessionView is how a session stands, and where its clients begin.
type sessionView struct {
	mock.SessionInfo
	Shift    string            `json:"shift"`
	BaseURLs map[string]string `json:"baseUrls"`
	// Credentials are told where a session is made, and only its own ones.
	Credentials map[string]map[string]credential `json:"credentials,omitempty"`
}

func (h *handlers) view(c *call, s *mock.Session) sessionView {
	info := s.Info()
	v := sessionView{SessionInfo: info, Shift: info.Shift.String(), BaseURLs: map[string]string{}}
	if h.BaseURL == nil {
		return v
	}
	host, _ := parseHost(c.request.Host)
	prefix := info.Prefix
	if info.Name == session.Default {
		prefix = "" // callers that name no session are in it
	}
	for _, contract := range h.Server.Contracts() {
		if base := below(h.BaseURL(contract.Vendor, host.name), prefix); base != "" {
			v.BaseURLs[contract.Vendor] = base
		}
	}
	return v
}

// below puts a session's prefix in front of the path of a URL; "" for what is no URL.
func below(base, prefix string) string {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host + prefix + u.EscapedPath()
}

func (h *handlers) listSessions(c *call) error {
	list := []sessionView{}
	for _, name := range h.Server.Sessions() {
		if s, ok := h.Server.LookupSession(name); ok {
			list = append(list, h.view(c, s))
		}
	}
	return c.answer(http.StatusOK, map[string][]sessionView{"sessions": list})
}

func (h *handlers) readSession(c *call) error {
	s, err := h.session(c)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, h.view(c, s))
}

func (h *handlers) createSession(c *call) error {
	var body struct {
		Name            string
		Seed            *int64
		Readings        map[string]string
		SignatureWindow string
		OwnCredentials  *bool
		Credentials     map[string]map[string]credential
		Faults          []json.RawMessage
	}
	if err := c.into(&body); err != nil {
		return err
	}
	config := mock.SessionConfig{
		Name: body.Name, Seed: body.Seed, Readings: body.Readings, SignatureWindow: body.SignatureWindow,
		OwnCredentials: body.OwnCredentials == nil || *body.OwnCredentials,
	}
	credentials, wrong := credentialsOf(h.Server.Contracts(), body.Credentials)
	config.Credentials = credentials
	for i, text := range body.Faults {
		f, err := h.fault(text, fmt.Sprintf("/faults/%d", i))
		wrong = append(wrong, err...)
		config.Faults = append(config.Faults, f)
	}
	if len(wrong) > 0 {
		return violated(withLines(c.body, wrong))
	}
	s, err := h.Server.NewSession(config)
	switch {
	case errors.Is(err, mock.ErrSessionExists):
		return fail(http.StatusConflict, "session-exists", "there is a session of that name; choose another, reset it, or drop it first")
	case err != nil:
		return sessionFailure(err)
	}
	v := h.view(c, s)
	if config.OwnCredentials {
		v.Credentials = map[string]map[string]credential{}
		for _, contract := range h.Server.Contracts() {
			v.Credentials[contract.Vendor] = credentialsView(s.Credentials(contract.Vendor))
		}
	}
	c.w.Header().Set("Location", "/sessions/"+s.Name())
	return c.answer(http.StatusCreated, v)
}

// sessionFailure is what the engine has against a session. Its words hold no credential.
func sessionFailure(err error) error {
	switch {
	case errors.Is(err, mock.ErrSessionOver):
		return unknownSession()
	case errors.Is(err, mock.ErrSessionName):
		return fail(http.StatusBadRequest, "session-name", err.Error())
	case errors.Is(err, mock.ErrSessionLimit):
		return fail(http.StatusServiceUnavailable, "session-limit", err.Error())
	}
	return fail(http.StatusBadRequest, "session", strings.ReplaceAll(err.Error(), "\n", "; "))
}

// changeSession begins with what can fail, so that a change is made as a whole or not at all.
func (h *handlers) changeSession(c *call) error {
	s, err := h.session(c)
	if err != nil {
		return err
	}
	var body struct {
		Seed            *int64
		Readings        *map[string]string
		SignatureWindow *string
	}
	if err := c.into(&body); err != nil {
		return err
	}
	if body.Readings != nil {
		if err := s.SetReadings(*body.Readings); err != nil {
			return sessionFailure(err)
		}
	}
	if body.SignatureWindow != nil {
		if err := s.SetSignatureWindow(*body.SignatureWindow); err != nil {
			return sessionFailure(err)
		}
	}
	if body.Seed != nil {
		s.SetSeed(*body.Seed)
	}
	return c.answer(http.StatusOK, h.view(c, s))
}

// resetSession gives a session a new life. One that is not there yet is made, so that a test may begin with a reset.
func (h *handlers) resetSession(c *call) error {
	s, err := h.Server.Session(c.text("name"))
	if err != nil {
		return sessionFailure(err)
	}
	s.Reset()
	return c.answer(http.StatusOK, map[string]string{"session": s.Name()})
}

// dropSession ends a session and everything in it. The next caller that names it finds a new one.
func (h *handlers) dropSession(c *call) error {
	if !h.Server.Drop(c.text("name")) {
		return unknownSession()
	}
	return c.done()
}

// revokeToken never says whether there was such a token.
func (h *handlers) revokeToken(c *call) error {
	s, err := h.session(c)
	if err != nil {
		return err
	}
	var body struct{ Token string }
	if err := c.into(&body); err != nil {
		return err
	}
	s.RevokeToken(body.Token)
	return c.done()
}

// credential is one in JSON: a text, or a list of tokens.
type credential struct {
	text   string
	tokens []token
}

type token struct {
	Value   string `json:"value"`
	Account string `json:"account,omitempty"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (c *credential) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		return json.Unmarshal(text, &c.text)
	}
	return json.Unmarshal(text, &c.tokens)
}

// MarshalJSON implements [json.Marshaler].
func (c credential) MarshalJSON() ([]byte, error) {
	if c.tokens != nil {
		return json.Marshal(c.tokens)
	}
	return json.Marshal(c.text)
}

// credentialsOf takes given credentials over and says which vendors and slots there are not, without a word of what was given.
func credentialsOf(contracts []*specs.Contract, given map[string]map[string]credential) (map[string]mock.Credentials, []Violation) {
	var wrong []Violation
	add := func(pointer, expected, got string) {
		wrong = append(wrong, Violation{In: "body", Pointer: pointer, Keyword: "credential", Expected: expected, Got: got})
	}
	out := map[string]mock.Credentials{}
	for _, vendor := range sortedKeys(given) {
		i := slices.IndexFunc(contracts, func(c *specs.Contract) bool { return c.Vendor == vendor })
		if i < 0 {
			var names []string
			for _, c := range contracts {
				names = append(names, c.Vendor)
			}
			add("/credentials/?", "one of "+strings.Join(names, ", "), "another name")
			continue
		}
		slots := contracts[i].Slots()
		out[vendor] = mock.Credentials{}
		for _, name := range sortedKeys(given[vendor]) {
			at := slices.IndexFunc(slots, func(s specs.Slot) bool { return s.Name == name })
			one := given[vendor][name]
			switch {
			case at < 0:
				var names []string
				for _, s := range slots {
					names = append(names, s.Name)
				}
				add("/credentials/"+vendor+"/?", "one of "+strings.Join(names, ", "), "another name")
			case slots[at].List && one.tokens == nil:
				add("/credentials/"+vendor+"/"+name, `a list of tokens, such as [{"value": "TOKEN"}]`, "one text")
			case !slots[at].List && one.tokens != nil:
				add("/credentials/"+vendor+"/"+name, "one text", "a list")
			default:
				kept := mock.Credential{Text: one.text}
				for _, t := range one.tokens {
					kept.Tokens = append(kept.Tokens, mock.Token{Value: t.Value, Account: t.Account})
				}
				out[vendor][name] = kept
			}
		}
	}
	return out, wrong
}

func credentialsView(all mock.Credentials) map[string]credential {
	view := map[string]credential{}
	for name, one := range all {
		c := credential{text: one.Text}
		for _, t := range one.Tokens {
			c.tokens = append(c.tokens, token{t.Value, t.Account})
		}
		view[name] = c
	}
	return view
}
