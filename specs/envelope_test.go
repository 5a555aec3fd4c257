package specs_test

import (
	"encoding/json"
	"strconv"

	"understudy/specs"
)

// fill writes a row into an error template: codes as numbers or as texts, empty optional texts left out.
func fill(template any, row specs.ErrorRow, number bool) any {
	switch t := template.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, v := range t {
			if filled := fill(v, row, number); filled != "" {
				out[name] = filled
			}
		}
		return out
	case int:
		return json.Number(decimal(t))
	case string:
		switch t {
		case "$code":
			if number {
				return json.Number(row.Code)
			}
			return row.Code
		case "$message":
			return row.Message
		case "$subCode":
			return row.SubCode
		case "$subMessage":
			return row.SubMessage
		case "$requestId":
			return "r"
		case "$now":
			return json.Number("1700000000000")
		}
	}
	return template
}

func decimal(n int) string { return strconv.Itoa(n) }
