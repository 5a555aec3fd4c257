package mytijian

import (
	"slices"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// envelope is the answer of both operations. errCode comes only with a failure (T-12), data only with a success (T-13).
type envelope struct {
	success string
	code    string
	message string
	data    []byte
}

// read judges a reply of any HTTP status by its envelope first (T-14) and hands a successful one to use.
func (c *Client) read(r rest.Reply, use func(envelope) error) error {
	e, err := decode(r.Body)
	if err != nil {
		if !r.OK() {
			return rest.NoEnvelope
		}
		return err
	}
	if e.success != "T" { // T-11: exactly T
		return c.refusal(r.Status, e)
	}
	return use(e)
}

func decode(body []byte) (envelope, error) {
	f, err := rest.ParseObject(body, "")
	if err != nil {
		return envelope{}, err
	}
	if !f.Has("success") {
		return envelope{}, rest.Undecodable("/success: missing")
	}
	e := envelope{code: f.Text("errCode"), data: f.Raw("data")}
	e.success, _ = rest.Unquote(f.Raw("success"))
	// A message in an odd type must not hide the answer.
	e.message, _ = rest.Unquote(f.Raw("msg"))
	if e.success == "T" {
		return e, nil
	}
	return e, f.Err()
}

// refusal names the codes of the vendor's error table (T-16, T-17, T-32).
func (c *Client) refusal(status int, e envelope) error {
	failure := &adapters.Error{Condition: adapters.ErrRejected, Code: e.code, Message: e.message}
	if slices.Contains(c.config.TokenCodes, e.code) {
		failure.Condition = adapters.ErrUnauthorized
		return failure
	}
	switch e.code {
	case "3000001", "101400", "102102", "103201": // no institution, no such service, withdrawn
		failure.Condition = adapters.ErrNotFound
	case "101100", "101101", "101108":
		failure.Condition = adapters.ErrUnauthorized
	case "100001", "100002", "101102", "101103", "101104": // encoding, cipher, signature, nonce
		failure.Condition = adapters.ErrInvalid
	case "103202", "103205", "103206": // frozen, caller's address, permission
		failure.Condition = adapters.ErrForbidden
	case "102101":
		failure.Condition = adapters.ErrThrottled
	case "100000", "101403": // system error, service failed: who failed has not said what was done before
		failure.Condition, failure.Fault, failure.UnknownOutcome = adapters.ErrUnavailable, adapters.FaultVendor, true
	case "102103": // service frozen
		failure.Condition, failure.Fault = adapters.ErrUnavailable, adapters.FaultVendor
	default:
		if status >= 400 {
			failure.Condition, failure.UnknownOutcome = rest.StatusCondition(status), rest.Undecided(status)
		}
	}
	return failure
}
