package report

import (
	"cmp"
	"encoding/base64"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"understudy/scenarios"
)

// WriteHAR writes the exchanges of the report as HAR 1.2, which browsers and proxies open.
func WriteHAR(w io.Writer, r *Report) error {
	log := scenarios.Log{Creator: cmp.Or(clean(r.Tool), "understudy"), CreatorVersion: clean(r.Version)}
	return scenarios.WriteEntries(w, log, func(yield func(*scenarios.Entry, error) bool) {
		for i := range r.Exchanges {
			if !yield(entry(&r.Exchanges[i]), nil) {
				return
			}
		}
	})
}

const (
	inBase64    = "base64"
	httpVersion = "HTTP/1.1"
)

func entry(x *Exchange) *scenarios.Entry {
	ms := float64(x.Duration.Microseconds()) / 1000
	request := &scenarios.EntryRequest{
		Method: x.Method, URL: x.URL, HTTPVersion: httpVersion, Headers: pairs(x.Header), Query: query(x.URL),
		HeadersSize: -1, BodySize: scenarios.Whole(len(x.Body)),
	}
	response := &scenarios.EntryResponse{
		Status: scenarios.Whole(x.Status), StatusText: x.StatusText, HTTPVersion: httpVersion, Headers: pairs(x.ReplyHeader),
		Content:     scenarios.EntryContent{Size: scenarios.Whole(len(x.Reply)), MediaType: cmp.Or(x.ReplyMediaType, "x-unknown")},
		HeadersSize: -1, BodySize: scenarios.Whole(len(x.Reply)),
	}
	if x.Status == 0 {
		response.BodySize = -1
	}
	for _, h := range x.ReplyHeader {
		if strings.EqualFold(h.Name, "Location") {
			response.Redirect = h.Value
		}
	}
	if x.Body != "" || x.MediaType != "" {
		request.Post = &scenarios.EntryPost{MediaType: cmp.Or(x.MediaType, "application/octet-stream"), Text: x.Body}
		if !utf8.ValidString(x.Body) { // HAR knows an encoding for replies only
			request.Post.Text = base64.StdEncoding.EncodeToString([]byte(x.Body))
			request.Post.Encoding, request.Post.Comment = inBase64, inBase64
		}
	}
	if reply := x.Reply; reply != "" {
		if !utf8.ValidString(reply) {
			reply, response.Content.Encoding = base64.StdEncoding.EncodeToString([]byte(reply)), inBase64
		}
		response.Content.Text = &reply
	}
	return &scenarios.Entry{
		Started: x.At.UTC().Format(time.RFC3339Nano), Time: ms, Timings: scenarios.EntryTimings{Wait: ms}, Request: request, Response: response,
		Comment: strings.TrimSpace(strings.Join([]string{x.Operation, x.Check, x.Failure}, " ")),
	}
}

func pairs(list []Pair) []scenarios.EntryPair {
	all := make([]scenarios.EntryPair, 0, len(list))
	for _, p := range list {
		all = append(all, scenarios.EntryPair{Name: p.Name, Value: p.Value})
	}
	return all
}

// query lists the pairs of a URL's query in order; what does not unescape stands as it came.
func query(text string) []scenarios.EntryPair {
	_, raw, _ := strings.Cut(text, "?")
	raw, _, _ = strings.Cut(raw, "#")
	return scenarios.QueryOf(raw)
}
