package mock

import (
	"encoding/json"
	"net/http"
	"testing"

	"understudy/mock/behave"
)

const petsAndToys = `
x-understudy: 1
paths:
  /pets/{id}:
    get:
      x-resource: {kind: pet, verb: read}
      parameters: [{name: id, in: path, required: true, schema: {type: integer}, example: 1}]
      responses: {"200": {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}, "404": {description: none}}
  /pets/{id}/toys:
    get:
      x-resource: {kind: toy, verb: list, parents: {id: /pet}}
      parameters: [{name: id, in: path, required: true, schema: {type: integer}, example: 1}]
      responses: {"200": {description: all, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Toy"}}}}}}
  /toys/{toy}:
    get:
      x-resource: {kind: toy, verb: read}
      parameters: [{name: toy, in: path, required: true, schema: {type: integer}, example: 7}]
      responses: {"200": {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Toy"}}}}, "404": {description: none}}
components:
  schemas:
    Pet: {type: object, required: [id, name], properties: {id: {type: integer, minimum: 1}, name: {type: string, minLength: 1}}}
    Toy: {type: object, required: [id, name, pet], properties: {id: {type: integer}, name: {type: string, minLength: 1}, pet: {type: integer}}}
`

// TestWhatIsRememberedHeedsData: what was answered before is not answered again once the user's records say otherwise, those of
// a parent too.
func TestWhatIsRememberedHeedsData(t *testing.T) {
	t.Parallel()
	asks := func(p *player, path string) (int, string) {
		w, _ := p.send(asked(http.MethodGet, path, ""))
		return w.Code, w.Body.String()
	}
	p := inline(t, Config{}, petsAndToys)
	for _, path := range []string{"/pets/1", "/pets/1", "/toys/7", "/toys/7", "/pets/1/toys"} {
		if status, text := asks(p, path); status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, status, text)
		}
	}
	for _, data := range []behave.Data{{"pet": {{"id": json.Number("41"), "name": "a"}}}, {"pet": {}}, {"toy": {}}, {"pet": {}, "toy": {}}, nil} {
		if err := p.server.SetData("shop", data); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/pets/1", "/pets/41", "/toys/7", "/pets/1/toys", "/pets/41/toys"} {
			status, text := asks(p, path)
			if wantStatus, want := asks(inline(t, Config{Data: map[string]behave.Data{"shop": data}}, petsAndToys), path); status != wantStatus || text != want {
				t.Errorf("%v: %s: %d %s, and a new server says %d %s", data, path, status, text, wantStatus, want)
			}
		}
	}
}
