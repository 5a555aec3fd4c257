// Package alihealth is the client of Alibaba Health's vaccination appointments (预约记录查询): an ISV pulls, day by day, the appointments of the
// vaccination points (pov) it is connected with.
//
// The call goes through the open platform's gateway (TOP), whose rules the document leaves out: the common parameters, the signature and the
// platform's codes follow the platform's public pages.
package alihealth

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

const (
	vendor      = "alihealth"
	operation   = "queryAppointments"
	method      = "alibaba.health.vaccin.appointment.query"
	gatewayPath = "/router/rest"
)

// The public gateways, for Config.BaseURL.
const (
	MainGateway    = "https://gw.api.taobao.com/router/rest"
	SandboxGateway = "https://gw.api.tbsandbox.com/router/rest"
)

// SignMethod is the digest of the signature.
type SignMethod string

// The sign methods. MD5 is the only one that the platform has published an example of.
const (
	HMACSHA256 SignMethod = "hmac-sha256"
	HMACMD5    SignMethod = "hmac"
	MD5        SignMethod = "md5"
)

// Format is the format asked for in replies. Both are read whatever was asked for.
type Format string

// The formats. The platform itself takes an absent format for XML, so the client always names one.
const (
	JSON Format = "json"
	XML  Format = "xml"
)

// RequestForm is where the parameters travel.
type RequestForm int

// The request forms.
const (
	// FormBody posts one form with everything in it.
	FormBody RequestForm = iota
	// SystemInQuery posts the business parameter as a form and puts the rest, the signature included, into the query, as the official
	// Java client does.
	SystemInQuery
	// GetQuery sends a GET with everything in the query.
	GetQuery
)

// Config is the application's account and how it talks to the gateway. BaseURL, AppKey and AppSecret are required.
type Config struct {
	// BaseURL is the gateway, MainGateway for instance. /router/rest is appended unless it ends with it already.
	BaseURL string
	// AppKey and AppSecret are the application's; the secret signs and is never sent.
	AppKey, AppSecret string
	// Session is the user's authorisation, left out when empty: nothing says that this call needs one.
	Session string

	// SignMethod is the digest. Empty means HMACSHA256.
	SignMethod SignMethod
	// Format is the format of the reply. Empty means JSON.
	Format Format
	// Simplify asks for lists as plain arrays, in JSON only.
	Simplify bool
	// RequestForm says where the parameters travel. The zero value posts one form.
	RequestForm RequestForm
	// PartnerID and TargetAppKey are sent when not empty.
	PartnerID, TargetAppKey string

	// MaxPages bounds Client.Appointments: a gateway with more pages is taken for one that never ends. Zero means 1000.
	MaxPages int
	// Now is the clock of the timestamp, which the gateway compares with its own within 10 minutes. Nil means time.Now.
	Now func() time.Time

	// HTTP is how the client talks.
	HTTP adapters.Config
}

// String shows nothing, because some of the fields are secrets.
func (Config) String() string { return "alihealth.Config{***}" }

// GoString gives what String gives.
func (c Config) GoString() string { return c.String() }

// LogValue gives what String gives.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Client speaks for one application and, where given, one session. Make one with New; it is safe for concurrent use.
type Client struct {
	rest   *rest.Client
	config Config
}

// New checks the configuration. Its error is an *adapters.Error with adapters.ErrInvalid that names the field.
func New(config Config) (*Client, error) {
	refuse := func(text string) (*Client, error) { return nil, rest.Invalid(vendor, "", "%s", text) }
	for _, field := range []struct {
		name, value string
		required    bool
	}{
		{"AppKey", config.AppKey, true},
		{"AppSecret", config.AppSecret, true},
		{"Session", config.Session, false},
		{"PartnerID", config.PartnerID, false},
		{"TargetAppKey", config.TargetAppKey, false},
	} {
		switch {
		case field.required && field.value == "":
			return refuse(field.name + " is empty")
		case strings.TrimSpace(field.value) != field.value:
			return refuse(field.name + " begins or ends with white space, the line break of a file perhaps: remove it")
		}
	}
	if config.SignMethod == "" {
		config.SignMethod = HMACSHA256
	}
	if config.Format == "" {
		config.Format = JSON
	}
	if config.MaxPages == 0 {
		config.MaxPages = 1000
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	switch {
	case config.SignMethod != HMACSHA256 && config.SignMethod != HMACMD5 && config.SignMethod != MD5:
		return refuse("SignMethod must be HMACSHA256, HMACMD5 or MD5")
	case config.Format != JSON && config.Format != XML:
		return refuse("Format must be JSON or XML")
	case config.Simplify && config.Format != JSON:
		return refuse("Simplify belongs to Format JSON")
	case config.RequestForm < FormBody || config.RequestForm > GetQuery:
		return refuse("RequestForm must be FormBody, SystemInQuery or GetQuery")
	case config.MaxPages < 0:
		return refuse("MaxPages must not be negative")
	}
	r, err := rest.New(rest.Options{
		Vendor: vendor, BaseURL: withoutGatewayPath(config.BaseURL), HTTP: config.HTTP,
		Secrets: []string{config.AppSecret, config.Session, config.AppKey},
	})
	if err != nil {
		return nil, err
	}
	return &Client{rest: r, config: config}, nil
}

// withoutGatewayPath takes the gateway's path off a base URL that has it. One with a query or a fragment stays whole, to be refused.
func withoutGatewayPath(base string) string {
	if strings.ContainsAny(base, "?#") {
		return base
	}
	return strings.TrimSuffix(strings.TrimRight(base, "/"), gatewayPath)
}

// String shows nothing of the account.
func (Client) String() string { return "alihealth.Client" }

// GoString shows nothing of the account.
func (c Client) GoString() string { return c.String() }

// payload signs the business parameters together with the system parameters and places all of them.
func (c *Client) payload(business map[string]string) rest.Payload {
	system := map[string]string{
		"method":         method,
		"app_key":        c.config.AppKey,
		"session":        c.config.Session,
		"timestamp":      c.config.Now().In(rest.Beijing()).Format(time.DateTime),
		"v":              "2.0",
		"sign_method":    string(c.config.SignMethod),
		"format":         string(c.config.Format),
		"partner_id":     c.config.PartnerID,
		"target_app_key": c.config.TargetAppKey,
	}
	if c.config.Simplify {
		system["simplify"] = "true"
	}
	all := map[string]string{}
	query, form := url.Values{}, url.Values{}
	place := func(params map[string]string, where url.Values) {
		for name, value := range params {
			// An empty pair is never sent: clients disagree on whether its name is signed.
			if value != "" {
				all[name] = value
				where.Set(name, value)
			}
		}
	}
	systemPlace, businessPlace := form, form
	switch c.config.RequestForm {
	case SystemInQuery:
		systemPlace = query
	case GetQuery:
		systemPlace, businessPlace = query, query
	}
	place(system, systemPlace)
	place(business, businessPlace)
	signature := sign(c.config.SignMethod, c.config.AppSecret, all)
	systemPlace.Set("sign", signature)
	p := rest.Payload{Query: query, Sensitive: []string{signature}}
	if c.config.RequestForm != GetQuery {
		p.Body, p.ContentType = []byte(form.Encode()), "application/x-www-form-urlencoded;charset=utf-8"
	}
	return p
}

func (c *Client) httpMethod() string {
	if c.config.RequestForm == GetQuery {
		return http.MethodGet
	}
	return http.MethodPost
}
