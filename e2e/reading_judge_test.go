package e2e_test

import (
	"crypto/aes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"understudy/specs"
)

// said is what a vendor said: an answer, or what it posts by itself.
type said struct {
	// about names it among others of its clause.
	about     string
	operation string
	// row is the row of the catalogue that it serves, "" for a success.
	row       string
	status    int
	mediaType string
	// text is opened; sealed tells whether it travelled as ciphertext.
	text   string
	sealed bool
	// bare says that the call named no format.
	bare bool
	// schema is the pointer of its schema where it answers no operation.
	schema string
}

// String is status, type, and the opened text.
func (s said) String() string {
	if s.sealed {
		return fmt.Sprintf("%d %s sealed %s", s.status, s.mediaType, s.text)
	}
	return fmt.Sprintf("%d %s %s", s.status, s.mediaType, s.text)
}

// heard opens a reply: 浙里办 alone seals replies, and ciphertext in Base64 has no brace.
func heard(operation string, g got) said {
	GinkgoHelper()
	s := said{about: operation, operation: operation, status: g.status, mediaType: g.header.Get("Content-Type"), text: g.body}
	if strings.HasPrefix(s.mediaType, "text/plain") && !strings.HasPrefix(strings.TrimSpace(g.body), "{") {
		s.sealed, s.text = true, ecbOpened(secret("zheliban", "aesKey"), g.body)
	}
	return s
}

// ecbOpened opens what [ecb] seals.
func ecbOpened(key, text string) string {
	GinkgoHelper()
	block, err := aes.NewCipher([]byte(key))
	Expect(err).NotTo(HaveOccurred())
	plain, err := base64.StdEncoding.DecodeString(text)
	Expect(err).NotTo(HaveOccurred())
	Expect(plain).NotTo(BeEmpty())
	Expect(len(plain)%16).To(BeZero(), "there is half a block")
	for i := 0; i < len(plain); i += 16 {
		block.Decrypt(plain[i:i+16], plain[i:i+16])
	}
	n := int(plain[len(plain)-1])
	Expect(n).To(And(BeNumerically(">", 0), BeNumerically("<=", 16)))
	return string(plain[:len(plain)-n])
}

// contract is a vendor's contract as the session reads it.
func (w *world) contract(vendor string) *specs.Contract {
	GinkgoHelper()
	own := map[string]string{}
	for id, name := range w.Info().Readings {
		if vendorOf(id) == vendor {
			own[id] = name
		}
	}
	c, err := loaded(vendor).With(own)
	Expect(err).NotTo(HaveOccurred())
	return c
}

// keeps holds what was said to a contract, by the contract alone: status, code, seal, format, lists and schema. It is a
// judge of its own beside the simulator's, as plain as can be.
func keeps(c *specs.Contract, s said) error {
	if s.schema != "" {
		return fits(c, schemaAt{pointer: s.schema}, s.text)
	}
	op, ok := c.Operation(s.operation)
	if !ok {
		return fmt.Errorf("there is no operation %s", s.operation)
	}
	row := &specs.ErrorRow{}
	if s.row != "" {
		if row, ok = c.Error(s.row); !ok {
			return fmt.Errorf("there is no row %s", s.row)
		}
	}
	if want := max(row.Status, http.StatusOK); s.status != want && (s.status != 200 || row.Status != 0) {
		return fmt.Errorf("status %d, not %d", s.status, want)
	}
	label, _, err := mime.ParseMediaType(s.mediaType)
	if err != nil {
		return err
	}
	seal := op.Wire.Seal
	sealable := seal != nil && slices.Contains(seal.Directions, "response")
	if want := sealable && (s.row == "" || seal.Failures != "plain"); s.sealed != want {
		return fmt.Errorf("that it is sealed is %t, not %t", s.sealed, want)
	}
	if f := op.Wire.Formats; f != nil && s.bare && !strings.HasSuffix(label, f.Default) {
		return fmt.Errorf("type %s where no format was asked for, not %s", label, f.Default)
	}
	if strings.HasSuffix(label, "xml") {
		return xml.Unmarshal([]byte(s.text), new(struct{}))
	}
	text := s.text
	if f := op.Wire.Formats; f != nil && f.Lists != "" && s.row == "" {
		if text, err = unwrapped(text, f.Lists == "wrapped"); err != nil {
			return err
		}
	}
	if s.row != "" && !codePattern(row.Code).MatchString(text) {
		return fmt.Errorf("the code is not %s", row.Code)
	}
	for _, r := range op.Responses {
		if r.Status != strconv.Itoa(s.status) {
			continue
		}
		for _, m := range r.Content {
			if s.sealed || strings.HasPrefix(m.Type, label) {
				return fits(c, schemaAt{pointer: m.Schema, within: true}, text)
			}
		}
	}
	return fmt.Errorf("no reply of type %s under status %d", label, s.status)
}

// codePattern finds a code where the vendors write it.
func codePattern(code string) *regexp.Regexp {
	return regexp.MustCompile(`"(code|errCode|status)":"?` + regexp.QuoteMeta(code) + `"?[,}]`)
}

// unwrapped takes a list out of the object that it has to stand in, or must not stand in.
func unwrapped(text string, wrapped bool) (string, error) {
	before, after, found := strings.Cut(text, `"data_list":`)
	if !found {
		return text, nil // an empty list is left out
	}
	inner, is := strings.CutPrefix(after, `{"pov_appointment_record_dto":`)
	if is != wrapped {
		return "", fmt.Errorf("that the list is wrapped is %t, not %t", is, wrapped)
	}
	if !wrapped {
		return text, nil
	}
	list, rest, _ := strings.Cut(inner, "]}")
	return before + `"data_list":` + list + "]" + rest, nil
}

// schemaAt names a schema of a contract; within looks into texts that hold JSON as well, which ciphertext is not.
type schemaAt struct {
	pointer string
	within  bool
}

// fits holds JSON text to a schema.
func fits(c *specs.Contract, at schemaAt, text string) error {
	compiled, err := c.Derived(at, func() (any, error) {
		document, _ := c.Value("")
		compiler := jsonschema.NewCompiler()
		compiler.DefaultDraft(jsonschema.Draft2020)
		if at.within {
			compiler.AssertContent()
		}
		base := url.URL{Scheme: "contract", Path: "/" + c.Vendor}
		if err := compiler.AddResource(base.String(), document); err != nil {
			return nil, err
		}
		base.Fragment = at.pointer
		return compiler.Compile(base.String())
	})
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return compiled.(*jsonschema.Schema).Validate(value)
}
