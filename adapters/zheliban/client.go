// Package zheliban is the client of the 浙里办 check-up reservation sync (体检预约信息同步): a hospital pulls the reservations made for it,
// acknowledges them and reports who has arrived.
//
// The wire is AES/ECB/PKCS5Padding in Base64 both ways. That hides the text from a glance and protects nothing else: there is no integrity
// check and no protection against replay (Z-11), so use https. A failure may come in clear (Z-6); a success in clear is not believed and is
// an adapters.ErrDecode.
package zheliban

import (
	"context"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

const (
	vendor           = "zheliban"
	pullReservations = "pullReservations"
)

// RequestForm is where the cipher text of a request goes; the document contradicts itself (Z-1).
type RequestForm int

// The request forms.
const (
	// RawBody sends the Base64 text as the body.
	RawBody RequestForm = iota
	// FormField sends one form field that holds the Base64 text; Config.FormField is its name.
	FormField
	// QuotedJSON sends the Base64 text as a JSON string.
	QuotedJSON
)

// PullBody is what pullReservations, which has no parameters, sends (Z-4).
type PullBody int

// The bodies of pullReservations.
const (
	// NoBody sends none.
	NoBody PullBody = iota
	// EmptyObject sends a sealed {}.
	EmptyObject
	// EmptyText sends sealed nothing, one block of padding.
	EmptyText
)

// Config is the hospital's account and how this vendor's installation reads requests. BaseURL, APIKey, Secret and AESKey are required.
type Config struct {
	// BaseURL comes from the vendor, by DingTalk (Z-60). /reservation/sync/… is appended to it.
	BaseURL string
	// APIKey and Secret are exchanged for a token.
	APIKey, Secret string
	// AESKey is text of 16, 24 or 32 UTF-8 bytes, neither the APIKey nor the Secret (Z-8, Z-9).
	AESKey string

	// RequestForm says where the cipher text goes. The zero value is the raw body.
	RequestForm RequestForm
	// FormField is the name of the field for RequestForm FormField; the document gives none (Z-2).
	FormField string
	// ContentType replaces application/json; charset=UTF-8, which a vendor that looks at the label wants, or the form type for RequestForm
	// FormField (Z-3).
	ContentType string
	// PullBody says what pullReservations sends. The zero value is no body.
	PullBody PullBody
	// TokenCodes are the codes that mean a rejected token, beside HTTP 401. The document names none (Z-19): nil means 401, and after a 50002,
	// which may mean it, the token is renewed and the call repeated too, once. A 50002 that stays is an adapters.ErrRejected, unless the
	// code is listed here.
	TokenCodes []string
	// TokenMargin is how long before its expiry a token is renewed. Zero means 5 minutes.
	TokenMargin time.Duration

	// HTTP is how the client talks; its MaxBody is 64 MiB when zero, because a pull has no paging (Z-28).
	HTTP adapters.Config
}

// String shows nothing, because most of the fields are secrets.
func (Config) String() string { return "zheliban.Config{***}" }

// GoString gives what String gives.
func (c Config) GoString() string { return c.String() }

// LogValue gives what String gives.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Client speaks for one hospital account. Make one with New; it is safe for concurrent use.
type Client struct {
	rest    *rest.Client
	sealer  sealer
	config  Config
	tokens  *rest.Tokens
	syncing chan struct{}
	pending map[string][]digest // per serial number, what the sink took and is not acknowledged; guarded by syncing
}

// New checks the configuration. Its error is an *adapters.Error with adapters.ErrInvalid that names the field.
func New(config Config) (*Client, error) {
	refuse := func(text string) (*Client, error) { return nil, rest.Invalid(vendor, "", "%s", text) }
	key, err := newSealer(config.AESKey)
	switch {
	case err != nil:
		return refuse(err.Error())
	case config.APIKey == "":
		return refuse("APIKey is empty")
	case config.Secret == "":
		return refuse("Secret is empty")
	case config.RequestForm < RawBody || config.RequestForm > QuotedJSON:
		return refuse("RequestForm must be RawBody, FormField or QuotedJSON")
	case config.PullBody < NoBody || config.PullBody > EmptyText:
		return refuse("PullBody must be NoBody, EmptyObject or EmptyText")
	case (config.RequestForm == FormField) != (config.FormField != ""):
		return refuse("FormField, the name of the form field, belongs to RequestForm FormField and is required there")
	case config.TokenMargin < 0:
		return refuse("TokenMargin must not be negative")
	}
	if config.ContentType == "" {
		config.ContentType = "application/json; charset=UTF-8"
		if config.RequestForm == FormField {
			config.ContentType = "application/x-www-form-urlencoded"
		}
	}
	media, _, err := mime.ParseMediaType(config.ContentType)
	form := media == "application/x-www-form-urlencoded"
	switch {
	case err != nil:
		return refuse("ContentType is not a media type such as application/json; charset=UTF-8")
	case form && config.RequestForm != FormField:
		return refuse("ContentType must not be the form type unless RequestForm is FormField: a form reader would turn + into a space and split at =")
	case !form && config.RequestForm == FormField:
		return refuse("ContentType must be application/x-www-form-urlencoded for RequestForm FormField")
	}
	if config.TokenMargin == 0 {
		config.TokenMargin = 5 * time.Minute
	}
	config.TokenCodes = slices.Clone(config.TokenCodes)
	r, err := rest.New(rest.Options{
		Vendor: vendor, BaseURL: config.BaseURL, HTTP: config.HTTP, MaxBody: 64 << 20,
		Secrets: []string{config.APIKey, config.Secret, config.AESKey},
	})
	if err != nil {
		return nil, err
	}
	c := &Client{rest: r, sealer: key, config: config, syncing: make(chan struct{}, 1), pending: map[string][]digest{}}
	c.tokens = rest.NewTokens(c.fetchToken, config.TokenMargin, r.RenewTimeout())
	return c, nil
}

// String shows nothing of the account.
func (Client) String() string { return "zheliban.Client" }

// GoString shows nothing of the account.
func (c Client) GoString() string { return c.String() }

// payload seals a JSON value in the configured form; nil means no body.
func (c *Client) payload(token string, plain []byte) (rest.Payload, error) {
	p := rest.Payload{Header: http.Header{}}
	if token != "" {
		p.Header.Set("ACCESS-TOKEN", token)
	}
	if plain == nil {
		return p, nil
	}
	sealed := c.sealer.seal(plain)
	p.ContentType = c.config.ContentType
	switch c.config.RequestForm {
	case FormField:
		p.Body = []byte(url.Values{c.config.FormField: {sealed}}.Encode())
	case QuotedJSON:
		p.Body = []byte(`"` + sealed + `"`)
	default:
		p.Body = []byte(sealed)
	}
	return p, nil
}

// call sends an operation with the token and gives its result, decoded by read, which may be nil.
func (c *Client) call(ctx context.Context, operation, path string, safe bool, plain []byte, read func(result []byte) error) error {
	return c.rest.Do(ctx, rest.Call{
		Operation: operation, Method: http.MethodPost, Path: path, Safe: safe, Tokens: c.tokens, RenewOn: c.rejectsToken,
		Build: func(token string) (rest.Payload, error) { return c.payload(token, plain) },
		Read:  func(r rest.Reply) error { return c.read(operation, r, read) },
	})
}
