package generate_test

import (
	"testing"
	"time"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
)

// orders is a list as ordinary documents have them.
const orders = `{"Root": {"type": "array", "minItems": 2, "maxItems": 20, "items": {"$ref": "#/components/schemas/Order"}},
"Order": {"type": "object", "required": ["id", "uuid", "name", "createdAt", "status", "address", "tags"], "properties": {
	"id": {"type": "integer", "format": "int64", "minimum": 1}, "uuid": {"type": "string", "format": "uuid"},
	"name": {"type": "string", "minLength": 1, "maxLength": 60}, "customerName": {"type": "string"}, "city": {"type": "string"},
	"phone": {"type": "string", "pattern": "^1[3-9][0-9]{9}$"}, "email": {"type": "string", "format": "email"},
	"createdAt": {"type": "string", "format": "date-time"}, "updatedAt": {"type": "string", "format": "date-time"},
	"amount": {"type": "number", "minimum": 0, "maximum": 10000}, "quantity": {"type": "integer", "minimum": 1, "maximum": 12},
	"status": {"type": "string", "enum": ["open", "paid", "sent", "closed"]}, "express": {"type": "boolean"},
	"address": {"$ref": "#/components/schemas/Address"}, "tags": {"type": "array", "maxItems": 4, "items": {"type": "string"}}}},
"Address": {"type": "object", "required": ["street", "zip"], "properties": {"street": {"type": "string"}, "zip": {"type": "string", "pattern": "^[0-9]{6}$"}, "country": {"type": "string", "pattern": "^[A-Z]{2}$"}}}}`

func BenchmarkAppend(b *testing.B) {
	c := contract(b, orders)
	g := generate.New(c, schema.NewSet(c))
	o := generate.Options{View: schema.Response, Dynamic: true, At: time.Unix(1780000000, 0)}
	var buffer []byte
	size, n := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		var ok bool
		if buffer, ok = g.Append(buffer[:0], root, fake.New(int64(n)), o); !ok {
			b.Fatal("not written")
		}
		size += len(buffer)
		n++
	}
	b.ReportMetric(float64(size)/float64(n), "B/text")
}

func TestAppendAllocatesNothing(t *testing.T) {
	c := contract(t, orders)
	g := generate.New(c, schema.NewSet(c))
	o := generate.Options{View: schema.Response, At: time.Unix(1780000000, 0)}
	buffer := make([]byte, 0, 64<<10)
	n := int64(0)
	allocations := testing.AllocsPerRun(200, func() {
		if _, ok := g.Append(buffer, root, fake.New(n), o); !ok {
			t.Fatal("not written")
		}
		n++
	})
	if allocations > 1 {
		t.Errorf("%v allocations for a written list", allocations)
	}
}
