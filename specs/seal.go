package specs

import (
	"slices"
	"strings"
)

// Seal says which text is ciphered and how.
type Seal struct {
	// Cipher is aes (the key's length chooses), aes-128, aes-192, aes-256, sm4, or none, which takes back what an outer x-wire
	// says.
	Cipher string `yaml:"cipher" one:"aes aes-128 aes-192 aes-256 sm4 none" need:"yes"`
	// Mode is ecb, cbc or gcm; gcm has its tag of 16 bytes behind the ciphertext.
	Mode string `yaml:"mode" one:"ecb cbc gcm"`
	// Padding is pkcs5 (of 16-byte blocks, also called pkcs7), zero, or none: then a writer fills the last block with blanks,
	// which JSON does not mind, and a reader takes nothing off. There is none with gcm.
	Padding string `yaml:"padding" one:"pkcs5 zero pkcs7 none"`
	// Encoding is what is written, and read when Reads is empty. Base64 is read with either alphabet.
	Encoding string `yaml:"encoding" one:"base64 hex base64url"`
	// Case is that of the hex that is written: lower (the default) or upper. Both are read.
	Case string `yaml:"case" one:"lower upper"`
	// Reads lists the encodings that a sealed text is taken in, Encoding among them; empty means Encoding alone.
	Reads []string `yaml:"reads" one:"base64 hex base64url"`
	Key   Key      `yaml:"key"`
	// IV is the initialisation vector of cbc, the nonce of gcm.
	IV *IV `yaml:"iv"`
	// Part is "body" for the whole body, or the JSON pointer of the text that holds ciphertext: a member of a JSON body or a
	// field of a form.
	Part string `yaml:"part"`
	// ReplyPart is the part of replies where it is another one.
	ReplyPart string `yaml:"replyPart"`
	// Directions lists which bodies are sealed: request, response.
	Directions []string `yaml:"directions" one:"request response"`
	// Carriers lists how a sealed request body may travel: text, quoted (a JSON string), form (the only field of a form).
	Carriers []string `yaml:"carriers" one:"text quoted form"`
	// MediaType labels a sealed reply.
	MediaType string `yaml:"mediaType"`
	// Labels lists the media types that a sealed request body may be labelled with, in lower case and without parameters;
	// empty means any. A body under another label, or under none, is an unsupported-media-type; no body needs no label.
	Labels []string `yaml:"labels"`
	// Failures says whether error replies are sealed too: sealed, which "" means as well, or plain.
	Failures string `yaml:"failures" one:"sealed plain"`
}

// Key is key material, made of the text in a credential slot.
type Key struct {
	// Slot is the name under which the text is configured.
	Slot string `yaml:"slot" need:"yes"`
	// Form says what is made of the text: text (its UTF-8 bytes, the default), hex or base64 (decoded), md5, sha1 or sha256
	// (its digest, as bytes), md5-hex or sha256-hex (its digest in lower-case hex, as text), md5-hex-upper, md5-16 (digits 9 to
	// 24 of md5-hex, known as 16位MD5), sha1prng (16 bytes of Java's KeyGenerator over SecureRandom SHA1PRNG).
	Form string `yaml:"form" one:"text hex base64 md5 sha1 sha256 md5-hex md5-hex-upper md5-16 sha256-hex sha1prng"`
	// First keeps the first characters of what was made, or bytes where it is no text; Last the last ones.
	First int `yaml:"first"`
	Last  int `yaml:"last"`
}

// IV is where the initialisation vector or nonce comes from: a credential slot as in [Key], a constant in Text or Hex, or,
// with Prepend, the first Length bytes of what is sealed, random for each text.
type IV struct {
	// Slot is the name under which a text is configured; Form, First and Last make bytes of it as those of [Key] do.
	Slot  string `yaml:"slot"`
	Form  string `yaml:"form" one:"text hex base64 md5 sha1 sha256 md5-hex md5-hex-upper md5-16 sha256-hex sha1prng"`
	First int    `yaml:"first"`
	Last  int    `yaml:"last"`
	// Text is the same for every call: 16 characters, or 12 with gcm. Hex is the same in hexadecimal digits.
	Text string `yaml:"text"`
	Hex  string `yaml:"hex"`
	// Prepend says that it stands before the ciphertext, inside the encoding.
	Prepend bool `yaml:"prepend"`
	// Length is 16 (cbc and gcm) or 12 (gcm alone); nothing means 16 for cbc and 12 for gcm.
	Length int `yaml:"length"`
}

// Key is the part of it that a credential slot gives.
func (v IV) Key() Key { return Key{Slot: v.Slot, Form: v.Form, First: v.First, Last: v.Last} }

const (
	wholeBody  = "body"
	cipherNone = "none"
)

// RequestPart is what of a request is sealed: body, the JSON pointer of a text, or "" for nothing.
func (s *Seal) RequestPart() string {
	if s == nil || !slices.Contains(s.Directions, "request") {
		return ""
	}
	return s.Part
}

// ResponsePart is what of a reply is sealed: body, the JSON pointer of a text, or "" for nothing.
func (s *Seal) ResponsePart() string {
	switch {
	case !s.SealsReplies():
		return ""
	case s.ReplyPart != "":
		return s.ReplyPart
	}
	return s.Part
}

// SealsBody says whether the whole body of a request is sealed. Nothing is where there is no seal.
func (s *Seal) SealsBody() bool {
	return s != nil && s.Part == "body" && slices.Contains(s.Directions, "request")
}

// SealedMember is the name of the member of a request's body that is sealed, "" for none.
func (s *Seal) SealedMember() string {
	if s == nil || s.Part == "body" || !slices.Contains(s.Directions, "request") {
		return ""
	}
	return UnescapePointer(strings.TrimPrefix(s.Part, "/"))
}

// SealsReplies says whether successes are sealed; see [Seal.SealsFailures].
func (s *Seal) SealsReplies() bool { return s != nil && slices.Contains(s.Directions, "response") }

// SealsFailures says whether error replies are sealed as well.
func (s *Seal) SealsFailures() bool { return s.SealsReplies() && s.Failures != "plain" }

// ContentSchema finds the schema of what a text member of an object opens to (JSON Schema 2020-12, contentSchema): its JSON
// pointer, and whether there is one.
func (c *Contract) ContentSchema(object, member string) (pointer string, ok bool) {
	pointer = object + "/properties/" + EscapePointer(member) + "/contentSchema"
	return pointer, c.document.has(pointer)
}
