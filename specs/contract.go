package specs

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The families of documents: what their schemas mean.
const (
	swagger20 = "2.0"
	openapi30 = "3.0"
	openapi31 = "3.1"
)

// newContract checks and indexes a document, in place. What it refers to in other files is read through open, which may be
// nil.
func newContract(vendor string, d *document, open opener) (*Contract, error) {
	version, family, err := d.version()
	if err != nil {
		return nil, err
	}
	// A document that does not opt in is a stranger's: whatever its x- keys say, they do not speak to us. One to which an
	// overlay brought the vocabulary is held to that alone.
	opted := keyAt(d.root, KeyUnderstudy)
	ours, strict := opted >= 0, false
	if ours {
		strict = !d.laid(d.root.Content[opted])
	}
	if err := d.bundle(open); err != nil {
		return nil, err
	}
	c := &Contract{
		Vendor: vendor, OpenAPI: version, Extended: ours, Title: words(field(d.root, "info"), "title"), Version: words(field(d.root, "info"), "version"),
		raw: d, byID: map[string]*Operation{}, overlays: files,
	}
	b := builder{contract: c, ours: ours, strict: strict, swagger: family == swagger20, noted: map[Note]bool{}, numbered: map[string]int{}, prefixed: map[*yaml.Node][]string{}}
	var later []func() // notes on nodes, for which there is no index yet
	noteAt := func(n *yaml.Node, rule, text string) {
		at := d.place(n)
		later = append(later, func() { b.noteAt(rule, at, "", text) })
	}
	plain, final := d, d
	switch family {
	case swagger20:
		plain = d.clone()
		plain.fromSwagger(noteAt)
		final = plain.clone()
	case openapi30:
		final = d.clone()
	}
	if !strict {
		plain.quote(noteAt)
	}
	judged := func() ([]breach, error) { return nil, nil }
	if !d.proven {
		judged = judge(plain, strict)
	}
	if family != openapi31 {
		final.modernise(noteAt)
	}
	if err := final.reindex(); err != nil {
		return nil, err
	}
	c.document, b.document = final, final
	if ours {
		if problems := final.checkKeys(!strict); len(problems) > 0 {
			return nil, errors.Join(problems...)
		}
	}
	b.build()
	found, err := judged()
	if len(b.problems) > 0 { // which have lines
		return nil, errors.Join(b.problems...)
	}
	if err != nil {
		at := final.nearest(pointerOf(err)).String()
		if len(d.overlays) > 0 {
			at = d.name() // any of the files may be to blame
		}
		return nil, fmt.Errorf("%s: %s", at, readable(err))
	}
	for _, note := range later {
		note()
	}
	for _, f := range found {
		b.note(NoteInvalid, f.pointer, "%s", f.text)
	}
	if !strict {
		b.foreignKeys()
	}
	if version != openapi31 && strings.HasPrefix(version, "3.2") {
		b.note(NoteConverted, "/openapi", "OpenAPI %s is read as 3.1: what it adds is not looked at", version)
	}
	b.sortNotes()
	pack(c.raw, c.document)
	return c, nil
}

// quote makes texts of the version and title of a document where YAML takes them for numbers, so that the rest of it can be
// held to the OpenAPI Specification.
func (d *document) quote(note func(n *yaml.Node, rule, text string)) {
	for _, name := range []string{"version", "title"} {
		n := field(field(d.root, "info"), name)
		if n == nil || n.Kind != yaml.ScalarNode || n.ShortTag() == "!!str" || n.ShortTag() == "!!null" {
			continue
		}
		n.Tag = "!!str"
		note(n, NoteInvalid, "info."+name+" is a text; put it in quotes")
	}
}

// judge begins to hold a document to the OpenAPI Specification; what it returns waits for the result.
func judge(d *document, strict bool) func() ([]breach, error) {
	var found []breach
	var err error
	var whole *judged
	if !strict {
		whole = newJudged(d.root)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if strict {
			err = d.strictly()
		} else {
			found = whole.findings()
		}
	}()
	return func() ([]breach, error) {
		<-done
		return found, err
	}
}

// noOperation says why a contract has nothing to serve.
func noOperation(c *Contract) error {
	at := c.document.nearest("/paths")
	if len(c.Notes) == 0 {
		return fmt.Errorf("%s: the document has no operation", at)
	}
	n := c.Notes[0]
	return fmt.Errorf("%s: the document has no operation that can be served; among what is wrong, %s: %s", at, n.At, n.Text)
}

var versionForm = regexp.MustCompile(`^([0-9]+)\.([0-9]+)(\.[0-9]+)?(-[0-9A-Za-z.-]+)?$`)

// version is what the document states, and the family that it belongs to.
func (d *document) version() (stated, family string, err error) {
	name := "openapi"
	i := keyAt(d.root, name)
	if i < 0 {
		name = "swagger"
		i = keyAt(d.root, name)
	}
	if i < 0 {
		return "", "", d.noOpenAPI()
	}
	n := d.root.Content[i+1]
	at := d.place(d.root.Content[i])
	if n.Kind != yaml.ScalarNode {
		return "", "", fmt.Errorf("%s: %s is a version such as 3.1.0", at, name)
	}
	parts := versionForm.FindStringSubmatch(n.Value)
	switch {
	case parts == nil:
	case name == "swagger" && parts[1] == "2" && parts[2] == "0":
		return n.Value, swagger20, nil
	case name == "openapi" && parts[1] == "3" && parts[2] == "0":
		family = openapi30
	case name == "openapi" && parts[1] == "3" && (parts[2] == "1" || parts[2] == "2"):
		family = openapi31
	}
	if family == "" {
		return "", "", fmt.Errorf("%s: this reads OpenAPI 3.0 and 3.1 and Swagger 2.0, not %s %q", at, name, shortened(n.Value))
	}
	if n.ShortTag() != "!!str" { // 3.0 without quotes is a number to YAML, and meant as the text all the same
		n.Tag = "!!str"
	}
	return n.Value, family, nil
}

// shortened keeps an error on its line.
func shortened(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return text
}
