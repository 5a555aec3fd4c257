package weixiao

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"understudy/adapters/internal/rest"
)

// EventType is the event field of a push (推送事件类型). The document names none; these are the published ones, and others are taken and
// sent as well (W-28).
type EventType string

// The published event types.
const (
	AddUser    = EventType("addUser")
	UpdateUser = EventType("updateUser")
	DeleteUser = EventType("deleteUser")

	AddOrg    = EventType("addOrg")
	UpdateOrg = EventType("updateOrg")
	DeleteOrg = EventType("deleteOrg")

	AddUsableRange    = EventType("addUsableRange")
	UpdateUsableRange = EventType("updateUsableRange")
	DeleteUsableRange = EventType("deleteUsableRange")
)

// Push is one change to be pushed. All fields are required (W-25).
type Push struct {
	// SchoolCode is the school (学校主体代码).
	SchoolCode string
	// Event says what changed.
	Event EventType
	// Payload is a JSON object or array, sealed as it is (see Config.Encoding).
	Payload json.RawMessage
}

// String shows the event type alone, because the payload holds personal data.
func (p Push) String() string { return "weixiao.Push{" + string(p.Event) + " ***}" }

// GoString gives what String gives.
func (p Push) GoString() string { return p.String() }

// LogValue gives what String gives.
func (p Push) LogValue() slog.Value { return slog.StringValue(p.String()) }

// ReceivePush seals a change and posts it as the platform does, to try one's own receiver or the hub. It is sent once. A push that was not
// accepted may be sent again (W-30); receivers must expect that (W-32).
//
// Errors: adapters.ErrInvalid for a missing field, a Payload that is not a JSON object or array, a Config without AppKey, or a push that
// the receiver finds wrong (11001, 11002, 11003); adapters.ErrRejected when it failed to take the change (11006);
// adapters.ErrUnknownOutcome in addition when the reply was lost.
//
//understudy:operation weixiao receivePush
func (c *Client) ReceivePush(ctx context.Context, p Push) error {
	refuse := func(text string) error { return rest.Invalid(vendor, receivePush, "%s", text) }
	switch {
	case c.sealer == nil:
		return refuse("the client has no Config.AppKey and AppSecret to seal with")
	case p.SchoolCode == "":
		return refuse("SchoolCode is empty")
	case p.Event == "":
		return refuse("Event is empty")
	case !isChange(p.Payload):
		return refuse("Payload must be a JSON object or array in UTF-8, without duplicate members")
	}
	body, err := rest.Marshal(wirePush{
		AppKey: c.config.AppKey, SchoolCode: p.SchoolCode, Event: string(p.Event), RawData: c.sealer.seal(p.Payload, c.config.Encoding),
	})
	if err != nil {
		return refuse("the push cannot be written as JSON")
	}
	return c.rest.Do(ctx, rest.Call{
		Operation: receivePush, Method: http.MethodPost, Path: "/wx/wxc/receive",
		Build: func(string) (rest.Payload, error) {
			return rest.Payload{Header: c.header(), ContentType: "application/json; charset=utf-8", Body: body}, nil
		},
		Read: func(r rest.Reply) error { return read(receivePush, r, nil) },
	})
}

type wirePush struct {
	AppKey     string `json:"app_key"`
	SchoolCode string `json:"school_code"`
	Event      string `json:"event"`
	RawData    string `json:"raw_data"`
}

// isChange reports whether a text can be a pushed change: every published shape is an object or a list of them. A scalar may be the garbage
// of a wrong key.
func isChange(text []byte) bool {
	if rest.CheckJSON(text) != nil {
		return false
	}
	kind := rest.Kind(text)
	return kind == "object" || kind == "array"
}
