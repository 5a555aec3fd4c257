// Package scenarios is what happened, or is to happen, between a client and a vendor: recordings (HAR 1.2) and the formats
// around them. It is data alone and knows no wire.
//
// A recording is kept at contract level: bodies are opened, what only the wire needs (credentials, signatures, nonces,
// timestamps of signatures) is left out, and what the wire looked like stands beside it in [Wire]. So it can be played and
// driven again under other keys, at another time.
package scenarios

import "time"

// Recording is what was heard of one vendor.
type Recording struct {
	// Vendor is the contract's id; Title and ContractVersion are its own words about itself.
	Vendor, Title, ContractVersion string
	// Tool and ToolVersion made the recording.
	Tool, ToolVersion string
	// Made is when its first exchange was heard.
	Made time.Time
	// Upstream is the scheme and host that answered, "" for the simulator's own journal.
	Upstream string
	// Readings are those chosen in the contract under which the exchanges were opened: unclear clause → name of a reading.
	Readings map[string]string
	// Fingerprints are those of the operations heard, by operationId.
	Fingerprints map[string]Fingerprint
	// Masked says that personal data and secrets were replaced.
	Masked bool
	// Exchanges are in the order in which their requests came.
	Exchanges []*Exchange
}

// Fingerprint tells whether the contract of an operation has changed in what matters on the wire. Each is a hash in lower-case
// hex; descriptions, examples and the order of members change none.
type Fingerprint struct {
	Schema string `json:"schema"` // parameters, bodies, responses
	Wire   string `json:"wire"`   // x-wire and security
	Errors string `json:"errors"` // the rows of the catalogue that the operation may answer
}

// Exchange is one request and what came of it, at contract level.
type Exchange struct {
	// Number counts from 1 within the recording.
	Number int
	// At is real time, Clock the vendor's where it is another one (a session's clock), else zero; Took lasts from the first
	// byte of the request to the last one of the response.
	At, Clock time.Time
	Took      time.Duration
	// Operation is its operationId; "" where the contract has no such call.
	Operation string
	// Callback is set where the vendor calls the client: the operationId, the name and the method of the callback, separated
	// by slashes (addPushProject/change/post). Operation is "" then.
	Callback string
	// Session names the simulator's session that the exchange was part of, "" for none.
	Session  string
	Request  Request
	Response Response
}

// Request is what was asked.
type Request struct {
	Method string
	// Path is escaped and begins where the contract's paths begin; behind a gateway it is the real path.
	Path string
	// Parameters are those of query and header, in order, duplicates kept; of headers those that the contract declares.
	// Credentials, signatures and what belongs to them are not among them.
	Parameters []Parameter
	// MediaType is the type of Body, as the contract has it: of the opened text where the body is sealed. "" where there is
	// none.
	MediaType string
	// Body is opened; a sealed member stands opened in its place. Credentials in it are left out.
	Body []byte
	Wire Wire
}

// Response is what was answered.
type Response struct {
	// Status is 0 where none came.
	Status int
	// Header has those that the contract declares, and Content-Type, Location and Retry-After.
	Header    []Parameter
	MediaType string
	// Body is opened; a sealed member stands opened in its place.
	Body []byte
	Wire Wire
	// Outcome is ok or vendor-error; unexplained where the contract has no such answer, broken where none came that could be
	// read.
	Outcome string
	// Error is the id of the catalogue's row, "" for none.
	Error string
	// Broken says how the answer failed to come: see the constants. "" for a whole one.
	Broken string
}

// The values of Response.Outcome.
const (
	OutcomeOK          = "ok"
	OutcomeVendorError = "vendor-error"
	OutcomeUnexplained = "unexplained"
	OutcomeBroken      = "broken"
)

// The values of Response.Broken.
const (
	BrokenReset     = "reset"     // the connection ended before a status came
	BrokenTimeout   = "timeout"   // nothing came in time
	BrokenTruncated = "truncated" // the connection ended in the middle of the body, of which Body has what came
	BrokenRefused   = "refused"   // no connection could be made
)

// Parameter is one raw parameter; In is query, header, path, cookie or form.
type Parameter struct {
	In    string `json:"in,omitempty"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Wire is what a body looked like as it travelled.
type Wire struct {
	// Seal is opened for a ciphertext that was opened; plain for what travelled open although the contract seals it;
	// unopened for a ciphertext that could not be opened, of which nothing is kept; "" where nothing is sealed.
	Seal string `json:"seal,omitempty"`
	// Encoding is that of the ciphertext: base64, base64url, hex. Carrier is how a sealed request body travelled: text, quoted
	// or form; Field the form's field.
	Encoding string `json:"encoding,omitempty"`
	Carrier  string `json:"carrier,omitempty"`
	Field    string `json:"field,omitempty"`
	// Label is the Content-Type that travelled, without parameters, where it is not the media type of the body.
	Label string `json:"label,omitempty"`
	// Signed says how a signature fared: valid, invalid, missing, or stale where only its time is wrong; "" where the contract
	// has none. Digest is the one it named.
	Signed string `json:"signed,omitempty"`
	Digest string `json:"digest,omitempty"`
	// Credential says how the credential fared where somebody could tell: valid, invalid, missing, or stale for a token that
	// had ended; "" where unknown.
	Credential string `json:"credential,omitempty"`
	// Form lists the places in which the fields of a form came: form, query.
	Form []string `json:"form,omitempty"`
	// Bytes counts what travelled.
	Bytes int `json:"bytes,omitempty"`
	// Unkept says that a body travelled of which nothing is kept: it was too large, or never recorded.
	Unkept bool `json:"unkept,omitempty"`
}

// The values of Wire.Seal.
const (
	SealOpened   = "opened"
	SealPlain    = "plain"
	SealUnopened = "unopened"
)

// The values of Wire.Signed and Wire.Credential.
const (
	Valid   = "valid"
	Invalid = "invalid"
	Missing = "missing"
	Stale   = "stale"
)
