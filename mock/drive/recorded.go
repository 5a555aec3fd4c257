package drive

import "net/http"

// Judge holds a reply that was recorded to the contract as [Client.Send] does one that has just come, and says whose word it
// is. The request of the exchange has nothing but its operation. Errors are an *[OperationError], and a *[CredentialError]
// where the reply may be sealed under a key that the configuration does not have.
func (c *Client) Judge(operation string, status int, header http.Header, body []byte) (*Exchange, error) {
	p, err := c.plan(operation)
	if err != nil {
		return nil, err
	}
	if header == nil {
		header = http.Header{}
	}
	x := &Exchange{
		Request: &Request{Operation: p.Operation, Method: p.Method, plan: p},
		Reply:   &Reply{Status: status, Header: header, Body: body},
	}
	return x, c.judge(x)
}
