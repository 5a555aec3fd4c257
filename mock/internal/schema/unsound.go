package schema

import (
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// unsound says on one line, in the words of the document, why the schema at a pointer does not compile.
func (s *Set) unsound(pointer string, err error) error {
	var judged *jsonschema.SchemaValidationError
	var found *jsonschema.ValidationError
	if !errors.As(err, &judged) || !errors.As(judged.Err, &found) {
		text := strings.Join(strings.Fields(err.Error()), " ")
		return fmt.Errorf("%s: the schema does not compile: %s", s.contract.Position(pointer), text)
	}
	if p, ok := resourcePlace(strings.TrimSuffix(judged.URL, "#")); ok {
		pointer = p.pointer
	}
	for len(found.Causes) > 0 {
		found = found.Causes[0]
	}
	at := ""
	for _, name := range found.InstanceLocation {
		at += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	}
	position := s.contract.Position(pointer + at)
	if position.Line == 0 {
		position = s.contract.Position(pointer)
	}
	return fmt.Errorf("%s: the schema does not compile: %s: %s", position, strings.TrimPrefix(at, "/"), found.ErrorKind.LocalizedString(message.NewPrinter(language.English)))
}
