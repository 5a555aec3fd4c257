package drive

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"understudy/mock/internal/wire"
)

// ParseParameters reads parameters as somebody has them at hand: a query string or form, also behind the ? of a whole URL; a
// JSON object, whose records and lists are taken as the text that stands there; or one name=value per line, nothing
// escaped. Its errors hold no value.
func ParseParameters(text string) ([]Parameter, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil, errors.New("there are no parameters")
	case text[0] == '{':
		return fromObject([]byte(text))
	case strings.Contains(text, "\n"):
		return fromLines(text)
	}
	in := wire.InForm
	if address, query, ok := strings.Cut(text, "?"); ok && !strings.ContainsAny(address, "=&") {
		text, _, _ = strings.Cut(query, "#")
		in = wire.InQuery
	}
	text = strings.TrimPrefix(text, "?")
	pairs, err := wire.ParseQuery(text)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(text, "=") {
		return nil, errors.New("there is no name=value; write a query string, a form, a JSON object, or a line for each parameter")
	}
	var list []Parameter
	for _, p := range pairs {
		list = append(list, Parameter{in, p.Name, p.Value})
	}
	return list, nil
}

func fromLines(text string) ([]Parameter, error) {
	var list []Parameter
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, v, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("line %d has no =; write name=value", i+1)
		}
		list = append(list, Parameter{wire.InForm, strings.TrimSpace(name), v})
	}
	return list, nil
}

func fromObject(text []byte) ([]Parameter, error) {
	if _, failed := wire.DecodeJSON(text, wire.JSONOptions{}); failed != nil {
		return nil, failed
	}
	d := json.NewDecoder(bytes.NewReader(text))
	var list []Parameter
	_, _ = d.Token() // the brace; the text is known to be JSON
	for d.More() {
		name, _ := d.Token()
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, errors.New("the object cannot be read")
		}
		v := string(raw)
		switch raw[0] {
		case '"':
			_ = json.Unmarshal(raw, &v)
		case 'n':
			v = ""
		}
		list = append(list, Parameter{wire.InForm, fmt.Sprint(name), v})
	}
	return list, nil
}
