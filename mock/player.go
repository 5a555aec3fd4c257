package mock

import (
	"context"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/scenarios"
)

// Player answers calls in the place of the simulated vendors, from a recording for one. It is safe for concurrent use.
type Player interface {
	// Play says what the answer to a call is. What it is asked with is its own to keep and to change.
	Play(asked *Asked) Answer
	// Forget says that a session has ended or begins anew. It is called with locks held and must not call the server.
	Forget(session string)
}

// Asked is a call as a player gets it.
type Asked struct {
	Opened
	// Context ends when the caller hangs up.
	Context context.Context
	// Session is the one that the call belongs to, Now its clock.
	Session string
	Now     time.Time
	// IssueToken mints a token that the session takes; nil where the operation issues none.
	IssueToken func() (string, error)
}

// Answer is what a player says. The zero Answer leaves the call to the simulated vendor.
type Answer struct {
	// Response is sent as it is: in no envelope, held to no schema, sealed as its Wire.Seal says, under the credentials in
	// force. Broken breaks the connection as it did.
	Response *scenarios.Response
	// Step is the number of the recorded exchange.
	Step int
	// Delay holds the response back.
	Delay time.Duration
	// Decline leaves the call to the vendor's own "no", which stands in Asked.Found.
	Decline bool
	// Miss refuses the call as not recorded, in words that hold no value of it; Findings tell it field by field.
	Miss     string
	Findings []diagnosis.Finding
}
