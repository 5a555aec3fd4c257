// Package wire is the mock's own reading of what travels: raw parameters,
// text encodings, ciphers, signatures, tokens, JSON and XML.
//
// Everything here is a pure function of its arguments (or an immutable value),
// works in both directions (as the server that opens and verifies, and as the
// client that seals and signs), and puts neither keys nor opened text into an
// error. The adapters have their own, separately written reading of the same
// schemes; the judge between the two is specs/<vendor>/vectors.json.
package wire

import (
	"slices"
	"strconv"
)

// Finding names one known mistake that explains what arrived. The zero Finding
// means that there is nothing to explain.
type Finding struct {
	// ID is stable, in kebab case, for example "sealed-plain-json"; every one
	// that can occur is listed by FindingIDs.
	ID string
	// Detail holds facts about the mistake under stable keys. It never holds a
	// key, a secret or opened text.
	Detail map[string]string
}

// FindingIDs lists every ID that DiagnoseOpen, Tolerated and DiagnoseSign can
// give, so that a catalogue of texts can be checked for completeness.
func FindingIDs() []string {
	ids := []string{
		"sealed-plain-json", "sealed-truncated", "sealed-not-json", "sealed-wrong-iv", "sealed-not-encoded", "sealed-length",
		"sealed-wrong-key", "sealed-hex", "sealed-base64", "sealed-passphrase", "sealed-gcm", "sealed-bytes-as-text",
		"sealed-java-array", "sealed-twice",
		"sealed-padding-zero", "sealed-padding-none", "sealed-padding-pkcs5", "sealed-padding-x923", "sealed-padding-iso10126",
		"sealed-ecb", "sealed-cbc-zero-iv", "sealed-cbc-key-iv", "sealed-cbc-iv-first-block", "sealed-iv-other-part",
		"sealed-key-iv-swapped", "sealed-key-other-slot",
		"sealed-other-cipher", "sealed-key-form", "sealed-padding-unwanted",
		"sealed-not-gcm", "sealed-nonce", "sealed-tag-place", "sealed-tag-missing", "sealed-wrong-tag", "sealed-too-short",
		"sealed-gbk-text", "sealed-utf16-text", "sealed-bom-text", "sealed-json-string", "sealed-text-url-encoded",
		"sealed-java-map", "sealed-single-quotes",
		"sealed-url-safe", "sealed-line-breaks", "sealed-blanks", "sealed-unpadded",
		"signature-missing", "signature-unexplained", "signature-lower-case", "signature-mixed-case", "signature-base64",
		"signature-blanks", "signature-hex-dashes", "signature-zeros-dropped", "signature-md5-16", "signature-without-parameter", "signature-digest-swapped", "signature-key-appended",
	}
	ids = append(ids, signedIDs()...)
	for _, v := range textVariants() {
		ids = append(ids, v.id)
	}
	for _, v := range keyVariants() {
		ids = append(ids, v.id)
	}
	for _, f := range signForms() {
		ids = append(ids, f.id)
	}
	for _, d := range signDigests() {
		ids = append(ids, named(d.id)...)
	}
	for _, s := range signSecrets() {
		ids = append(ids, s.id)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// signedIDs lists the mistakes in calls that are signed by scheme composed; those in the secret itself are shared with the
// other scheme.
func signedIDs() []string {
	return []string{
		"signed-missing", "signed-unsorted", "signed-case-folded", "signed-sorted", "signed-unlisted-order",
		"signed-empty-left-out", "signed-empty-as-null", "signed-empty-kept",
		"signed-values-encoded", "signed-values-other-encoding", "signed-values-plain", "signed-values-trimmed", "signed-values-gbk", "signed-values-ascii", "signed-plus-as-space",
		"signed-names", "signed-joints", "signed-itself", "signed-place-left-out", "signed-too-much", "signed-left-out",
		"signed-join", "signed-part-left-out", "signed-parts-order", "signed-method-case", "signed-path-other", "signed-without-query",
		"signed-query-sorted", "signed-query-decoded", "signed-empty-body", "signed-body-form", "signed-json-rewritten", "signed-other-body",
		"signed-end", "signed-time-other",
		"signed-without-secret", "signed-secret-place", "signed-secret-empty", "signed-other-slot",
		"signed-digest-other", "signed-hmac-swapped", "signed-digest-twice",
		"signed-base64", "signed-base64-form", "signed-hex", "signed-lower-case", "signed-upper-case", "signed-mixed-case",
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
