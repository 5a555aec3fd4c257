package wire

import "net/http"

// Message is a call as far as a signature is concerned. Whoever verifies fills in what arrived, whoever signs what is to be
// sent.
type Message struct {
	// Method is the HTTP method in upper case.
	Method string
	// Path is what was requested, escaped as it travels, without the query. OtherPaths are further ones that the caller may
	// rightly have signed it under, such as without a prefix that only the simulator has.
	Path       string
	OtherPaths []string
	// RawQuery is the query as it travels; nothing means that it is made of Pairs.
	RawQuery string
	// Pairs are the parameters of query and form, in their order.
	Pairs  Pairs
	Header http.Header
	// Body is what travels: of a sealed body the ciphertext.
	Body []byte
	// Opened is the body before it was sealed, a sealed member in its opened form; nil where nothing is sealed.
	Opened []byte
}
