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
	Route    *Route    `yaml:"route"`
	Auth     *Auth     `yaml:"auth"`
	Sign     *Sign     `yaml:"sign"`
	Seal     *Seal     `yaml:"seal"`
	Envelope *Envelope `yaml:"envelope"`
	Formats  *Formats  `yaml:"formats"`
	// Safe says that a call changes nothing at the vendor, whatever its HTTP method.
	Safe *bool `yaml:"safe"`
}

// Route says that one real path serves every operation of the document and that a parameter names the operation: the
// last part of the logical OpenAPI path.
type Route struct {
	Path      string   `yaml:"path"`      // the real path, such as /router/rest
	Parameter string   `yaml:"parameter"` // the parameter that names the operation
	In        []string `yaml:"in"`        // where parameters may stand: query, form
	Methods   []string `yaml:"methods"`   // HTTP methods the path takes
}

// Auth says which credential a call carries. Either Security names an OpenAPI security scheme, which says where the
// token stands, or Fields map JSON pointers of the opened body to credential slots.
type Auth struct {
	Security string `yaml:"security"`
	// Token is "listed" (the vendor keeps a list of them) or "jwt" (a signed one, HS256).
	Token string `yaml:"token"`
	// Slot names the credential slot with the accepted tokens of a listed kind.
	Slot string `yaml:"slot"`
	// Issuer, Audience and Lifetime are the claims of an issued jwt.
	Issuer   string        `yaml:"issuer"`
	Audience string        `yaml:"audience"`
	Lifetime time.Duration `yaml:"lifetime"`
	// Fields maps a JSON pointer of the body to the credential slot whose value it must hold.
	Fields map[string]string `yaml:"fields"`
}

// Sign says how a call is signed: the pairs of all parameters but Parameter itself, sorted by name in byte order,
// names and values concatenated, digested as MethodParameter says, in upper-case hex.
type Sign struct {
	Scheme          string        `yaml:"scheme"`    // "top"
	Parameter       string        `yaml:"parameter"` // carries the signature
	MethodParameter string        `yaml:"method"`    // names the digest
	Digests         []string      `yaml:"digests"`   // md5, hmac, hmac-sha256
	Secret          string        `yaml:"secret"`    // credential slot of the secret
	KeyParameter    string        `yaml:"key"`       // carries the caller's id
	KeySlot         string        `yaml:"keySlot"`   // credential slot of the caller's id
	TimeParameter   string        `yaml:"time"`      // carries the time of the call, yyyy-MM-dd HH:mm:ss in UTC+8
	Within          time.Duration `yaml:"within"`    // tolerance of that time in both directions
}

// Seal says which text is ciphered and how.
type Seal struct {
	Cipher   string `yaml:"cipher"`   // aes, aes-128
	Mode     string `yaml:"mode"`     // ecb, cbc
	Padding  string `yaml:"padding"`  // pkcs5, zero
	Encoding string `yaml:"encoding"` // base64, hex; what is written, and read when Reads is empty
	// Reads lists the encodings that a sealed text is taken in, Encoding among them; empty means Encoding alone.
	Reads []string `yaml:"reads"`
	Key   Key      `yaml:"key"`
	IV    *Key     `yaml:"iv"`
	// Part is "body" for the whole body or the JSON pointer of the string that holds ciphertext.
	Part string `yaml:"part"`
	// Directions lists which bodies are sealed: request, response.
	Directions []string `yaml:"directions"`
	// Carriers lists how a sealed request body may travel: text, quoted (a JSON string), form (the only field of a form).
	Carriers []string `yaml:"carriers"`
	// MediaType labels a sealed reply.
	MediaType string `yaml:"mediaType"`
	// Labels lists the media types that a sealed request body may be labelled with, in lower case and without parameters;
	// empty means any. A body under another label, or under none, is an unsupported-media-type; no body needs no label.
	Labels []string `yaml:"labels"`
	// Failures says whether error replies are sealed too: sealed, which "" means as well, or plain.
	Failures string `yaml:"failures"`
}

// Key is key material: the UTF-8 bytes of a credential slot, or the first First characters of them.
type Key struct {
	Slot  string `yaml:"slot"`
	First int    `yaml:"first"`
}

// Envelope is what stands around every result and every error: a JSON value in which these texts stand for what
// changes: $result, $code, $message, $subCode, $subMessage, $requestId, $now.
type Envelope struct {
	Success any `yaml:"success"`
	Error   any `yaml:"error"`
}

// Formats says which text forms a contract speaks beyond what its media types say.
type Formats struct {
	// Parameter names the parameter that picks the reply's format, Default its value when absent: xml, json.
	Parameter string `yaml:"parameter"`
	Default   string `yaml:"default"`
	// Lists "wrapped" says that a JSON list stands in an object under its element's name, unless the parameter that
	// Simplify names is true; "plain" that it always stands as it does then: an array, left out when empty.
	Lists    string `yaml:"lists"`
	Simplify string `yaml:"simplify"`
	// Form lists where the fields of a form may stand: form, query. A field elsewhere is none.
	Form []string `yaml:"form"`
	// DuplicateNames "last" says that the last of several equal names in a JSON object counts.
	DuplicateNames string `yaml:"duplicateNames"`
}

// ErrorRow is one row of the catalogue x-errors.
type ErrorRow struct {
	// ID is stable and unique in the document: tests and diagnoses name errors by it.
	ID string `yaml:"id"`
	// Code is the vendor's code as text; the reply's schema decides whether it travels as a number.
	Code string `yaml:"code"`
	// Status is the HTTP status; 0 means 200.
	Status     int    `yaml:"status"`
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
	Fault string `yaml:"fault"`
	// Retryable says that the same call may succeed later.
	Retryable bool `yaml:"retryable"`
	// Body replaces the envelope's error form for this row.
	Body   any    `yaml:"body"`
	Source string `yaml:"source"`
}

// Unclear is one clause that the vendor's document leaves open and that changes bytes or acceptance.
type Unclear struct {
	ID string `yaml:"id"`
	// Question is put to the vendor, in English and in Chinese: it names the places in the vendor's document.
	Question   string `yaml:"question"`
	QuestionZh string `yaml:"questionZh"`
	// Default is the reading that the document follows as it stands, or "any" where it takes all of them.
	Default  string    `yaml:"default"`
	Readings []Reading `yaml:"readings"`
}

// Reading is one way to understand an unclear clause. What it changes stands in an overlay of its own, which
// [Contract.With] applies.
type Reading struct {
	Name      string `yaml:"name"`
	Meaning   string `yaml:"meaning"`
	MeaningZh string `yaml:"meaningZh"`
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
		MethodNotAllowed, UnknownOperation, Unsealable, MissingToken, InvalidToken, ExpiredToken, WrongCredentials,
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
