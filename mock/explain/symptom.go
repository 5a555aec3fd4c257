package explain

import (
	"fmt"
	"strings"

	"understudy/mock/internal/diagnosis"
)

// Symptom is the exact text of an exception, or the part of it that tells it from others, and the diagnosis behind it.
type Symptom struct {
	Text string
	// From is who says so: a platform or library, or a vendor.
	From string
	// ID is the diagnosis, whose texts have cause and fix in both languages.
	ID string
}

// Symptoms is the index of exceptions that explain knows, grouped by diagnosis, the commonest texts of each first and the rarest
// diagnoses last.
func Symptoms() []Symptom {
	return []Symptom{
		{"Given final block not properly padded", "Java", "exception-padding"},
		{"Padding is invalid and cannot be removed", ".NET", "exception-padding"},
		{"bad decrypt", "OpenSSL, Node, PHP", "exception-padding"},
		{"PKCS#7 padding is incorrect", "PyCryptodome", "exception-padding"},
		{"pad block corrupted", "Bouncy Castle, Android", "exception-padding"},
		{"Padding is incorrect", "PyCryptodome", "exception-padding"},
		{"Invalid padding bytes", "Python cryptography", "exception-padding"},
		{"invalid PKCS7 padding", "Go and other libraries", "exception-padding"},
		{"PKCS7 padding", "Go and other libraries", "exception-padding"},

		{"Input length must be multiple of 16 when decrypting with padded cipher", "Java", "exception-block-length"},
		{"The input data is not a complete block", ".NET", "exception-block-length"},
		{"wrong final block length", "OpenSSL, Node, PHP", "exception-block-length"},
		{"crypto/cipher: input not full blocks", "Go", "exception-block-length"},
		{"Length of the data to decrypt is invalid", ".NET Framework", "exception-block-length"},
		{"last block incomplete in decryption", "Bouncy Castle, Android", "exception-block-length"},
		{"Data must be padded to 16 byte boundary", "PyCryptodome", "exception-block-length"},
		{"not a multiple of the block length", "Python cryptography", "exception-block-length"},

		{"Input length not multiple of 16 bytes", "Java", "exception-not-padded"},
		{"data not block size aligned", "Bouncy Castle, Android", "exception-not-padded"},

		{"Illegal base64 character", "Java", "exception-base64"},
		{"illegal base64 data at input byte", "Go", "exception-base64"},
		{"The input is not a valid Base-64 string", ".NET", "exception-base64"},
		{"Only base64 data is allowed", "Python", "exception-base64"},

		{"Incorrect padding", "Python", "exception-base64-cut"},
		{"Input byte array has wrong 4-byte ending unit", "Java", "exception-base64-cut"},
		{"Last unit does not have enough valid bits", "Java", "exception-base64-cut"},
		{"Invalid length for a Base-64 char array", ".NET", "exception-base64-cut"},
		{"cannot be 1 more than a multiple of 4", "Python", "exception-base64-cut"},

		{"Invalid AES key length", "Java", "exception-key-length"},
		{"crypto/aes: invalid key size", "Go", "exception-key-length"},
		{"Specified key is not a valid size for this algorithm", ".NET", "exception-key-length"},
		{"Invalid key length", "Node", "exception-key-length"},
		{"Incorrect AES key length", "PyCryptodome", "exception-key-length"},
		{"Key length not 128/192/256 bits", "Bouncy Castle, Android", "exception-key-length"},

		{"Wrong IV length: must be 16 bytes long", "Java", "exception-iv"},
		{"ECB mode cannot use IV", "Java", "exception-iv"},
		{"Parameters missing", "Java", "exception-iv"},
		{"Invalid initialization vector", "Node", "exception-iv"},
		{"IV length must equal block size", "Go", "exception-iv"},
		{"Specified initialization vector (IV) does not match the block size", ".NET", "exception-iv"},

		{"Cannot find any provider supporting AES/", "Java", "exception-no-algorithm"},

		{"Malformed UTF-8 data", "CryptoJS", "exception-not-text"},
		{"'utf-8' codec can't decode", "Python", "exception-not-text"},

		{"was expecting ('true', 'false' or 'null')", "Jackson", "exception-not-json"},
		{"syntax error, expect {, actual", "fastjson", "exception-not-json"},
		{"Expecting value: line 1 column 1", "Python", "exception-not-json"},
		{"looking for beginning of value", "Go", "exception-not-json"},
		{"is not valid JSON", "Node", "exception-not-json"},
		{"Unexpected character encountered while parsing value", "Newtonsoft.Json", "exception-not-json"},

		{"URLDecoder: Illegal hex characters in escape", "Java", "exception-url-escape"},
		{"URLDecoder: Incomplete trailing escape", "Java", "exception-url-escape"},
		{"URI malformed", "Node", "exception-url-escape"},
		{"invalid URL escape", "Go", "exception-url-escape"},

		{"isv.invalid-signature", "TOP", "exception-signature"},
		{"Invalid signature", "TOP", "exception-signature"},

		{"isv.appkey-not-exists", "TOP", "exception-unknown-app"},
		{"Invalid app Key", "TOP", "exception-unknown-app"},

		{"Invalid Timestamp", "TOP", "exception-timestamp"},

		{"encoding/hex: invalid byte", "Go", "exception-hex"},
		{"encoding/hex: odd length hex string", "Go", "exception-hex"},
		{"Illegal hexadecimal character", "Commons Codec", "exception-hex"},
		{"Non-hexadecimal digit found", "Python", "exception-hex"},
		{"not a hexadecimal digit", "Java", "exception-hex"},

		{"Illegal key size", "Java before 8u161", "exception-key-policy"},

		{"Empty key", "Java", "exception-empty-key"},

		{"Tag mismatch", "Java", "exception-tag"},
		{"message authentication failed", "Go", "exception-tag"},
	}
}

