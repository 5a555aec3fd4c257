package explain

import (
	"fmt"
	"net/http"
	"strings"

	"understudy/scenarios"
)

// readHAR reads a HAR file or one of its entries; nil when the JSON is neither.
func readHAR(text string) []message {
	if text[0] != '{' || !strings.Contains(text, `"request"`) {
		return nil
	}
	var entries []*scenarios.Entry
	err := scenarios.ReadEntries(strings.NewReader(text), scenarios.ReadConfig{MaxBytes: int64(len(text))}, func(e *scenarios.Entry) error {
		entries = append(entries, e)
		return nil
	})
	if err != nil || len(entries) == 0 {
		one, err := scenarios.ParseEntry([]byte(text))
		if err != nil {
			return nil
		}
		entries = []*scenarios.Entry{one}
	}
	var list []message
	for _, entry := range entries {
		if entry.Request == nil || entry.Request.URL == "" {
			continue
		}
		m := messageOf(entry)
		if len(entries) > 1 {
			m.place = fmt.Sprintf("entry %d", entry.Number)
		}
		list = append(list, m)
	}
	return list
}

func messageOf(e *scenarios.Entry) message {
	m := message{source: sourceHAR, method: strings.ToUpper(e.Request.Method), certain: true}
	m.setURL(e.Request.URL)
	m.header = http.Header{} // known, be it empty
	for _, one := range e.Request.Headers {
		m.setHeader(one.Name, one.Value)
	}
	if post := e.Request.Post; post != nil {
		if m.header.Get("Content-Type") == "" && post.MediaType != "" {
			m.setHeader("Content-Type", post.MediaType)
		}
		body := string(scenarios.Decoded(post.Text, post.Encoding))
		if body == "" && len(post.Params) > 0 {
			body = scenarios.FormOf(post.Params)
		}
		m.setBody(body)
	}
	if e.Response != nil {
		m.status = int(e.Response.Status)
		m.reply = []byte{}
		if text := e.Response.Content.Text; text != nil {
			m.reply = scenarios.Decoded(*text, e.Response.Content.Encoding)
		}
	}
	return m
}
