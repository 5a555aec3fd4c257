package e2e_test

import (
	"fmt"
	"strings"
)

// benchContract is a contract of the benchmark by its name: tasks, stock or large.
func benchContract(name string) string {
	switch name {
	case "tasks":
		return benchTasksContract()
	case "stock":
		return benchStockContract
	case "large":
		return benchLargeContract(1000)
	}
	panic("no contract is called " + name)
}

const benchFewestTasks, benchMostTasks = 2, 20

// benchTasksContract has no example: every task is made for its schema. A list that may be short is made short, so each
// operation says how long its list is.
func benchTasksContract() string {
	var b strings.Builder
	b.WriteString("openapi: 3.0.3\ninfo: {title: Tasks, version: \"1\"}\npaths:\n")
	for n := benchFewestTasks; n <= benchMostTasks; n++ {
		fmt.Fprintf(&b, `  /shops/{shop}/first%[1]d:
    get:
      operationId: first%[1]d
      parameters:
        - {name: shop, in: path, required: true, schema: {type: integer, minimum: 1}}
        - {name: page, in: query, schema: {type: integer, minimum: 1, maximum: 1000}}
      responses:
        "200":
          description: tasks
          content: {application/json: {schema: {type: array, minItems: %[1]d, maxItems: %[1]d, items: {$ref: "#/components/schemas/Task"}}}}
`, n)
	}
	return b.String() + benchTask
}

const benchTask = `components:
  schemas:
    Task:
      type: object
      required: [id, title, status, priority, owner, labels, due, created, done]
      properties:
        id: {type: string, format: uuid}
        title: {type: string, minLength: 8, maxLength: 40}
        status: {type: string, enum: [open, waiting, closed]}
        priority: {type: integer, minimum: 1, maximum: 5}
        hours: {type: number, minimum: 0, maximum: 100}
        owner:
          type: object
          required: [name, email]
          properties:
            name: {type: string, minLength: 1, maxLength: 30}
            email: {type: string, format: email}
            desk: {type: string, pattern: "^[A-Z]{2}-[0-9]{4}$"}
        labels: {type: array, maxItems: 3, items: {type: string, enum: [new, rare, sale, heavy]}}
        due: {type: string, format: date}
        created: {type: string, format: date-time}
        done: {type: boolean}
`

// benchStockContract keeps what is created.
const benchStockContract = `openapi: 3.1.0
x-understudy: 1
info: {title: Stock, version: "1"}
paths:
  /items:
    get:
      operationId: listItems
      x-resource: {kind: item, verb: list}
      responses: {"200": {description: items, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Item"}}}}}}
    post:
      operationId: addItem
      x-resource: {kind: item, verb: create}
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}}
  /items/{id}:
    get:
      operationId: getItem
      x-resource: {kind: item, verb: read}
      parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 1}}]
      responses:
        "200": {description: item, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}
        "404": {description: none}
components:
  schemas:
    Item:
      type: object
      required: [id, name, price, tags]
      properties:
        id: {type: integer, minimum: 1, readOnly: true}
        name: {type: string, minLength: 1, maxLength: 40}
        price: {type: number, minimum: 0, maximum: 1000}
        tags: {type: array, items: {type: string, enum: [new, old, rare]}, maxItems: 4}
        created: {type: string, format: date-time, readOnly: true}
`

// benchLargeContract has that many operations, five below each path's beginning, and a few schemas of its own for each.
func benchLargeContract(operations int) string {
	var b strings.Builder
	b.WriteString("openapi: 3.1.0\ninfo: {title: Large, version: \"1\"}\npaths:\n")
	const body = `{content: {application/json: {schema: {$ref: "#/components/schemas/Thing%[1]d"}}}}`
	for i := range operations / 5 {
		fmt.Fprintf(&b, `  /large/area%[1]d/things:
    get:
      operationId: listThings%[1]d
      parameters: [{name: page, in: query, schema: {type: integer, minimum: 1}}, {name: sort, in: query, schema: {type: string, enum: [name, size]}}]
      responses: {"200": {description: things, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Thing%[1]d"}}}}}}
    post:
      operationId: addThing%[1]d
      requestBody: `+body+`
      responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Thing%[1]d"}}}}}
  /large/area%[1]d/things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 1}}]
    get:
      operationId: getThing%[1]d
      responses: {"200": {description: thing, content: {application/json: {schema: {$ref: "#/components/schemas/Thing%[1]d"}}}}}
    put:
      operationId: putThing%[1]d
      requestBody: `+body+`
      responses: {"200": {description: thing, content: {application/json: {schema: {$ref: "#/components/schemas/Thing%[1]d"}}}}}
    delete:
      operationId: deleteThing%[1]d
      responses: {"204": {description: gone}}
`, i)
	}
	b.WriteString("components:\n  schemas:\n")
	for i := range operations / 5 {
		fmt.Fprintf(&b, `    Thing%[1]d:
      type: object
      required: [id, name, size]
      properties:
        id: {type: integer, minimum: 1}
        name: {type: string, minLength: 1, maxLength: %[2]d}
        size: {type: string, enum: [small, large, size%[1]d]}
        made: {type: string, format: date-time}
        price: {type: number, minimum: 0, maximum: 1000}
        parts:
          type: array
          maxItems: 5
          items: {type: object, required: [code], properties: {code: {type: string, pattern: "^[A-Z]{3}-[0-9]{4}$"}, count: {type: integer, minimum: 0}}}
`, i, 20+i%30)
	}
	return b.String()
}
