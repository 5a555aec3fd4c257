package specs

import (
	"strings"
	"time"
)

// Sign says how a call is signed. Scheme top is the TOP gateway's: the pairs of all parameters but Parameter itself, sorted
// by name in byte order, names and values concatenated, digested as the parameter that Method names says, in upper-case hex.
// Scheme composed puts a text together of Parts and digests it. Scheme none takes back what an outer x-wire says.
//
// With top, names are those of parameters in query or form. With composed, each is a [Location] such as header:X-Sign.
type Sign struct {
	// Scheme is top, composed or none.
	Scheme string `yaml:"scheme" one:"top composed none" need:"yes"`
	// Parameter carries the signature.
	Parameter string `yaml:"parameter"`
	// MethodParameter carries the name of the digest, where the caller chooses one.
	MethodParameter string `yaml:"method"`
	// Digests lists what the text may be digested with; the first is used where no parameter names one. With top: md5,
	// hmac, hmac-sha256. With composed: md5, sha1, sha256, sha512, sm3, and hmac- before each, in lower or upper case.
	Digests []string `yaml:"digests"`
	// Secret is the credential slot of the secret.
	Secret string `yaml:"secret"`
	// KeyParameter carries the caller's id, KeySlot is its credential slot.
	KeyParameter string `yaml:"key"`
	KeySlot      string `yaml:"keySlot"`
	// TimeParameter carries the time of the call; TimeForm says how it is written: datetime (yyyy-MM-dd HH:mm:ss in UTC+8,
	// the default), digits (yyyyMMddHHmmss in UTC+8), seconds or millis since 1970, rfc3339.
	TimeParameter string `yaml:"time"`
	TimeForm      string `yaml:"timeForm" one:"datetime digits seconds millis rfc3339"`
	// Within is the tolerance of that time in both directions.
	Within time.Duration `yaml:"within"`
	// NonceParameter carries a text that is another one in every call.
	NonceParameter string `yaml:"nonce"`
	// Parts lists what the signed text is made of, in this order; nothing means fields alone. Each is a [Location], whose
	// value it stands for, or one of: fields (the pairs that Fields picks), method (GET, POST …), path (as sent, without the
	// query), query (as sent), target (path, ? and query), body (as sent), body-md5, body-sha256 (digests of the body in
	// lower-case hex), body-md5-base64, key, time, nonce, secret, and empty, which adds a joint and nothing else.
	Parts []string `yaml:"parts"`
	// Join stands between the parts.
	Join string `yaml:"join"`
	// Fields picks the pairs of the part fields; nothing means every parameter of query and form.
	Fields *SignFields `yaml:"fields"`
	// Wrap says where the secret is put around the whole text: none (the default), before, after, both, or pair: behind it as
	// one more pair, with Pair as its name (key, when Pair is not given).
	Wrap string `yaml:"wrap" one:"none before after both pair"`
	Pair string `yaml:"pair"`
	// Encoding says how the digest is written, hex (the default) or base64; Case is that of hex: lower (the default), upper,
	// or any, which writes lower and takes both.
	Encoding string `yaml:"encoding" one:"hex base64"`
	Case     string `yaml:"case" one:"lower upper any"`
	// Opened says that the body is signed as it is before it is sealed; else what travels is signed.
	Opened bool `yaml:"opened"`
}

// SignFields picks the pairs that are signed, and says how they become a text. The signature itself is never among them.
type SignFields struct {
	// From lists where pairs come from: query, form, body (the top-level members of a JSON object, a nested value as its
	// compact JSON text), header (those that key, time, nonce and method name, or that Only lists). Nothing means query and
	// form.
	From []string `yaml:"from" one:"query form body header"`
	// Only lists the names that are signed; nothing means all but Except.
	Only   []string `yaml:"only"`
	Except []string `yaml:"except"`
	// Empty says what becomes of a pair without a value, JSON's null among them: skip (the default) or keep.
	Empty string `yaml:"empty" one:"skip keep"`
	// Order is name (sorted by the bytes of the names, the default) or listed (as in Only).
	Order string `yaml:"order" one:"name listed"`
	// ValuesOnly leaves the names out of the text.
	ValuesOnly bool `yaml:"valuesOnly"`
	// Equals stands between name and value, Between between two pairs; "=" and "&" when not given.
	Equals  *string `yaml:"equals"`
	Between *string `yaml:"between"`
	// Values is plain (the default) or escaped: percent-encoded by RFC 3986.
	Values string `yaml:"values" one:"plain escaped"`
}

// Location says where a value of a call stands, as PLACE:NAME. The place is header, query, form, parameter (the form where
// there is one, else the query), or body: a member of a JSON body, by its name or by a JSON pointer.
type Location string

// The places of a [Location].
const (
	PlaceHeader    = "header"
	PlaceQuery     = "query"
	PlaceForm      = "form"
	PlaceParameter = "parameter"
	PlaceBody      = "body"
)

func places() []string {
	return []string{PlaceHeader, PlaceQuery, PlaceForm, PlaceParameter, PlaceBody}
}

// Split gives the two halves; place is "" for a text that is no location.
func (l Location) Split() (place, name string) {
	before, name, ok := strings.Cut(string(l), ":")
	if !ok || name == "" {
		return "", ""
	}
	for _, known := range places() {
		if before == known {
			return before, name
		}
	}
	return "", ""
}

// Place is where the value stands, "" for a text that is no location.
func (l Location) Place() string {
	place, _ := l.Split()
	return place
}

// Name is what the value is called there: for a member of the body the last part of its pointer.
func (l Location) Name() string {
	place, name := l.Split()
	if place == PlaceBody && strings.HasPrefix(name, "/") {
		return UnescapePointer(name[strings.LastIndexByte(name, '/')+1:])
	}
	return name
}

// Pointer is the JSON pointer of a member of the body, "" for any other place.
func (l Location) Pointer() string {
	place, name := l.Split()
	switch {
	case place != PlaceBody:
		return ""
	case strings.HasPrefix(name, "/"):
		return name
	}
	return "/" + EscapePointer(name)
}

// The schemes of [Sign].
const (
	SchemeTOP      = "top"
	SchemeComposed = "composed"
	schemeNone     = "none"
)

// signParts lists the words of [Sign.Parts] that are no location.
func signParts() []string {
	return []string{
		"fields", "method", "path", "query", "target", "body", "body-md5", "body-sha256", "body-md5-base64", "key", "time", "nonce", "secret", "empty",
	}
}

// signDigests lists the digests of a scheme.
func signDigests(scheme string) []string {
	if scheme == SchemeTOP {
		return []string{"md5", "hmac", "hmac-sha256"}
	}
	return []string{"md5", "sha1", "sha256", "sha512", "sm3", "hmac-md5", "hmac-sha1", "hmac-sha256", "hmac-sha512", "hmac-sm3"}
}

// Text returns the value of s, or otherwise when there is none: the joints of [SignFields] may be empty on purpose.
func text(s *string, otherwise string) string {
	if s == nil {
		return otherwise
	}
	return *s
}

// Joints gives what stands between name and value, and between two pairs.
func (f *SignFields) Joints() (equals, between string) {
	if f == nil {
		return "=", "&"
	}
	return text(f.Equals, "="), text(f.Between, "&")
}
