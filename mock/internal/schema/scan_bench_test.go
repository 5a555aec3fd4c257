package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"understudy/mock/internal/wire"
)

// messageSchema is a schema of what a usual body has in it: names, numbers, instants, a list of objects, an alternative.
const messageSchema = `
X:
  type: object
  required: [id, kind, to, rows]
  additionalProperties: false
  properties:
    id: {type: string, format: uuid}
    kind: {type: string, enum: [sms, push, mail]}
    sent: {type: string, format: date-time}
    to: {type: array, minItems: 1, maxItems: 20, items: {type: string, pattern: '^1[3-9]\d{9}$'}}
    title: {type: [string, 'null'], maxLength: 60}
    text: {type: string, minLength: 1, maxLength: 2000}
    rows: {type: array, items: {$ref: '#/components/schemas/Row'}}
    detail:
      oneOf:
        - {type: object, required: [type, url], properties: {type: {const: link}, url: {type: string, format: uri}}}
        - {type: object, required: [type, amount], properties: {type: {const: pay}, amount: {type: number, minimum: 0, multipleOf: 0.01}}}
Row:
  type: object
  required: [id, name]
  properties:
    id: {type: integer, format: int64, minimum: 1}
    name: {type: string, maxLength: 40}
    born: {type: string, format: date}
    paid: {type: boolean}
    price: {type: number, minimum: 0}
    tags: {type: array, items: {type: string}}
`

// messageOf is a valid text of about so many bytes.
func messageOf(tb testing.TB, size int) []byte {
	tb.Helper()
	var out bytes.Buffer
	out.WriteString(`{"id":"0c5f3a1e-6d2b-4e8a-9c1d-2f3e4a5b6c7d","kind":"push","sent":"2026-01-02T03:04:05.123+08:00","to":["13812345678","13912345678"],"title":null,` +
		`"text":"您的预约已经成功，请于明天上午八点到九点到院，携带身份证。Please bring your card.","rows":[`)
	for i := 0; out.Len() < size-150; i++ {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, `{"id":%d,"name":"Row number %d of the list","born":"1990-02-%02d","paid":true,"price":%d.50,"tags":["a","bb","a longer tag"]}`, i+1, i, i%28+1, i*3)
	}
	out.WriteString(`],"detail":{"type":"pay","amount":12.34}}`)
	if !json.Valid(out.Bytes()) {
		tb.Fatalf("not JSON: %s", out.Bytes())
	}
	return out.Bytes()
}

func BenchmarkAccepts(b *testing.B) {
	s := compiled(b, messageSchema[1:])
	for _, size := range []int{1 << 10, 10 << 10} {
		text := messageOf(b, size)
		b.Run(fmt.Sprintf("one pass of %d KB", size>>10), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if !s.Accepts(text, Syntax{}) {
					b.Fatal("not accepted")
				}
			}
		})
		b.Run(fmt.Sprintf("JSON alone of %d KB", size>>10), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if !ValidJSON(text, wire.JSONOptions{}) {
					b.Fatal("not accepted")
				}
			}
		})
		b.Run(fmt.Sprintf("decoded %d KB", size>>10), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				v, err := wire.DecodeJSON(text, wire.JSONOptions{})
				if err != nil || !s.quick.accepts(v) {
					b.Fatal("not accepted")
				}
			}
		})
	}
}
