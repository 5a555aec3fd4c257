// Package mytijian is the client of the agentManager calls of the mytijian open-api: a check-up centre's agent registers itself and asks
// which tasks it has to run, and when.
package mytijian

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

const vendor = "mytijian"

// PublicBaseURL is the address that the document prints.
const PublicBaseURL = "https://api.mytijian.com"

// RequestForm is how parameters travel. The document says "POST参数" and shows JSON (T-1, T-2).
type RequestForm int

// The request forms.
const (
	// JSONBody sends a JSON object.
	JSONBody RequestForm = iota
	// FormBody sends form fields in the body.
	FormBody
	// QueryParameters sends everything in the query, with no body.
	QueryParameters
)

// ListBody is what listHospitalTasks, which has no documented parameters, sends (T-3).
type ListBody int

// The bodies of listHospitalTasks.
const (
	// NoBody sends none.
	NoBody ListBody = iota
	// EmptyObject sends {}, for servers that insist on a body.
	EmptyObject
)

// Config is the account and how this vendor's installation reads requests. BaseURL and Tokens are required.
type Config struct {
	// BaseURL is the vendor's address, usually PublicBaseURL. /open-api/V2/ws/agentManager/… is appended to it.
	BaseURL string
	// Tokens supplies the accessToken (T-15): the document does not say where it comes from. Which institution it stands for follows
	// from the token (T-17, T-23).
	Tokens adapters.TokenSource

	// RequestForm says how parameters travel. The zero value is a JSON body.
	RequestForm RequestForm
	// ListBody says what listHospitalTasks sends. The zero value is no body.
	ListBody ListBody
	// TokenCodes are the codes that mean a rejected token. Nil means 101101 (T-16).
	TokenCodes []string

	// HTTP is how the client talks.
	HTTP adapters.Config
}

// String shows nothing, because a token source may print its token.
func (Config) String() string { return "mytijian.Config{***}" }

// GoString gives what String gives.
func (c Config) GoString() string { return c.String() }

// LogValue gives what String gives.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Client speaks for one token source. Make one with New; it is safe for concurrent use, and however many calls run, one token at a time
// is asked for (T-33).
type Client struct {
	rest   *rest.Client
	config Config
	tokens *rest.Tokens
}

// New checks the configuration. Its error is an *adapters.Error with adapters.ErrInvalid that names the field.
func New(config Config) (*Client, error) {
	switch {
	case config.Tokens == nil:
		return nil, rest.Invalid(vendor, "", "Tokens is nil: give a token source, for instance adapters.StaticToken")
	case config.RequestForm < JSONBody || config.RequestForm > QueryParameters:
		return nil, rest.Invalid(vendor, "", "RequestForm must be JSONBody, FormBody or QueryParameters")
	case config.ListBody < NoBody || config.ListBody > EmptyObject:
		return nil, rest.Invalid(vendor, "", "ListBody must be NoBody or EmptyObject")
	}
	if config.TokenCodes == nil {
		config.TokenCodes = []string{"101101"}
	}
	config.TokenCodes = slices.Clone(config.TokenCodes)
	r, err := rest.New(rest.Options{Vendor: vendor, BaseURL: config.BaseURL, HTTP: config.HTTP})
	if err != nil {
		return nil, err
	}
	return &Client{rest: r, config: config, tokens: r.TokensFrom(config.Tokens)}, nil
}

// String shows nothing of the account.
func (Client) String() string { return "mytijian.Client" }

// GoString shows nothing of the account.
func (c Client) GoString() string { return c.String() }

// Agent is a check-up centre's client program (客户端). All fields are required.
type Agent struct {
	// HospitalID is the institution.
	HospitalID int64
	// Heartbeat is the heartbeat period as text; its unit is not documented (T-19). The sample is "1".
	Heartbeat string
	// Version is free text (T-22). The sample is "1.0".
	Version string
}

// Registration is the vendor's answer to a registration.
type Registration struct {
	// Result is the document's "uuid string", opaque; nothing else in the document uses it (T-21).
	Result string
}