// exceptions reports each diagnosis whose exception the text holds, once, in the order of the index.
func (e *Explainer) exceptions(text string) []Report {
	folded := fold(text)
	var list []Report
	seen := map[string]bool{}
	for _, s := range Symptoms() {
		if seen[s.ID] || !strings.Contains(folded, fold(s.Text)) {
			continue
		}
		seen[s.ID] = true
		list = append(list, Report{
			Source: sourceText, Vendor: e.contract.Vendor, Verdict: Explained, Cause: diagnosis.New(s.ID),
			Facts: []Fact{{FactText, s.Text + " (" + s.From + ")"}},
		})
	}
	return list
}

// fold makes texts comparable: OpenSSL of Android writes BAD_DECRYPT.
func fold(s string) string { return strings.ReplaceAll(strings.ToLower(s), "_", " ") }

// What the printed index shows, so that it can be read at a glance: so many diagnoses, and so many texts of each.
const (
	indexRows  = 14
	indexTexts = 4
)

// Index writes the commonest symptoms as a Markdown table, in "zh" or in English: the exact texts, what lies behind them,
// what to do.
func Index(lang string) string {
	head := "| Exact text | What lies behind it | What to do |\n| --- | --- | --- |\n"
	if lang == "zh" {
		head = "| 异常原文 | 原因 | 处理 |\n| --- | --- | --- |\n"
	}
	var b strings.Builder
	b.WriteString(head)
	symptoms := Symptoms()
	for i, row := 0, 0; i < len(symptoms) && row < indexRows; row++ {
		id := symptoms[i].ID
		var texts []string
		for ; i < len(symptoms) && symptoms[i].ID == id; i++ {
			if len(texts) < indexTexts {
				texts = append(texts, "`"+symptoms[i].Text+"`")
			}
		}
		d := diagnosis.New(id)
		fmt.Fprintf(&b, "| %s | %s | %s |\n", strings.Join(texts, "<br>"), d.Text(lang), d.Fix(lang))
	}
	return b.String()
}
