package report

import (
	"cmp"
	"encoding/base64"
	"io"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// The objects of HAR 1.2, with everything that it requires.
type (
	harLog struct {
		Log harBody `json:"log"`
	}
	harBody struct {
		Version string     `json:"version"`
		Creator harCreator `json:"creator"`
		Entries []harEntry `json:"entries"`
	}
	harCreator struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harEntry struct {
		Started  string      `json:"startedDateTime"`
		Time     float64     `json:"time"`
		Request  harRequest  `json:"request"`
		Response harResponse `json:"response"`
		Cache    struct{}    `json:"cache"`
		Timings  harTimings  `json:"timings"`
		Comment  string      `json:"comment,omitempty"`
	}
	harRequest struct {
		Method      string    `json:"method"`
		URL         string    `json:"url"`
		HTTPVersion string    `json:"httpVersion"`
		Cookies     []harPair `json:"cookies"`
		Headers     []harPair `json:"headers"`
		Query       []harPair `json:"queryString"`
		Post        *harPost  `json:"postData,omitempty"`
		HeadersSize int       `json:"headersSize"`
		BodySize    int       `json:"bodySize"`
	}
	harResponse struct {
		Status      int        `json:"status"`
		StatusText  string     `json:"statusText"`
		HTTPVersion string     `json:"httpVersion"`
		Cookies     []harPair  `json:"cookies"`
		Headers     []harPair  `json:"headers"`
		Content     harContent `json:"content"`
		Redirect    string     `json:"redirectURL"`
		HeadersSize int        `json:"headersSize"`
		BodySize    int        `json:"bodySize"`
	}
	harPost struct {
		MediaType string    `json:"mimeType"`
		Params    []harPair `json:"params,omitempty"`
		Text      string    `json:"text"`
		Comment   string    `json:"comment,omitempty"`
	}
	harContent struct {
		Size      int    `json:"size"`
		MediaType string `json:"mimeType"`
		Text      string `json:"text,omitempty"`
		Encoding  string `json:"encoding,omitempty"`
	}
	harTimings struct {
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
)

// WriteHAR writes the exchanges of the report as HAR 1.2, which browsers and proxies open.
func WriteHAR(w io.Writer, r *Report) error {
	log := harLog{harBody{Version: "1.2", Creator: harCreator{cmp.Or(clean(r.Tool), "understudy"), clean(r.Version)}, Entries: []harEntry{}}}
	for i := range r.Exchanges {
		log.Log.Entries = append(log.Log.Entries, entry(&r.Exchanges[i]))
	}
	return writeJSON(w, log)
}

func entry(x *Exchange) harEntry {
	ms := float64(x.Duration.Microseconds()) / 1000
	e := harEntry{
		Started: x.At.UTC().Format(time.RFC3339Nano), Time: ms, Timings: harTimings{Wait: ms},
		Request: harRequest{
			Method: x.Method, URL: x.URL, HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: pairs(x.Header), Query: query(x.URL),
			HeadersSize: -1, BodySize: len(x.Body),
		},
		Response: harResponse{
			Status: x.Status, StatusText: x.StatusText, HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: pairs(x.ReplyHeader),
			Content:     harContent{Size: len(x.Reply), MediaType: cmp.Or(x.ReplyMediaType, "x-unknown"), Text: x.Reply},
			HeadersSize: -1, BodySize: len(x.Reply),
		},
		Comment: strings.TrimSpace(strings.Join([]string{x.Operation, x.Check, x.Failure}, " ")),
	}
	if x.Status == 0 {
		e.Response.BodySize = -1
	}
	for _, h := range x.ReplyHeader {
		if strings.EqualFold(h.Name, "Location") {
			e.Response.Redirect = h.Value
		}
	}
	if x.Body != "" || x.MediaType != "" {
		e.Request.Post = &harPost{MediaType: cmp.Or(x.MediaType, "application/octet-stream"), Text: x.Body}
		if !utf8.ValidString(x.Body) { // HAR knows an encoding for replies only
			e.Request.Post.Text, e.Request.Post.Comment = base64.StdEncoding.EncodeToString([]byte(x.Body)), "base64"
		}
	}
	if !utf8.ValidString(x.Reply) {
		e.Response.Content.Text, e.Response.Content.Encoding = base64.StdEncoding.EncodeToString([]byte(x.Reply)), "base64"
	}
	return e
}

func pairs(list []Pair) []harPair {
	all := make([]harPair, 0, len(list))
	for _, p := range list {
		all = append(all, harPair(p))
	}
	return all
}

// query lists the pairs of a URL's query in order; what does not unescape stands as it came.
func query(text string) []harPair {
	all := []harPair{}
	_, raw, _ := strings.Cut(text, "?")
	raw, _, _ = strings.Cut(raw, "#")
	for _, part := range strings.Split(raw, "&") {
		if part == "" {
			continue
		}
		name, v, _ := strings.Cut(part, "=")
		all = append(all, harPair{unescaped(name), unescaped(v)})
	}
	return all
}

func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}
