// Package weixiao is both ends of the hub between Tencent 微校 and a school's own projects. Client manages the projects that get pushes
// (推送项目) and can push by itself; Receiver takes the pushes, straight from the platform or forwarded by the hub.
//
// # How little the seal protects
//
// The AES key of a push is the app_key, which travels in clear in the same message; the app_secret only supplies the iv and so hides the
// first 16 bytes. Whoever sees one push reads everything after them, and where they can be guessed, as `{"card_number":"` can, computes the
// iv and seals pushes that the receiver cannot tell from real ones. Nothing is signed, and there is neither a timestamp nor an event id
// (W-38). So serve a Receiver over https, let only the platform's or the hub's addresses reach it, and take a push as a hint about what
// to look up rather than as proof where much depends on it. A push forwarded as Plaintext (W-35) has not even that seal, so a Receiver takes
// none unless its Form says so.
package weixiao

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

const vendor = "weixiao"

// AddForm is where addPushProject puts its fields: the document calls them query parameters and shows a body (W-8).
type AddForm int

// The forms.
const (
	// FormBody sends them as a form in the body.
	FormBody AddForm = iota
	// QueryParameters sends them in the query, with no body.
	QueryParameters
)

// Encoding is how the sealed bytes of raw_data are written (W-26). A Receiver reads both.
type Encoding int

// The encodings.
const (
	// Hex writes lower-case hex.
	Hex Encoding = iota
	// Base64 writes the standard alphabet with padding.
	Base64
)

// Config is the hub and how its installation reads requests. Only BaseURL is required.
type Config struct {
	// BaseURL is the hub's address; /wx/push/… and /wx/wxc/receive are appended to it (W-37). The document's own is a private address with
	// plain HTTP, which needs HTTP.AllowPlainHTTP.
	BaseURL string
	// AuthHeader and AuthValue are a header that is sent with every call. The error list speaks of a header and a token, and the document
	// names none, so nothing is sent by default (W-19). Give both or neither.
	AuthHeader, AuthValue string
	// AddForm says where addPushProject puts its fields. The zero value is a form body.
	AddForm AddForm
	// AppKey and AppSecret are the application's, needed for ReceivePush only. Give both or neither.
	AppKey, AppSecret string
	// Encoding says how ReceivePush writes raw_data. The zero value is hex.
	Encoding Encoding
	// HTTP is how the client talks.
	HTTP adapters.Config
}

// String shows nothing, because some fields are secrets.
func (Config) String() string { return "weixiao.Config{***}" }

// GoString gives what String gives.
func (c Config) GoString() string { return c.String() }

// LogValue gives what String gives.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Client speaks to one hub. Make one with New; it is safe for concurrent use.
type Client struct {
	rest   *rest.Client
	config Config
	sealer *sealer // nil without AppKey
}

// New checks the configuration. Its error is an *adapters.Error with adapters.ErrInvalid that names the field.
func New(config Config) (*Client, error) {
	switch {
	case config.AddForm < FormBody || config.AddForm > QueryParameters:
		return nil, rest.Invalid(vendor, "", "AddForm must be FormBody or QueryParameters")
	case config.Encoding < Hex || config.Encoding > Base64:
		return nil, rest.Invalid(vendor, "", "Encoding must be Hex or Base64")
	case (config.AuthHeader == "") != (config.AuthValue == ""):
		return nil, rest.Invalid(vendor, "", "AuthHeader and AuthValue belong together: give both or neither")
	case strings.ContainsFunc(config.AuthHeader, notInName):
		return nil, rest.Invalid(vendor, "", "AuthHeader is not the name of a header")
	case slices.Contains([]string{"Host", "Content-Length", "Content-Type", "Transfer-Encoding", "Accept-Encoding", "User-Agent"},
		http.CanonicalHeaderKey(config.AuthHeader)):
		return nil, rest.Invalid(vendor, "", "AuthHeader is a header that the client sets by itself")
	case (config.AppKey == "") != (config.AppSecret == ""):
		return nil, rest.Invalid(vendor, "", "AppKey and AppSecret belong together: give both or neither")
	}
	c := &Client{config: config}
	if config.AppKey != "" {
		s, err := newSealer(config.AppKey, config.AppSecret)
		if err != nil {
			return nil, rest.Invalid(vendor, "", "%w", err)
		}
		c.sealer = &s
	}
	var err error
	c.rest, err = rest.New(rest.Options{
		Vendor: vendor, BaseURL: config.BaseURL, HTTP: config.HTTP,
		Secrets: []string{config.AuthValue, config.AppKey, config.AppSecret},
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// notInName finds what a header name may not hold (RFC 9110 section 5.6.2).
func notInName(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-.^_`|~", r))
}

// String shows nothing of the account.
func (Client) String() string { return "weixiao.Client" }

// GoString shows nothing of the account.
func (c Client) GoString() string { return c.String() }

func (c *Client) header() http.Header {
	h := http.Header{}
	if c.config.AuthHeader != "" {
		h.Set(c.config.AuthHeader, c.config.AuthValue)
	}
	return h
}
