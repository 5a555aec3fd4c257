package behave

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// farm is a plain vendor: wrapped replies, pages, kinds below each other, keys of several types.
const farm = `openapi: 3.1.0
info: {title: Farm, version: "1"}
x-understudy: 1
paths:
  /animals:
    get:
      operationId: listAnimals
      x-resource: {kind: animal, verb: list, items: /data/list, total: /data/total, page: {page: page, size: pageSize}, filter: {called: /name, farm: /place/farm}}
      parameters:
      - {name: page, in: query, schema: {type: integer}}
      - {name: pageSize, in: query, schema: {type: integer, default: 10}}
      - {name: species, in: query, schema: {type: string}}
      - {name: tags, in: query, schema: {type: array, items: {type: string}}}
      - {name: weight, in: query, schema: {type: number}}
      - {name: called, in: query, schema: {type: string}}
      - {name: farm, in: query, schema: {type: string}}
      responses:
        "200":
          description: all
          content:
            application/json:
              schema:
                type: object
                required: [code, message, data]
                properties:
                  code: {type: integer, const: 0}
                  message: {type: string, const: ok}
                  data:
                    type: object
                    required: [list, total, page]
                    properties:
                      total: {type: integer}
                      page: {type: integer}
                      pageSize: {type: string}
                      list: {type: array, items: {$ref: "#/components/schemas/Animal"}}
    post:
      operationId: addAnimal
      x-resource: {kind: animal, verb: create, body: /data}
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Animal"}}}}
      responses:
        "200": {description: it was there, content: {application/json: {schema: {$ref: "#/components/schemas/Wrapped"}}}}
        "201":
          description: made
          headers: {Location: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Wrapped"}}}
        "409": {description: taken}
  /animals/{id}:
    get:
      operationId: getAnimal
      x-resource: {kind: animal, verb: read, body: /data}
      parameters: [{name: id, in: path, required: true, schema: {type: integer}, example: 42}]
      responses: {"200": {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Wrapped"}}}}, "404": {description: none}}
    put:
      operationId: replaceAnimal
      x-resource: {kind: animal, verb: replace, body: /data}
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Animal"}}}}
      responses: {"200": {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Wrapped"}}}}}
    patch:
      operationId: patchAnimal
      x-resource: {kind: animal, verb: patch, body: /data, request: ""}
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      requestBody: {content: {application/merge-patch+json: {schema: {type: object}}, application/json-patch+json: {schema: {type: array}}}}
      responses: {"200": {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Wrapped"}}}}}
    delete:
      operationId: dropAnimal
      x-resource: {kind: animal, verb: delete}
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {"204": {description: gone}}
  /keepers:
    get:
      operationId: listKeepers
      x-resource: {kind: keeper, verb: list, page: {offset: offset, limit: limit}, total: X-Total}
      parameters:
      - {name: offset, in: query, schema: {type: integer}}
      - {name: limit, in: query, schema: {type: integer}}
      responses:
        "200":
          description: all
          headers: {X-Total: {schema: {type: integer}}}
          content:
            application/json:
              schema: {type: array, items: {$ref: "#/components/schemas/Keeper"}}
              example: [{code: ANNA, name: Anna}, {code: BO, name: Bo}, {code: CY, name: Cy}, {code: DI, name: Di}]
    post:
      operationId: addKeeper
      x-resource: {kind: keeper, verb: create, key: /code}
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Keeper"}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Keeper"}}}}}
  /keepers/{keeper}:
    get:
      operationId: getKeeper
      x-resource: {kind: keeper, verb: read}
      parameters: [{name: keeper, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Keeper"}}}}}
    put:
      operationId: replaceKeeper
      x-resource: {kind: keeper, verb: replace}
      parameters: [{name: keeper, in: path, required: true, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Keeper"}}}}
      responses:
        "201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Keeper"}}}}
        "204": {description: changed}
  /keepers/{keeper}/shifts:
    get:
      operationId: listShifts
      x-resource: {kind: shift, verb: list, items: /shifts, page: {cursor: after, limit: limit, next: /next}}
      parameters:
      - {name: keeper, in: path, required: true, schema: {type: string}}
      - {name: after, in: query, schema: {type: string}}
      - {name: limit, in: query, schema: {type: integer}}
      responses:
        "200":
          description: all
          content:
            application/json:
              schema:
                type: object
                required: [shifts]
                properties: {shifts: {type: array, items: {$ref: "#/components/schemas/Shift"}}, next: {type: string}}
    post:
      operationId: addShift
      x-resource: {kind: shift, verb: create, key: /meta/id}
      parameters: [{name: keeper, in: path, required: true, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Shift"}}}}
      responses:
        "201":
          description: made
          headers: {location: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Shift"}}}
  /keepers/{keeper}/shifts/{shift}:
    get:
      operationId: getShift
      x-resource: {kind: shift, verb: read, key: /meta/id}
      parameters:
      - {name: keeper, in: path, required: true, schema: {type: string}}
      - {name: shift, in: path, required: true, schema: {type: string, format: uuid}}
      responses: {"200": {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Shift"}}}}}
    delete:
      operationId: dropShift
      x-resource: {kind: shift, verb: delete, key: /meta/id}
      parameters:
      - {name: keeper, in: path, required: true, schema: {type: string}}
      - {name: shift, in: path, required: true, schema: {type: string, format: uuid}}
      responses: {"200": {description: gone, content: {application/json: {schema: {$ref: "#/components/schemas/Shift"}}}}}
  /findAnimal:
    post:
      operationId: findAnimal
      x-resource: {kind: animal, verb: read, parameter: /query/id}
      requestBody: {content: {application/json: {schema: {type: object, properties: {query: {type: object, properties: {id: {type: integer}}}}}}}}
      responses: {"200": {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Summary"}}}}}
  /plain:
    get:
      operationId: plain
      responses: {"200": {description: fine}}
components:
  schemas:
    Animal:
      type: object
      required: [name, species]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string, minLength: 1, maxLength: 20}
        species: {type: string, enum: [cow, hen, pig]}
        tags: {type: array, items: {type: string}}
        weight: {type: number, default: 1.5}
        secret: {type: string, writeOnly: true}
        place: {type: object, properties: {farm: {type: string}, pin: {type: string, writeOnly: true}}}
        created: {type: string, format: date-time, readOnly: true}
        updatedAt: {type: string, format: date-time, readOnly: true}
    Summary:
      type: object
      additionalProperties: false
      required: [id, name, grade]
      properties: {id: {type: integer}, name: {type: string}, grade: {type: string, enum: [a, b]}}
    Wrapped:
      type: object
      required: [code, data]
      properties: {code: {type: integer, const: 0}, data: {$ref: "#/components/schemas/Animal"}}
    Keeper:
      type: object
      required: [name]
      properties: {code: {type: string}, name: {type: string}, animal: {type: [integer, "null"]}}
    Shift:
      type: object
      required: [day]
      properties:
        day: {type: string, format: date}
        meta: {type: object, properties: {id: {type: string, format: uuid}}}
`

