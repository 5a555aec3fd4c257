package weixiao

import (
	"net/http"
	"strings"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// The operations, by the ids of the contract.
const (
	listPushProjects  = "listPushProjects"
	addPushProject    = "addPushProject"
	updatePushProject = "updatePushProject"
	deletePushProject = "deletePushProject"
	receivePush       = "receivePush"
)

// envelope is the answer of the project operations, or the shorter one of receivePush; the code is text in the first and a number in the
// second, and both are read in both (W-3).
type envelope struct {
	success       *bool
	code, message string
	data          []byte // nil for absent and null
}

func decode(body []byte) (envelope, error) {
	f, err := rest.ParseObject(body, "")
	if err != nil {
		return envelope{}, err
	}
	e := envelope{success: f.BoolPointer("success"), code: f.Text("code")}
	if f.Err() != nil {
		return envelope{}, f.Err()
	}
	if e.success == nil && e.code == "" {
		return envelope{}, rest.Undecodable("the reply has neither success nor code")
	}
	// A message in an odd type must not hide the answer.
	e.message, _ = rest.Unquote(f.Raw("message"))
	if !f.Null("data") {
		e.data = f.Raw("data")
	}
	return e, nil
}

// ok is W-39 for the project operations: success decides when it is there, else the code, whose good value is not documented (W-2). A push
// is accepted with code 0 alone (W-30).
func (e envelope) ok(operation string) bool {
	zero := e.code != "" && strings.Trim(e.code, "0") == ""
	if operation == receivePush {
		return zero
	}
	if e.success != nil {
		return *e.success
	}
	return zero || e.code == "200"
}

// read opens a reply of any HTTP status (W-18) and hands the data of a successful one to result, which may be nil.
func read(operation string, r rest.Reply, result func(data []byte) error) error {
	e, err := decode(r.Body)
	switch {
	case err != nil && !r.OK():
		return rest.NoEnvelope
	case err != nil:
		return err
	case !e.ok(operation):
		return e.refusal(operation, r.Status)
	case result == nil:
		return nil
	}
	return result(e.data)
}

// refusal reads the vendor's no by its error list. Codes that are not in it pass through (W-17).
func (e envelope) refusal(operation string, status int) error {
	failure := &adapters.Error{Condition: adapters.ErrRejected, Code: e.code, Message: e.message}
	// A push that is not accepted is to be sent again, whatever the code (W-30); a change of a project is not safe to repeat.
	repeatable := operation == listPushProjects || operation == receivePush
	switch e.code {
	case "10000": // the hub does not know what happened, so neither do we
		failure.Condition, failure.Fault = adapters.ErrUnavailable, adapters.FaultVendor
		failure.UnknownOutcome = !repeatable
	case "10001", "10002", "11001", "11002", "11003", "16008":
		failure.Condition = adapters.ErrInvalid
	case "10003", "10004", "10005":
		failure.Condition = adapters.ErrUnauthorized
	case "10006":
		failure.Condition = adapters.ErrForbidden
	case "11004":
		failure.Fault = adapters.FaultCaller
	case "11005", "16006":
		failure.Fault = adapters.FaultVendor
	case "11006", "16007", "16009":
		failure.Fault, failure.Retryable = adapters.FaultVendor, repeatable
	case "16000":
		failure.Condition = existence(operation, e.message)
	default:
		if status >= http.StatusBadRequest {
			failure.Condition = rest.StatusCondition(status)
			failure.UnknownOutcome = status >= http.StatusInternalServerError && !repeatable
		}
	}
	return failure
}

// existence tells the two meanings of 16000 apart by the message, else by the operation (W-16).
func existence(operation, message string) adapters.Condition {
	switch {
	case strings.Contains(message, "不存在"):
		return adapters.ErrNotFound
	case strings.Contains(message, "已存在"), operation == addPushProject:
		return adapters.ErrConflict
	case operation == updatePushProject, operation == deletePushProject:
		return adapters.ErrNotFound
	}
	return adapters.ErrRejected
}
