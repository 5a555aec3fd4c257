// Package eazytec is the client of the message centre of 卓易政企通 (eazytec): an application sends government–enterprise messages
// (政企消息) to people in offices and enterprises.
//
// There is no key that makes a repeat harmless: the same call twice is two messages and two SMS (E-26). So a message is sent once, and
// again only after a rejected token.
package eazytec

import (
	"context"
	"log/slog"
	"net/http"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

const (
	vendor      = "eazytec"
	sendMessage = "sendMessage"
)

// QuoteStyle is how the JSON texts inside the message are quoted. The document calls recipient and attfiles "JsonString" and prints them
// with single quotes, which is not JSON (E-9).
type QuoteStyle int

// The quote styles.
const (
	// DoubleQuotes writes valid JSON.
	DoubleQuotes QuoteStyle = iota
	// SingleQuotes writes the form that the document prints. A quotation mark inside a value becomes \u0027 or \u0022, so that it ends
	// nothing, whichever way the text is read.
	SingleQuotes
)

// UnsetForm is how a DeptID that is not given is written (E-17). The document calls the field optional and prints it empty.
type UnsetForm int

// The forms.
const (
	// Absent leaves the field out.
	Absent UnsetForm = iota
	// Null writes null.
	Null
	// EmptyText writes "", as the document's example does.
	EmptyText
)

// Config is the domain and the token of one application. Domain and Tokens are required.
type Config struct {
	// Domain is one of the table's, or On(base).
	Domain Domain
	// Tokens supplies the bearer token; the document does not say where it comes from (E-4). The token is opaque (E-24).
	Tokens adapters.TokenSource
	// Quotes says how Recipient and Attachments are written. The zero value is valid JSON.
	Quotes QuoteStyle
	// UnsetDeptID says how a Party without DeptID is written. The zero value leaves the field out.
	UnsetDeptID UnsetForm
	// HTTP is how the client talks. Its Attempts has no effect, because no message is sent twice. Its Logger also gets a warning for a
	// category or a level outside the documented lists (E-7, E-8).
	HTTP adapters.Config
}

// String shows nothing, because a token source may print its token.
func (Config) String() string { return "eazytec.Config{***}" }

// GoString gives what String gives.
func (c Config) GoString() string { return c.String() }

// LogValue gives what String gives.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Client speaks for one application. Make one with New; it is safe for concurrent use.
type Client struct {
	rest   *rest.Client
	quotes QuoteStyle
	unset  UnsetForm
	logger *slog.Logger
	tokens *rest.Tokens
}

// New checks the configuration. Its error is an *adapters.Error with adapters.ErrInvalid that names the field.
func New(config Config) (*Client, error) {
	switch {
	case config.Domain == "":
		return nil, rest.Invalid(vendor, "", "Domain is empty: give one of the constants, for instance eazytec.ZhuoyiLive, or eazytec.On(base)")
	case config.Tokens == nil:
		return nil, rest.Invalid(vendor, "", "Tokens is nil: give a token source, for instance adapters.StaticToken")
	case config.Quotes < DoubleQuotes || config.Quotes > SingleQuotes:
		return nil, rest.Invalid(vendor, "", "Quotes must be DoubleQuotes or SingleQuotes")
	case config.UnsetDeptID < Absent || config.UnsetDeptID > EmptyText:
		return nil, rest.Invalid(vendor, "", "UnsetDeptID must be Absent, Null or EmptyText")
	}
	r, err := rest.New(rest.Options{Vendor: vendor, BaseURL: string(config.Domain), HTTP: config.HTTP})
	if err != nil {
		return nil, err
	}
	logger := config.HTTP.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Client{
		rest: r, quotes: config.Quotes, unset: config.UnsetDeptID, logger: logger, tokens: r.TokensFrom(config.Tokens),
	}, nil
}

// String shows nothing of the account.
func (Client) String() string { return "eazytec.Client" }

// GoString shows nothing of the account.
func (c Client) GoString() string { return c.String() }

// Send sends a message and gives its id in the sender's outbox (outboxid, 发件消息ID). It is all or nothing: the document knows no partial
// failure (E-16).
//
// Errors: adapters.ErrInvalid for a message that is refused before sending or by the vendor (400, 缺少必要参数); adapters.ErrUnauthorized
// for a token that is rejected twice; adapters.ErrUnknownOutcome in addition when the message may have gone out, after a timeout, a broken
// connection, a 5xx or an unreadable reply: look into the outbox before sending again.
//
//understudy:operation eazytec sendMessage
func (c *Client) Send(ctx context.Context, m Message) (outboxID string, err error) {
	if err := m.check(); err != nil {
		return "", rest.Invalid(vendor, sendMessage, "%w", err)
	}
	body, err := m.encode(c.quotes, c.unset)
	if err != nil {
		return "", rest.Invalid(vendor, sendMessage, "ExtMap cannot be written as JSON")
	}
	c.warn(ctx, m)
	sensitive := m.sensitive()
	err = c.rest.Do(ctx, rest.Call{
		Operation: sendMessage, Method: http.MethodPost, Path: "/v3_1/msgcenter/send", Tokens: c.tokens,
		Build: func(token string) (rest.Payload, error) {
			return rest.Payload{
				Header: http.Header{"Authorization": {"Bearer " + token}}, ContentType: "application/json", Body: body,
				Sensitive: sensitive,
			}, nil
		},
		Read: func(r rest.Reply) (err error) {
			outboxID, err = read(r)
			return err
		},
	})
	if err != nil {
		return "", err
	}
	return outboxID, nil
}

// warn tells of texts that the document does not list; its own example has both, so they are sent all the same.
func (c *Client) warn(ctx context.Context, m Message) {
	if !m.Category.documented() {
		c.logger.WarnContext(ctx, "msgcategory is not in the documented list", "vendor", vendor, "operation", sendMessage)
	}
	if !m.Level.documented() {
		c.logger.WarnContext(ctx, "msglevel is not in the documented list", "vendor", vendor, "operation", sendMessage)
	}
}
