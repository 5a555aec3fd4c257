package specs

import "time"

// The closed vocabulary: what OpenAPI cannot say about a wire. An extension states what the vendor does, never what a
// simulator does, so the document stays true when the simulator is thrown away. Every key is decoded strictly: an
// unknown, misspelt or misplaced one is a load error that names its line.
const (
	KeyUnderstudy = "x-understudy" // root: 1, the document uses this vocabulary
	KeyWire       = "x-wire"       // root, path, operation: ciphers, signatures, routing, envelopes
	KeyErrors     = "x-errors"     // root: the catalogue of error codes
	KeyResource   = "x-resource"   // operation: what it does with stored representations
	KeyUnclear    = "x-unclear"    // root: clauses that change bytes or acceptance
	KeySource     = "x-source"     // document and clause a statement comes from
	KeySensitive  = "x-sensitive"  // parameter, schema: the personal datum or secret it holds
)

// Wire is the value of x-wire. Each part is stated once, at the root, at a path or at an operation; the innermost
// statement of a part replaces an outer one whole.
type Wire struct {
	Route    *Route    `yaml:"route"`    // one real path for all operations
	Auth     *Auth     `yaml:"auth"`     // the credential of a call
	Sign     *Sign     `yaml:"sign"`     // the signature of a call
	Seal     *Seal     `yaml:"seal"`     // the cipher of bodies or of one member
	Envelope *Envelope `yaml:"envelope"` // what stands around results and errors
	Formats  *Formats  `yaml:"formats"`  // further text forms
	// Safe says that a call changes nothing at the vendor, whatever its HTTP method.
	Safe *bool `yaml:"safe"`
}

// Route says that one real path serves every operation of the document and that a parameter names the operation: the
// last part of the logical OpenAPI path.
type Route struct {
	Path      string   `yaml:"path" need:"yes"`      // the real path, such as /router/rest
	Parameter string   `yaml:"parameter" need:"yes"` // the parameter that names the operation
	In        []string `yaml:"in" one:"query form"`  // where parameters may stand
	Methods   []string `yaml:"methods" need:"yes"`   // HTTP methods the path takes
}

// Auth says which credential a call carries. Either Security names an OpenAPI security scheme, which says where the
// token stands, or Fields map JSON pointers of the opened body to credential slots.
type Auth struct {
	// Security names the scheme in components.securitySchemes.
	Security string `yaml:"security"`
	// Token is "listed" (the vendor keeps a list of them) or "jwt" (a signed one, HS256).
	Token string `yaml:"token" one:"listed jwt"`
	// Slot names the credential slot with the accepted tokens of a listed kind.
	Slot string `yaml:"slot"`
	// Issuer, Audience and Lifetime are the claims of an issued jwt.
	Issuer   string        `yaml:"issuer"`
	Audience string        `yaml:"audience"`
	Lifetime time.Duration `yaml:"lifetime"`
	// Fields maps a JSON pointer of the body to the credential slot whose value it must hold.
	Fields map[string]string `yaml:"fields"`
}

// Envelope is what stands around every result and every error: a JSON value in which these texts stand for what
// changes: $result, $code, $message, $subCode, $subMessage, $requestId, $now.
type Envelope struct {
	Success any `yaml:"success"` // around a result
	Error   any `yaml:"error"`   // around an error of the catalogue
}

// Formats says which text forms a contract speaks beyond what its media types say.
type Formats struct {
	// Parameter names the parameter that picks the reply's format, Default its value when absent: xml, json.
	Parameter string `yaml:"parameter"`
	Default   string `yaml:"default" one:"xml json"`
	// Lists "wrapped" says that a JSON list stands in an object under its element's name, unless the parameter that
	// Simplify names is true; "plain" that it always stands as it does then: an array, left out when empty.
	Lists    string `yaml:"lists" one:"wrapped plain"`
	Simplify string `yaml:"simplify"`
	// Form lists where the fields of a form may stand: form, query. A field elsewhere is none.
	Form []string `yaml:"form" one:"form query"`
	// DuplicateNames "last" says that the last of several equal names in a JSON object counts.
	DuplicateNames string `yaml:"duplicateNames" one:"last"`
}

