package explain

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// harEntry is what matters of an entry of HAR 1.2.
type harEntry struct {
	Request *struct {
		Method, URL string
		Headers     []harPair
		PostData    *struct {
			MimeType, Text string
			Params         []harPair
		}
	}
	Response *struct {
		Status  int
		Content struct{ Text, Encoding string }
	}
}

type harPair struct{ Name, Value string }

// readHAR reads a HAR file or one of its entries; nil when the JSON is neither.
func readHAR(text string) []message {
	var file struct {
		harEntry
		Log *struct{ Entries []harEntry }
	}
	if text[0] != '{' || !strings.Contains(text, `"request"`) || json.Unmarshal([]byte(text), &file) != nil {
		return nil
	}
	entries := []harEntry{file.harEntry}
	if file.Log != nil {
		entries = file.Log.Entries
	}
	var list []message
	for i, entry := range entries {
		if entry.Request == nil || entry.Request.URL == "" {
			continue
		}
		m := entry.message()
		if len(entries) > 1 {
			m.place = fmt.Sprintf("entry %d", i+1)
		}
		list = append(list, m)
	}
	return list
}

func (h *harEntry) message() message {
	m := message{source: sourceHAR, method: strings.ToUpper(h.Request.Method), certain: true}
	m.setURL(h.Request.URL)
	m.header = http.Header{} // known, be it empty
	for _, one := range h.Request.Headers {
		m.setHeader(one.Name, one.Value)
	}
	if post := h.Request.PostData; post != nil {
		if m.header.Get("Content-Type") == "" && post.MimeType != "" {
			m.setHeader("Content-Type", post.MimeType)
		}
		body := post.Text
		if body == "" && len(post.Params) > 0 {
			values := make([]string, len(post.Params))
			for i, p := range post.Params {
				values[i] = url.QueryEscape(unescaped(p.Name)) + "=" + url.QueryEscape(unescaped(p.Value))
			}
			body = strings.Join(values, "&")
		}
		m.setBody(body)
	}
	if h.Response != nil {
		m.status = h.Response.Status
		m.reply = []byte(h.Response.Content.Text)
		if h.Response.Content.Encoding == "base64" {
			if raw, err := base64.StdEncoding.DecodeString(h.Response.Content.Text); err == nil {
				m.reply = raw
			}
		}
	}
	return m
}
