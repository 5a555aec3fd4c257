package replay

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/internal/wire"
	"understudy/scenarios"
)

// eachRequested visits the values of a request with their names.
func eachRequested(r *scenarios.Request, template string, visit func(name, text string)) {
	note := func(name, text string) string {
		visit(name, text)
		return text
	}
	changedPath(r.Path, template, note)
	for _, p := range r.Parameters {
		visit(p.Name, p.Value)
	}
	changedBody(r, note)
}

// changedPath changes the steps of an escaped path that are parameters of the template.
func changedPath(path, template string, change func(name, text string) string) string {
	steps, names := strings.Split(path, "/"), strings.Split(template, "/")
	for i := range steps {
		j := len(names) - len(steps) + i
		if j < 0 || !strings.HasPrefix(names[j], "{") || !strings.HasSuffix(names[j], "}") {
			continue
		}
		if text, err := url.PathUnescape(steps[i]); err == nil {
			if now := change(strings.Trim(names[j], "{}"), text); now != text {
				steps[i] = url.PathEscape(now)
			}
		}
	}
	return strings.Join(steps, "/")
}

// changedBody changes the fields of a form and the scalars of JSON, also of JSON within texts; any other body stays.
func changedBody(r *scenarios.Request, change func(name, text string) string) []byte {
	switch base, _, _ := strings.Cut(strings.ToLower(r.MediaType), ";"); {
	case strings.TrimSpace(base) == "application/x-www-form-urlencoded":
		pairs, err := wire.ParseForm(r.Body)
		if err != nil {
			return r.Body
		}
		changed := false
		var parts []string
		for _, p := range pairs {
			now := p.Value
			if inner, ok := changedText([]byte(p.Value), change); ok {
				now = string(inner)
			} else {
				now = change(p.Name, p.Value)
			}
			changed = changed || now != p.Value
			parts = append(parts, url.QueryEscape(p.Name)+"="+url.QueryEscape(now))
		}
		if !changed {
			return r.Body
		}
		return []byte(strings.Join(parts, "&"))
	default:
		if out, ok := changedText(r.Body, change); ok {
			return out
		}
	}
	return r.Body
}

// changedText changes the scalars of a JSON object or list and keeps all else as it is written; false for any other text.
func changedText(text []byte, change func(name, text string) string) ([]byte, bool) {
	if _, ok := drive.Held(string(text)); !ok {
		return nil, false
	}
	w := &rewriter{from: text, change: change}
	w.value("")
	return append(w.out, w.from[w.done:]...), true
}

// rewriter goes through JSON that is known to be such.
type rewriter struct {
	from   []byte
	at     int // of what is read
	done   int // of what is written
	out    []byte
	change func(name, text string) string
}

func (w *rewriter) blank() {
	for w.at < len(w.from) && strings.IndexByte(" \t\r\n,:", w.from[w.at]) >= 0 {
		w.at++
	}
}

// value reads one value, the member of a name or an element of a list of that name.
func (w *rewriter) value(name string) {
	w.blank()
	switch w.from[w.at] {
	case '{':
		w.at++
		for w.blank(); w.from[w.at] != '}'; w.blank() {
			var inner string
			_ = json.Unmarshal(w.token(), &inner) // a name of JSON
			w.value(inner)
		}
		w.at++
	case '[':
		w.at++
		for w.blank(); w.from[w.at] != ']'; w.blank() {
			w.value(name)
		}
		w.at++
	default:
		begin := w.at
		w.scalar(name, begin, w.token())
	}
}

// token reads a scalar as it is written.
func (w *rewriter) token() []byte {
	begin := w.at
	if w.from[w.at] != '"' {
		for w.at < len(w.from) && strings.IndexByte(" \t\r\n,:]}", w.from[w.at]) < 0 {
			w.at++
		}
		return w.from[begin:w.at]
	}
	for w.at++; w.from[w.at] != '"'; w.at++ {
		if w.from[w.at] == '\\' {
			w.at++
		}
	}
	w.at++
	return w.from[begin:w.at]
}

func (w *rewriter) scalar(name string, begin int, raw []byte) {
	var now []byte
	switch raw[0] {
	case '"':
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return
		}
		changed, isJSON := changedText([]byte(text), w.change)
		if !isJSON {
			changed = []byte(w.change(name, text))
		}
		if string(changed) == text {
			return
		}
		now = jsonText(string(changed))
	case 't', 'f', 'n':
		return
	default:
		text := w.change(name, string(raw))
		if text == string(raw) {
			return
		}
		if now = []byte(text); !isNumber(text) {
			now = jsonText(text)
		}
	}
	w.out = append(append(w.out, w.from[w.done:begin]...), now...)
	w.done = w.at
}

func isNumber(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil && json.Valid([]byte(text))
}