// ErrorRow is one row of the catalogue x-errors.
type ErrorRow struct {
	// ID is stable and unique in the document: tests and diagnoses name errors by it.
	ID string `yaml:"id" need:"yes"`
	// Code is the vendor's code as text; the reply's schema decides whether it travels as a number.
	Code string `yaml:"code" need:"yes"`
	// Status is the HTTP status; 0 means 200.
	Status int `yaml:"status"`
	// Message is the vendor's; SubCode and SubMessage are what some have beside it.
	Message    string `yaml:"message"`
	SubCode    string `yaml:"subCode"`
	SubMessage string `yaml:"subMessage"`
	// When says in prose when the vendor raises it.
	When string `yaml:"when"`
	// Conditions lists what raises it (see [Conditions]), each alone or as condition:subject.
	Conditions []string `yaml:"conditions"`
	// Operations limits the row to these operationIds; empty means all.
	Operations []string `yaml:"operations"`
	// Fault is whose it is: caller or vendor.
	Fault string `yaml:"fault" one:"caller vendor" need:"yes"`
	// Retryable says that the same call may succeed later.
	Retryable bool `yaml:"retryable"`
	// Body replaces the envelope's error form for this row.
	Body any `yaml:"body"`
	// Source is the document and clause that the row comes from.
	Source string `yaml:"source"`
}

// Unclear is one clause that the vendor's document leaves open and that changes bytes or acceptance.
type Unclear struct {
	// ID is the clause as the document's notes number it.
	ID string `yaml:"id" need:"yes"`
	// Question is put to the vendor, in English and in Chinese: it names the places in the vendor's document.
	Question   string `yaml:"question" need:"yes"`
	QuestionZh string `yaml:"questionZh" need:"yes"`
	// Default is the reading that the document follows as it stands, or "any" where it takes all of them.
	Default  string    `yaml:"default" need:"yes"`
	Readings []Reading `yaml:"readings" need:"yes"`
}

// Reading is one way to understand an unclear clause. What it changes stands in an overlay of its own, which
// [Contract.With] applies.
type Reading struct {
	// Name is a word for the reading, Meaning says it in English and MeaningZh in Chinese.
	Name      string `yaml:"name" need:"yes"`
	Meaning   string `yaml:"meaning" need:"yes"`
	MeaningZh string `yaml:"meaningZh" need:"yes"`
	// Base says that the document as it stands is this reading and takes nothing else, so that there is no overlay.
	Base bool `yaml:"base"`
}

// Condition is a reason for which a vendor refuses a call; a catalogue's rows name the ones that raise them.
type Condition string

// The conditions. A row may narrow one to a subject, the name of a parameter or property: missing-parameter:app_key.
const (
	MissingParameter     Condition = "missing-parameter"
	InvalidParameter     Condition = "invalid-parameter"
	EmptyBody            Condition = "empty-body"
	MalformedBody        Condition = "malformed-body"
	BodyTooLarge         Condition = "body-too-large"
	UnsupportedMediaType Condition = "unsupported-media-type"
	MethodNotAllowed     Condition = "method-not-allowed"
	NotAcceptable        Condition = "not-acceptable"
	UnknownOperation     Condition = "unknown-operation"
	Unsealable           Condition = "unsealable"
	MissingToken         Condition = "missing-token"
	InvalidToken         Condition = "invalid-token"
	ExpiredToken         Condition = "expired-token"
	WrongCredentials     Condition = "wrong-credentials"
	MissingSignature     Condition = "missing-signature"
	InvalidSignature     Condition = "invalid-signature"
	UnknownKey           Condition = "unknown-key"
	StaleTimestamp       Condition = "stale-timestamp"
)

// Conditions lists every condition a catalogue may name.
func Conditions() []Condition {
	return []Condition{
		MissingParameter, InvalidParameter, EmptyBody, MalformedBody, BodyTooLarge, UnsupportedMediaType,
		MethodNotAllowed, NotAcceptable, UnknownOperation, Unsealable, MissingToken, InvalidToken, ExpiredToken, WrongCredentials,
		MissingSignature, InvalidSignature, UnknownKey, StaleTimestamp,
	}
}

// Sensitive kinds: what a parameter or field marked x-sensitive holds. Secrets are never shown; personal data are
// masked wherever an exchange is kept.
func sensitiveKinds() []string {
	return []string{"secret", "token", "name", "id-card", "mobile", "birth-date", "health-card", "person-id", "message", "ciphertext"}
}

// placeholders are the texts of an envelope that stand for what changes.
func placeholders() []string {
	return []string{"$result", "$code", "$message", "$subCode", "$subMessage", "$requestId", "$now"}
}
