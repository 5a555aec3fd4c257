package specs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"understudy/specs"
)

// compile gives the schema at a pointer as a JSON Schema validator understands it: formats are annotations here, as
// they are in OpenAPI 3.1.
func compile(t testing.TB, c *specs.Contract, pointer string) *jsonschema.Schema {
	t.Helper()
	return compiler(t, c)(pointer)
}

// compiler does the same for several schemas of a contract, and reads the document only once.
func compiler(t testing.TB, c *specs.Contract) func(pointer string) *jsonschema.Schema {
	t.Helper()
	document, _ := c.Value("")
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	if err := compiler.AddResource("contract:///"+c.Vendor, document); err != nil {
		t.Fatal(err)
	}
	return func(pointer string) *jsonschema.Schema {
		t.Helper()
		schema, err := compiler.Compile("contract:///" + c.Vendor + "#" + pointer)
		if err != nil {
			t.Fatalf("%s: %v", c.Position(pointer), err)
		}
		return schema
	}
}

// bodies lists the schema of every body of an operation, requests first.
func bodies(op *specs.Operation) (request, replies []string) {
	if op.Body != nil {
		for _, m := range op.Body.Content {
			request = append(request, m.Schema)
		}
	}
	for _, r := range op.Responses {
		for _, m := range r.Content {
			replies = append(replies, m.Schema)
		}
	}
	return request, replies
}

func TestSchemasCompile(t *testing.T) {
	t.Parallel()
	eachVariant(t, func(t *testing.T, c *specs.Contract) {
		var pointers []string
		for _, name := range c.Names("/components/schemas") {
			pointers = append(pointers, "/components/schemas/"+specs.EscapePointer(name))
		}
		for _, op := range c.Operations {
			request, replies := bodies(op)
			if len(replies) == 0 {
				t.Errorf("%s has no reply", op.ID)
			}
			pointers = append(append(pointers, request...), replies...)
			for _, p := range op.Parameters {
				pointers = append(pointers, p.Schema)
			}
		}
		schemaAt := compiler(t, c)
		for _, p := range pointers {
			schemaAt(p)
		}
	})
}

// TestExamples holds every example in a contract to the schema beside it.
func TestExamples(t *testing.T) {
	t.Parallel()
	found := 0
	for _, vendor := range specs.Vendors() {
		c := load(t, vendor)
		visit(c, "", func(pointer string) {
			at, ok := strings.CutSuffix(pointer, "/example")
			if !ok || strings.HasSuffix(at, "/properties") {
				return
			}
			found++
			value, _ := c.Value(pointer)
			if err := compile(t, c, at).Validate(value); err != nil {
				t.Errorf("%s: %v", c.Position(pointer), err)
			}
		})
	}
	if found == 0 {
		t.Error("no contract has an example; the fakes lean on some")
	}
}

// visit calls back for every object key of a contract.
func visit(c *specs.Contract, pointer string, call func(string)) {
	value, _ := c.Value(pointer)
	var walk func(string, any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, name := range c.Names(at) {
				child := at + "/" + specs.EscapePointer(name)
				call(child)
				walk(child, v[name])
			}
		}
	}
	walk(pointer, value)
}

// TestSensitive lists every datum that is masked or kept secret, by schema and property or by parameter.
func TestSensitive(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"alihealth": {"parameters/session token", "Appointment/name name"},
		"eazytec": {
			"SendData/title message", "SendData/body message", "SendData/extMap message", "Params/sender name",
			"Params/recipient person-id", "Params/attfiles message", "Party/userid person-id",
			"Unauthorized/error_description token",
		},
		"mytijian": nil,
		"weixiao": {
			"Push/app_key secret", "Push/raw_data ciphertext", "PushedChange/name name", "PushedChange/card_number person-id",
			"PushedChange/physical_chip_number person-id", "PushedChange/physical_card_number person-id",
			"PushedChange/birthday birth-date", "PushedChange/address person-id", "PushedChange/contact_person name",
			"PushedChange/contact_phone mobile", "PushedChange/email person-id", "PushedChange/auth_info/auth_user person-id",
		},
		"zheliban": {
			"Credentials/apikey secret", "Credentials/secret secret", "TokenReply/result/token token",
			"Reservation/erhcNo health-card", "Reservation/name name", "Reservation/idcard id-card",
			"Reservation/birthdate birth-date", "Reservation/mobile mobile",
		},
	}
	short := strings.NewReplacer("/components/schemas/", "", "/components/", "", "/properties/", "/", "/x-sensitive", "")
	each(t, func(t *testing.T, c *specs.Contract) {
		var got []string
		visit(c, "", func(pointer string) {
			if strings.HasSuffix(pointer, "/x-sensitive") {
				kind, _ := c.Value(pointer)
				got = append(got, short.Replace(pointer)+" "+kind.(string))
			}
		})
		if !slices.Equal(got, want[c.Vendor]) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want[c.Vendor], "\n"))
		}
	})
}

// TestRowsFitReplies writes every catalogue row in its envelope and asks the operation's replies whether they take it.
func TestRowsFitReplies(t *testing.T) {
	t.Parallel()
	eachVariant(t, func(t *testing.T, c *specs.Contract) {
		judged, schemaAt := 0, compiler(t, c)
		for _, op := range c.Operations {
			for _, row := range c.Errors {
				if len(row.Operations) > 0 && !slices.Contains(row.Operations, op.ID) {
					continue
				}
				template := row.Body
				if template == nil {
					template = op.Wire.Envelope.Error
				}
				judged++
				status := "200"
				if row.Status != 0 {
					status = decimal(row.Status)
				}
				i := slices.IndexFunc(op.Responses, func(r specs.Response) bool { return r.Status == status })
				if i < 0 {
					t.Errorf("%s: %s has no reply under %s", row.ID, op.ID, status)
					continue
				}
				schema := schemaAt(op.Responses[i].Content[0].Schema)
				// Whether a code is a number is the schema's to say; one of the two ways has to fit.
				number, quoted := fill(template, row, true), fill(template, row, false)
				if schema.Validate(number) != nil && schema.Validate(quoted) != nil {
					t.Errorf("%s does not fit the replies of %s: %v", row.ID, op.ID, schema.Validate(number))
				}
			}
		}
		if judged == 0 {
			t.Error("no row to judge")
		}
	})
}
