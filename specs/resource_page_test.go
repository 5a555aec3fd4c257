package specs

import (
	"fmt"
	"strings"
	"testing"
)

// TestUsualPage: a list in parts is known by the names of its parameters, unless the document says otherwise.
func TestUsualPage(t *testing.T) {
	t.Parallel()
	const document = `openapi: 3.0.3
info: {title: Shop, version: "1"}
x-understudy: 1
paths:
  /pets:
    get:
      x-resource: {kind: pet, verb: list}
      parameters: [PARAMETERS]
      responses: {"200": {description: all, content: {application/json: {schema: {type: array, items: {type: object, properties: {id: {type: integer}}}}}}}}
`
	query := func(name, schema string) string { return "{name: " + name + ", in: query, schema: " + schema + "}" }
	for _, tt := range []struct{ parameters, want string }{
		{query("limit", "{type: integer}"), "<nil>"},
		{query("limit", "{type: integer}") + ", " + query("offset", "{type: integer}"), "offset=offset limit=limit"},
		{query("page", "{type: integer}"), "<nil>"},
		{query("page", "{type: integer}") + ", " + query("per_page", "{type: integer}"), "page=page size=per_page"},
		{query("pageNo", "{type: integer, default: 1, minimum: 0}") + ", " + query("pageSize", "{type: integer}"), "page=pageNo size=pageSize"},
		{query("page", "{type: integer, default: 0}") + ", " + query("size", "{type: integer}"), "page=page size=size first=0"},
		{query("page", "{type: integer, minimum: 0}") + ", " + query("limit", "{type: integer}"), "page=page size=limit first=0"},
		{"{name: offset, in: header, schema: {type: integer}}, " + query("limit", "{type: integer}"), "<nil>"},
	} {
		c, err := Parse("shop", "shop.yaml", []byte(strings.Replace(document, "PARAMETERS", tt.parameters, 1)))
		if err != nil {
			t.Errorf("%s: %v", tt.parameters, err)
			continue
		}
		got := "<nil>"
		if p := c.Operations[0].Resource.Page; p != nil {
			got = ""
			for _, one := range [][2]string{{"page", p.Page}, {"size", p.Size}, {"offset", p.Offset}, {"limit", p.Limit}} {
				if one[1] != "" {
					got += " " + one[0] + "=" + one[1]
				}
			}
			if p.First != nil {
				got += fmt.Sprint(" first=", *p.First)
			}
			got = got[1:]
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.parameters, got, tt.want)
		}
	}
}