// farmer calls the steps of a contract as the pipeline does, and holds each reply to it.
type farmer struct {
	testing.TB
	contract *specs.Contract
	set      *schema.Set
	steps    map[string]Step
	world    *World
	now      time.Time
	numbers  map[string]int64
}

func newFarmer(t testing.TB, document string, seed int64) *farmer {
	t.Helper()
	c, err := specs.Parse("farm", "farm.yaml", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return &farmer{
		TB: t, contract: c, set: schema.NewSet(c), steps: Steps(c), now: testStart(), numbers: map[string]int64{},
		world: &World{Session: "test", Store: &state.Memory{}, Seed: seed, Start: testStart()},
	}
}

// arguments are the parameters of a call; under "" stands its body, as JSON.
type arguments map[string]any

func (f *farmer) try(operation string, with arguments) (Reply, error) {
	f.Helper()
	step := f.steps[operation]
	if step == nil {
		f.Fatalf("there is no step %s", operation)
	}
	f.numbers[operation]++
	call := &Call{World: f.world, Operation: operation, Number: f.numbers[operation], Now: f.now, Parameters: value.Record{}, Base: "/~s"}
	for name, v := range with {
		if name != "" {
			call.Parameters[name] = v
		}
	}
	if text, ok := with[""].(string); ok {
		call.Body = Decoded{decoded(f, text)}
	}
	var reply Reply
	err := f.world.Store.Update(f.Context(), f.world.Session, func(tx state.Tx) (err error) {
		reply, err = step(tx, call)
		reply.Value = plain(reply.Value)
		return err
	})
	return reply, err
}

func decoded(t testing.TB, text string) any {
	t.Helper()
	v, err := wire.DecodeJSON([]byte(text), wire.JSONOptions{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// call makes a call that must succeed, and holds its reply to the schema of its status.
func (f *farmer) call(operation string, with arguments) Reply {
	f.Helper()
	reply, err := f.try(operation, with)
	if err != nil {
		f.Fatalf("%s %v: %v", operation, with, err)
	}
	f.judge(operation, reply)
	return reply
}

func (f *farmer) judge(operation string, reply Reply) {
	f.Helper()
	op, _ := f.contract.Operation(operation)
	for _, r := range op.Responses {
		if !strings.HasPrefix(r.Status, "2") || reply.Status != 0 && r.Status != fmt.Sprint(reply.Status) {
			continue
		}
		if len(r.Content) == 0 {
			return
		}
		s, err := f.set.CompileView(r.Content[0].Schema, schema.Response)
		if err != nil {
			f.Fatal(err)
		}
		if list := s.Validate(reply.Value); len(list) > 0 {
			f.Errorf("%s answers %v, which breaks the contract: %+v", operation, reply.Value, list)
		}
		return
	}
	f.Errorf("%s answers with status %d, which it does not declare", operation, reply.Status)
}

// fails makes a call that must fail with a status.
func (f *farmer) fails(status int, operation string, with arguments) {
	f.Helper()
	_, err := f.try(operation, with)
	var failed *Error
	if !errors.As(err, &failed) || failed.Status != status || failed.ID != "" || failed.Diagnosis == nil {
		f.Errorf("%s %v fails with %v, want status %d", operation, with, err, status)
	}
}

// at is what stands at a pointer of a reply, as text.
func at(r Reply, pointer string) string {
	v, _ := valueAt(r.Value, pointer)
	return scalarText(v)
}

func listOf(r Reply, pointer string) []any {
	v, _ := valueAt(r.Value, pointer)
	list, _ := v.([]any)
	return list
}

// texts are what stands at a pointer of each item.
func texts(list []any, pointer string) []string {
	out := []string{}
	for _, one := range list {
		v, _ := valueAt(one, pointer)
		out = append(out, scalarText(v))
	}
	return out
}

const notFound = http.StatusNotFound
