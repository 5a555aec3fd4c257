package check

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"time"

	"understudy/scenarios"
)

// recorded is one exchange of a recording.
type recorded struct {
	number  int // from 1
	at      time.Time
	took    time.Duration
	method  string
	url     *url.URL
	header  http.Header
	body    []byte
	noBody  bool // the request has a body that was not kept
	status  int  // 0 where no reply came
	answer  http.Header
	reply   []byte
	noReply bool // the reply has a body that was not kept
}

// recordedOf makes something of an entry; false where it is no HTTP exchange.
func recordedOf(e *scenarios.Entry) (*recorded, bool) {
	c, ok := e.Call()
	if !ok {
		return nil, false
	}
	x := &recorded{
		number: c.Number, at: c.At, took: c.Took, method: c.Method, url: c.URL, header: c.Header, body: c.Body, noBody: c.Unkept,
		status: c.Status, answer: c.ReplyHeader, reply: c.Reply, noReply: c.ReplyUnkept,
	}
	x.forgetHidden()
	return x, true
}

// request is the request as a server would get it, its path without what stands before the contract's.
func (x *recorded) request(path string) (*http.Request, error) {
	r, err := http.NewRequest(x.method, "http://recorded"+path, bytes.NewReader(x.body))
	if err != nil {
		return nil, errors.New("the method is none of HTTP")
	}
	r.URL.RawQuery = x.url.RawQuery
	r.Header = x.header.Clone()
	r.Header.Del("Prefer") // a wish for the simulator is none here
	r.Host = x.url.Host
	if len(x.body) == 0 {
		r.Body = http.NoBody
	}
	return r, nil
}
