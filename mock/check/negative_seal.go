package check

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// sealMistakes are bodies that are not sealed as the contract says.
func (r *run) sealMistakes(op *operation, base *drive.Request) []mistake {
	s := op.Wire.Seal
	part := s.RequestPart()
	if part == "" || op.body == nil || len(base.Body) == 0 {
		return nil
	}
	conditions := []specs.Condition{specs.Unsealable, specs.MalformedBody, specs.InvalidParameter, specs.UnsupportedMediaType}
	var list []mistake
	add := func(name, what string, alter func(*drive.Request)) {
		list = append(list, mistake{
			trial: trial{name: name, values: op.base, alter: alter}, what: what, in: "body", pointer: strings.TrimPrefix(part, "body"), keyword: "seal",
			rule: op.Pointer, conditions: conditions, about: lastToken(part),
		})
	}
	text, put := sealedText(s, part)
	if len(base.Plain) > 0 {
		add("not sealed", "carries a plain text in place of the sealed one", func(request *drive.Request) {
			if part == "body" {
				request.Body = request.Plain
				return
			}
			if inner, ok := r.heldValue(op, request, lastToken(part)); ok {
				put(request, string(jsonText(inner)))
			}
		})
	}
	add("no ciphertext", "carries a text that is no ciphertext", func(request *drive.Request) { put(request, "%"+text(request)) })
	add("ciphertext cut off", "carries a ciphertext that breaks off", func(request *drive.Request) {
		sealed := text(request)
		put(request, sealed[:len(sealed)/2-len(sealed)/2%4+1])
	})
	if broken := r.brokenCiphertext(op, base, text(base)); broken != "" {
		add("ciphertext changed", "carries a ciphertext that was changed", func(request *drive.Request) { put(request, broken) })
	}
	if client, ok := r.otherwise(s.Key.Slot); ok && (op.Wire.Auth == nil || !slices.Contains(slices.Collect(maps.Values(op.Wire.Auth.Fields)), s.Key.Slot)) {
		list = append(list, mistake{
			trial: trial{name: "sealed with another key", values: carrying(op, base), by: client}, what: "is sealed with another key", in: "body", keyword: "seal",
			rule: op.Pointer, conditions: conditions, about: lastToken(part),
			broken: func(request *drive.Request) bool {
				plain, err := r.client.Unseal(op.ID, []byte(text(request)))
				return err != nil || !isJSONText(plain)
			},
		})
	}
	return list
}

// sealedText reads and writes the ciphertext of a request.
func sealedText(s *specs.Seal, part string) (get func(*drive.Request) string, put func(*drive.Request, string)) {
	if part != "body" {
		name := lastToken(part)
		get = func(request *drive.Request) string {
			v, _ := wire.DecodeJSON(request.Body, wire.JSONOptions{})
			record, _ := v.(map[string]any)
			text, _ := record[name].(string)
			return text
		}
		put = func(request *drive.Request, text string) {
			v, err := wire.DecodeJSON(request.Body, wire.JSONOptions{})
			if record, ok := v.(map[string]any); ok && err == nil {
				record[name] = text
				request.Body = jsonText(record)
			}
		}
		return get, put
	}
	carrier := "text"
	if len(s.Carriers) > 0 {
		carrier = s.Carriers[0]
	}
	get = func(request *drive.Request) string {
		switch carrier {
		case "quoted":
			v, _ := wire.DecodeJSON(request.Body, wire.JSONOptions{})
			text, _ := v.(string)
			return text
		case "form":
			if pairs, err := wire.ParseForm(request.Body); err == nil && len(pairs) == 1 {
				return pairs[0].Value
			}
			return ""
		}
		return string(request.Body)
	}
	put = func(request *drive.Request, text string) {
		switch carrier {
		case "quoted":
			request.Body = jsonText(text)
		case "form":
			if pairs, err := wire.ParseForm(request.Body); err == nil && len(pairs) == 1 {
				request.Body = []byte(url.QueryEscape(pairs[0].Name) + "=" + url.QueryEscape(text))
			}
		default:
			request.Body = []byte(text)
		}
	}
	return get, put
}

// brokenCiphertext is a ciphertext of the right length that opens to nothing of use: with a wrong padding, or with text that
// is no JSON.
func (r *run) brokenCiphertext(op *operation, base *drive.Request, sealed string) string {
	for i := len(sealed) - 6; i >= 0 && i > len(sealed)-40; i-- {
		next := flipped(sealed[i])
		if op.Wire.Seal.Encoding == "hex" {
			next = garbledHex(sealed[i : i+1])
		}
		changed := sealed[:i] + next + sealed[i+1:]
		if changed == sealed {
			continue
		}
		plain, err := r.client.Unseal(op.ID, []byte(changed))
		if err != nil || !isJSONText(plain) {
			return changed
		}
	}
	return ""
}

func isJSONText(text []byte) bool {
	_, err := wire.DecodeJSON(text, wire.JSONOptions{DuplicateNames: true})
	return err == nil
}
