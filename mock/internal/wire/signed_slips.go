package wire

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// placeSlips are about where the secret stands around the text.
func placeSlips(right *composition) []textSlip {
	var list []textSlip
	add := func(id, place string, change func(*composition)) {
		list = append(list, textSlip{id: id, detail: map[string]string{"place": place}, change: change})
	}
	if right.wrap != "" && right.wrap != "none" {
		add("signed-without-secret", "nowhere", func(c *composition) { c.wrap = "" })
	}
	for _, wrap := range []string{"before", "after", "both", "pair"} {
		if wrap != right.wrap {
			add("signed-secret-place", wrap, func(c *composition) { c.wrap = wrap })
		}
	}
	for _, name := range []string{"key", "secret", "appSecret", "app_secret", "appsecret", "secretKey", "KEY", "token"} {
		if right.wrap == "pair" && name != right.pair {
			add("signed-secret-place", name+right.equals, func(c *composition) { c.pair = name })
		}
	}
	if right.wrap == "pair" {
		add("signed-secret-place", "after "+right.pairs, func(c *composition) { c.wrap, c.tail = "after", c.pairs })
		add("signed-secret-place", "after "+right.pair+right.equals, func(c *composition) { c.wrap, c.tail = "after", c.pair+c.equals })
	}
	if at := slices.Index(right.parts, "secret"); at >= 0 {
		add("signed-without-secret", "nowhere", func(c *composition) {
			if at := slices.Index(c.parts, "secret"); at >= 0 {
				c.parts = slices.Delete(slices.Clone(c.parts), at, at+1)
			}
		})
	}
	return list
}

// timeSlips are those in which the time was signed otherwise than it was sent.
func timeSlips(s *Signer, right *composition) []textSlip {
	at, err := parseTime(s.sign.TimeForm, right.time)
	if err != nil || right.time == "" {
		return nil
	}
	texts := []string{}
	for _, form := range []string{"datetime", "digits", "seconds", "millis", "rfc3339"} {
		texts = append(texts, formatTime(form, at))
	}
	for _, off := range []time.Duration{-1, 1, -2, 2, -3, 3} {
		texts = append(texts, formatTime(s.sign.TimeForm, at.Add(off*time.Second)))
	}
	for _, hours := range []time.Duration{-8, 8} {
		texts = append(texts, formatTime(s.sign.TimeForm, at.Add(hours*time.Hour)))
	}
	texts = append(texts, url.QueryEscape(right.time), strconv.FormatInt(at.Unix(), 10)+"000")
	var list []textSlip
	for _, text := range texts {
		if text == right.time {
			continue
		}
		list = append(list, textSlip{id: "signed-time-other", change: func(c *composition) {
			was := c.time
			c.time = text
			c.all = slices.Clone(c.all)
			for i := range c.all {
				if c.all[i].Value == was {
					c.all[i].Value = text
				}
			}
		}})
	}
	return list
}

// sortedJSON writes JSON with the names of every object sorted, as a TreeMap does.
func sortedJSON(s string) (string, bool) {
	if !isJSON([]byte(s)) {
		return "", false
	}
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return "", false
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return "", false
	}
	return strings.TrimSuffix(b.String(), "\n"), true
}

// escapedJSON writes JSON as Go and Gson do by default: <, > and & escaped.
func escapedJSON(s string) (string, bool) {
	var b bytes.Buffer
	compact, ok := compactJSON(s)
	if !ok {
		return "", false
	}
	json.HTMLEscape(&b, []byte(compact))
	return b.String(), true
}
