package zheliban

import (
	"context"
	"net/http"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// IssueToken gets a new access token, valid 24 hours by the document (Z-24). The other methods get theirs by themselves; call this
// to check the credentials. The client goes on with the token it gives.
//
// Errors: adapters.ErrUnauthorized for wrong credentials (50002, Z-67).
//
//understudy:operation zheliban issueToken
func (c *Client) IssueToken(ctx context.Context) (adapters.Token, error) {
	number := c.tokens.Begin()
	token, err := c.fetchToken(ctx)
	if err != nil {
		return adapters.Token{}, err
	}
	c.tokens.Keep(number, token)
	return token, nil
}

func (c *Client) fetchToken(ctx context.Context) (adapters.Token, error) {
	plain, err := rest.Marshal(struct {
		APIKey string `json:"apikey"`
		Secret string `json:"secret"`
	}{c.config.APIKey, c.config.Secret})
	if err != nil {
		return adapters.Token{}, rest.Invalid(vendor, "issueToken", "APIKey or Secret cannot be written as JSON")
	}
	var token adapters.Token
	var sent time.Time
	err = c.rest.Do(ctx, rest.Call{
		Operation: "issueToken", Method: http.MethodPost, Path: "/reservation/sync/token", Safe: true,
		Build: func(string) (rest.Payload, error) {
			// The lifetime counts from before the request, so the client never believes in a token longer than the vendor.
			sent = time.Now()
			return c.payload("", plain)
		},
		Read: func(r rest.Reply) error {
			return c.read("issueToken", r, func(result []byte) error {
				f, err := rest.ParseObject(result, "/result")
				if err != nil {
					return err
				}
				token.Value = f.Text("token")
				expire := f.IntPointer("expire")
				switch {
				case f.Err() != nil:
					return f.Err()
				case token.Value == "":
					return rest.Undecodable("/result/token: missing or empty")
				case expire != nil && *expire < int64(10*365*24*time.Hour/time.Millisecond):
					token.Expires = sent.Add(time.Duration(max(*expire, 0)) * time.Millisecond)
				}
				return nil
			})
		},
	})
	if err != nil {
		return adapters.Token{}, err
	}
	return token, nil
}

// Acknowledgement says what has been received: give RequestID or SerialNumber.
type Acknowledgement struct {
	// RequestID is a batch id; all its reservations are marked as received.
	RequestID string `json:"requestId,omitempty"`
	// SerialNumber is one reservation. It does not say which state of it was received, as a batch id does: a change that the vendor made
	// since the pull may count as received too.
	SerialNumber string `json:"serialNumber,omitempty"`
	// Both allows the two together. The vendor then acts on the batch and ignores the serial number (Z-35).
	Both bool `json:"-"`
}

// AcknowledgeReservations marks a batch or one reservation as received; they are not pulled again until they change. Repeating it
// does no harm (Z-36), so it is retried.
//
// Errors: adapters.ErrInvalid when neither or, without Both, both ids are given; adapters.ErrRejected for an id that the vendor does
// not know.
//
//understudy:operation zheliban acknowledgeReservations
func (c *Client) AcknowledgeReservations(ctx context.Context, a Acknowledgement) error {
	const operation = "acknowledgeReservations"
	switch {
	case a.RequestID == "" && a.SerialNumber == "":
		return rest.Invalid(vendor, operation, "give RequestID or SerialNumber")
	case a.RequestID != "" && a.SerialNumber != "" && !a.Both:
		return rest.Invalid(vendor, operation, "RequestID and SerialNumber are both given and the batch would win: give one, or set Both")
	}
	plain, err := rest.Marshal(a)
	if err != nil {
		return rest.Invalid(vendor, operation, "the ids cannot be written as JSON")
	}
	return c.call(ctx, operation, "/reservation/sync/callback", true, plain, nil)
}

// Arrival says that somebody has come to the check-up.
type Arrival struct {
	// SerialNumber is the reservation.
	SerialNumber string
	// At is when, to the second, sent in UTC+8 (Z-49). The zero time leaves it to the vendor's clock.
	At time.Time
}

// ReportArrival reports an arrival. With At a second report says what the first said (Z-50), so it is retried. Without it a second report may
// give the arrival another time, so it is sent once, and again only after a rejected token.
//
// Errors: adapters.ErrRejected for an unknown serial number (Z-50); without At adapters.ErrUnknownOutcome in addition when the reply was lost.
//
//understudy:operation zheliban reportArrival
func (c *Client) ReportArrival(ctx context.Context, a Arrival) error {
	const operation = "reportArrival"
	if a.SerialNumber == "" {
		return rest.Invalid(vendor, operation, "SerialNumber is empty")
	}
	body := struct {
		SerialNumber string `json:"serialNumber"`
		ArriveDate   string `json:"arriveDate,omitempty"`
	}{SerialNumber: a.SerialNumber}
	if !a.At.IsZero() {
		body.ArriveDate = a.At.In(rest.Beijing()).Format(time.DateTime)
	}
	plain, err := rest.Marshal(body)
	if err != nil {
		return rest.Invalid(vendor, operation, "SerialNumber cannot be written as JSON")
	}
	return c.call(ctx, operation, "/reservation/sync/arrival", body.ArriveDate != "", plain, nil)
}