// RegisterAgent registers an agent. Registering twice may give another result; the last one counts (T-20). The document does not promise
// that repeating does no harm, so it is sent once, and again only after a rejected token.
//
// Errors: adapters.ErrInvalid for a missing field, adapters.ErrNotFound when no institution belongs to the token (3000001),
// adapters.ErrUnauthorized for a token that is rejected twice.
//
//understudy:operation mytijian registerAgent
func (c *Client) RegisterAgent(ctx context.Context, a Agent) (Registration, error) {
	const operation = "registerAgent"
	switch {
	case a.HospitalID == 0:
		return Registration{}, rest.Invalid(vendor, operation, "HospitalID is 0")
	case a.Heartbeat == "":
		return Registration{}, rest.Invalid(vendor, operation, "Heartbeat is empty")
	case a.Version == "":
		return Registration{}, rest.Invalid(vendor, operation, "Version is empty")
	}
	var registration Registration
	err := c.rest.Do(ctx, rest.Call{
		Operation: operation, Method: http.MethodPost, Path: "/open-api/V2/ws/agentManager/register",
		Tokens: c.tokens, RenewOn: c.rejectsToken,
		Build: func(token string) (rest.Payload, error) { return c.registerPayload(token, a) },
		Read: func(r rest.Reply) error {
			return c.read(r, func(e envelope) error {
				f, err := rest.Object(e.data, "/data")
				if err != nil {
					return err
				}
				registration.Result = f.Text("result")
				if f.Err() == nil && registration.Result == "" {
					return rest.Undecodable("/data/result: missing or empty")
				}
				return f.Err()
			})
		},
	})
	if err != nil {
		return Registration{}, err
	}
	return registration, nil
}

func (c *Client) registerPayload(token string, a Agent) (rest.Payload, error) {
	p := rest.Payload{Query: url.Values{"accessToken": {token}}}
	fields := url.Values{"hospitalId": {strconv.FormatInt(a.HospitalID, 10)}, "heartbeat": {a.Heartbeat}, "version": {a.Version}}
	switch c.config.RequestForm {
	case FormBody:
		p.ContentType, p.Body = "application/x-www-form-urlencoded; charset=UTF-8", []byte(fields.Encode())
		return p, nil
	case QueryParameters:
		for name, values := range fields {
			p.Query[name] = values
		}
		return p, nil
	}
	var err error
	p.ContentType = "application/json; charset=UTF-8"
	p.Body, err = rest.Marshal(struct {
		HospitalID int64  `json:"hospitalId"`
		Heartbeat  string `json:"heartbeat"`
		Version    string `json:"version"`
	}{a.HospitalID, a.Heartbeat, a.Version})
	return p, err
}

// ListHospitalTasks gives the tasks that the check-up centre has switched on. Which centre follows from the token; the client does not
// filter (T-23). There is no paging (T-27).
//
// Errors: adapters.ErrNotFound when no institution belongs to the token (3000001), adapters.ErrUnauthorized for a token that is rejected
// twice, adapters.ErrDecode naming the member that does not fit.
//
//understudy:operation mytijian listHospitalTasks
func (c *Client) ListHospitalTasks(ctx context.Context) ([]Task, error) {
	var tasks []Task
	err := c.rest.Do(ctx, rest.Call{
		Operation: "listHospitalTasks", Method: http.MethodPost, Path: "/open-api/V2/ws/agentManager/hospitalTaskList", Safe: true,
		Tokens: c.tokens, RenewOn: c.rejectsToken,
		Build: func(token string) (rest.Payload, error) {
			p := rest.Payload{Query: url.Values{"accessToken": {token}}}
			if c.config.ListBody == EmptyObject {
				p.ContentType, p.Body = "application/json; charset=UTF-8", []byte("{}")
			}
			return p, nil
		},
		Read: func(r rest.Reply) error {
			return c.read(r, func(e envelope) (err error) {
				tasks, err = decodeTasks(e.data)
				return err
			})
		},
	})
	if err != nil {
		return nil, err
	}
	return tasks, nil
}

// rejectsToken is T-16, and HTTP 401 from something in front of the vendor that speaks no envelope.
func (c *Client) rejectsToken(e *adapters.Error) bool {
	return slices.Contains(c.config.TokenCodes, e.Code) || e.Code == "" && e.Status == http.StatusUnauthorized
}
