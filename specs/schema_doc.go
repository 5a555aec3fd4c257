package specs

import (
	"embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"regexp"
	"strings"
)

// sources are the files of this package whose documentation describes the vocabulary.
//
//go:embed vocabulary.go seal.go sign.go resource.go
var sources embed.FS

// documentation reads what the package says of its types, fields and keys: by Type, Type.Field and the name of a constant.
func documentation() (map[string]string, error) {
	entries, err := fs.ReadDir(sources, ".")
	if err != nil {
		return nil, fmt.Errorf("specs: the vocabulary's documentation: %w", err)
	}
	docs := map[string]string{}
	for _, e := range entries {
		text, err := fs.ReadFile(sources, e.Name())
		if err != nil {
			return nil, fmt.Errorf("specs: the vocabulary's documentation: %w", err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), text, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("specs: the vocabulary's documentation: %w", err)
		}
		for _, d := range file.Decls {
			if general, ok := d.(*ast.GenDecl); ok {
				for _, spec := range general.Specs {
					tell(docs, general, spec)
				}
			}
		}
	}
	return docs, nil
}

func tell(docs map[string]string, general *ast.GenDecl, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		if len(spec.Names) == 1 {
			docs[spec.Names[0].Name] = prose(spec.Comment.Text(), nil)
		}
	case *ast.TypeSpec:
		s, ok := spec.Type.(*ast.StructType)
		if !ok {
			return
		}
		names := map[string]string{}
		for _, f := range s.Fields.List {
			if len(f.Names) == 1 && f.Tag != nil {
				names[f.Names[0].Name] = reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("yaml")
			}
		}
		docs[spec.Name.Name] = prose(general.Doc.Text(), names)
		last := ""
		for _, f := range s.Fields.List {
			// A field without a word of its own shares those of the one before.
			if text := f.Doc.Text() + f.Comment.Text(); text != "" {
				last = prose(text, names)
			}
			for _, name := range f.Names {
				docs[spec.Name.Name+"."+name.Name] = last
			}
		}
	}
}

var (
	docLink = regexp.MustCompile(`\[([A-Za-z.]+)\]`)
	goWord  = regexp.MustCompile(`\b[A-Z][A-Za-z]*\b`)
)

// prose is a comment as a description: in one line, without links, the fields under their names in YAML.
func prose(text string, names map[string]string) string {
	text = docLink.ReplaceAllString(strings.Join(strings.Fields(text), " "), "$1")
	return goWord.ReplaceAllStringFunc(text, func(word string) string {
		if name, ok := names[word]; ok {
			return name
		}
		return word
	})
}
