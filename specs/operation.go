package specs

// Operation is one call that the vendor offers.
type Operation struct {
	Vendor  string
	ID      string
	Method  string
	Path    string
	Summary string
	Source  string
	// Wire has each part as it holds for this operation; absent parts are nil.
	Wire Wire
	// Resource says what the operation does with stored representations; nil when the document does not say.
	Resource *Resource
	// Security is the scheme that x-wire.auth is about, or the only one of a contract without it; nil when there is none.
	Security *SecurityScheme
	// Requirements are the alternatives of OpenAPI's security: one of them has to be met, with all its schemes. An empty
	// alternative means that no credential is needed; no alternative at all that nothing is said.
	Requirements [][]SecurityScheme
	// Parameters are those of the path and of the operation.
	Parameters []Parameter
	// Body is nil when the operation takes none.
	Body      *Body
	Responses []Response
	// Prefixes are the paths of the servers, each without a trailing slash; the operation is served below every one.
	Prefixes []string
	// Pointer is the operation's place in the document.
	Pointer string
}

// SecurityScheme says where a credential stands.
type SecurityScheme struct {
	Name string // in the document
	// Type is apiKey, http, oauth2, openIdConnect or mutualTLS.
	Type string
	// Scheme is the HTTP authentication scheme of type http in lower case: basic, bearer, digest …
	Scheme string
	In     string // header, query or cookie; "" for mutualTLS
	Key    string // name of the header, parameter or cookie
	Bearer bool   // the header holds "Bearer " before the token: http bearer, oauth2, openIdConnect
	// Scopes are those that the operation asks for.
	Scopes []string
}

// Parameter is one query, header, path or cookie parameter.
type Parameter struct {
	Name, In  string
	Required  bool
	Sensitive string
	Schema    string // JSON pointer of its schema, "" for none
	// Style and Explode say how a value of several parts is written (OpenAPI, "Style Values"), OpenAPI's defaults filled in.
	Style   string
	Explode bool
	// AllowReserved says that reserved characters stand unescaped in the query; AllowEmptyValue that an empty text is fine
	// whatever the schema.
	AllowReserved, AllowEmptyValue bool
	// MediaType is set where the value is a text of that media type (OpenAPI's content); Schema is then that of the text.
	MediaType string
	Examples  []Example
	Pointer   string // JSON pointer of the parameter itself
}

// Example is one example of a value that the document gives.
type Example struct {
	Name    string // "" for the one of the keyword example
	Pointer string // JSON pointer of the value
}

// Body is what a request may carry.
type Body struct {
	Required bool
	Content  []MediaType
	Pointer  string
}

// Response is what the vendor may answer under one HTTP status, or under a range such as 4XX or default.
type Response struct {
	// Status is three digits, a range as 4XX in upper case, or default.
	Status  string
	Content []MediaType
	Headers []Header
	Links   []Link
	Pointer string
}

// Header is one header of a response or of a part of a multipart body.
type Header struct {
	Name      string
	Required  bool
	Schema    string // JSON pointer of its schema, "" for none
	Explode   bool   // its style is always simple
	MediaType string // as in [Parameter]
	Examples  []Example
	Pointer   string
}

// Link says which operation a reply leads to (OpenAPI's links). Parameters and RequestBody hold runtime expressions or
// constants.
type Link struct {
	Name        string
	Operation   string // operationId in this contract
	Parameters  map[string]any
	RequestBody any
	Pointer     string
}

// MediaType is one form of a body.
type MediaType struct {
	Type   string // as in the document; it may be a range such as image/*
	Schema string // JSON pointer of its schema, "" for none
	// Encoding says how single fields of a form or parts of a multipart body are written.
	Encoding map[string]Encoding
	Examples []Example
	Pointer  string
}

// Encoding says how one field of a form or one part of a multipart body is written.
type Encoding struct {
	// ContentType is the media type of the field's text or of the part; several are separated by commas, "" is OpenAPI's
	// default for the schema.
	ContentType string
	// Style, Explode and AllowReserved are those of a query parameter; Stated says that the document gives one of them, else
	// ContentType decides alone.
	Style         string
	Explode       bool
	AllowReserved bool
	Stated        bool
	Headers       []Header
}

// Note is something wrong or strange in a document that does not keep it from being used.
type Note struct {
	// Rule names the kind: see the constants.
	Rule    string
	At      Position
	Pointer string
	Text    string
}

// The rules of notes.
const (
	NoteInvalid   = "openapi"     // the document breaks the OpenAPI Specification
	NoteForeign   = "foreign-key" // an x- key that is not ours; told once per key
	NoteLookAlike = "look-alike"  // an x- key that looks like one of ours
	NoteConverted = "converted"   // something of an older version that has no equal
	NoteLeftOut   = "left-out"    // something that stands outside the document and is not fetched
)
