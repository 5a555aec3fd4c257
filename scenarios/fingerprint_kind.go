package scenarios

import "strings"

// kind is what an object is by where it stands, so that a property called description is none.
type kind string

const (
	dataKind         kind = ""
	schemaKind       kind = "schema"
	schemaMapKind    kind = "schemas"
	schemaListKind   kind = "schema list"
	schemaSetKind    kind = "schema set"
	parameterKind    kind = "parameter"
	parameterMapKind kind = "parameters"
	headerKind       kind = "header"
	headerMapKind    kind = "headers"
	bodyKind         kind = "body"
	mediaKind        kind = "media"
	mediaMapKind     kind = "content"
	encodingKind     kind = "encoding"
	encodingMapKind  kind = "encodings"
	responseKind     kind = "response"
	responseMapKind  kind = "responses"
	callbackMapKind  kind = "callbacks"
	callbackKind     kind = "callback"
	pathItemKind     kind = "path item"
	calledKind       kind = "called"
)

// below says what the member of an object is; false for one that is for readers alone, or counts where it is referred to.
func (k kind) below(name string) (kind, bool) {
	known := func(members map[string]kind) (kind, bool) {
		found, ok := members[name]
		return found, ok
	}
	switch k {
	case dataKind:
		return dataKind, true
	case schemaKind:
		return schemaMember(name)
	case schemaMapKind:
		return schemaKind, true
	case headerMapKind:
		return headerKind, true
	case mediaMapKind:
		return mediaKind, true
	case encodingMapKind:
		return encodingKind, true
	case responseMapKind:
		return responseKind, !strings.HasPrefix(name, "x-")
	case callbackMapKind:
		return callbackKind, !strings.HasPrefix(name, "x-")
	case callbackKind:
		return pathItemKind, !strings.HasPrefix(name, "x-")
	case parameterKind:
		return known(map[string]kind{
			"$ref": dataKind, "name": dataKind, "in": dataKind, "required": dataKind, "style": dataKind, "explode": dataKind,
			"allowReserved": dataKind, "allowEmptyValue": dataKind, "schema": schemaKind, "content": mediaMapKind,
		})
	case headerKind:
		return known(map[string]kind{"$ref": dataKind, "required": dataKind, "style": dataKind, "explode": dataKind, "schema": schemaKind, "content": mediaMapKind})
	case bodyKind:
		return known(map[string]kind{"$ref": dataKind, "required": dataKind, "content": mediaMapKind})
	case mediaKind:
		return known(map[string]kind{"schema": schemaKind, "itemSchema": schemaKind, "encoding": encodingMapKind})
	case encodingKind:
		return known(map[string]kind{"contentType": dataKind, "style": dataKind, "explode": dataKind, "allowReserved": dataKind, "headers": headerMapKind})
	case responseKind:
		return known(map[string]kind{"$ref": dataKind, "headers": headerMapKind, "content": mediaMapKind})
	case pathItemKind:
		return known(map[string]kind{
			"$ref": dataKind, "parameters": parameterMapKind, "get": calledKind, "put": calledKind, "post": calledKind, "delete": calledKind,
			"options": calledKind, "head": calledKind, "patch": calledKind, "trace": calledKind,
		})
	case calledKind:
		return known(map[string]kind{"parameters": parameterMapKind, "requestBody": bodyKind, "responses": responseMapKind})
	}
	return dataKind, true
}

func schemaMember(name string) (kind, bool) {
	switch name {
	case "description", "title", "summary", "example", "examples", "deprecated", "externalDocs", "tags", "$comment", "$defs", "definitions", "$anchor", "$schema":
		return dataKind, false
	case "properties", "patternProperties", "dependentSchemas":
		return schemaMapKind, true
	case "allOf", "anyOf", "oneOf":
		return schemaSetKind, true
	case "prefixItems":
		return schemaListKind, true
	case "items", "additionalProperties", "additionalItems", "unevaluatedProperties", "unevaluatedItems", "not", "if", "then", "else",
		"contains", "propertyNames", "contentSchema":
		return schemaKind, true
	}
	return dataKind, !strings.HasPrefix(name, "x-")
}

// item is what stands in a list of a kind.
func (k kind) item() kind {
	switch k {
	case parameterMapKind:
		return parameterKind
	case schemaListKind, schemaSetKind, schemaKind:
		return schemaKind
	}
	return dataKind
}

// named says that the members of an object of a kind are names that the document gives, $ref among them.
func (k kind) named() bool {
	switch k {
	case schemaMapKind, headerMapKind, mediaMapKind, encodingMapKind, responseMapKind, callbackMapKind, callbackKind:
		return true
	}
	return false
}

// off says that false is what the absence of a member says.
func (k kind) off(name string) bool {
	return k != schemaKind && (name == "required" || name == "allowReserved" || name == "allowEmptyValue")
}
