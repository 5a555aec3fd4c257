package specs

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"
)

// Documents lists the OpenAPI documents that a place stands for: a file is itself, whatever is in it; of a folder it is those
// in it and below it, in alphabetical order. Files that are only parts of documents are left out, and so are folders whose
// name begins with a dot, and node_modules. A file that states a version of OpenAPI and cannot be read is listed, for [Read]
// to say why.
func Documents(place string, c ReadConfig) ([]string, error) {
	if place == "" {
		return nil, errors.New("no file or folder was given")
	}
	info, err := os.Stat(place)
	if err != nil {
		return nil, unreadable(place, err)
	}
	if !info.IsDir() {
		return []string{place}, nil
	}
	most := c.MaxBytes
	if most <= 0 {
		most = DefaultMaxBytes
	}
	var list []string
	looked := 0
	err = filepath.WalkDir(place, func(file string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return unreadable(file, err)
		case file == place:
			return nil
		case entry.IsDir() && (strings.HasPrefix(name, ".") || name == "node_modules"):
			return fs.SkipDir
		case entry.IsDir() || strings.HasPrefix(name, ".") || !looksLikeFile(name):
			return nil
		}
		info, err := os.Stat(file) // what a link leads to
		if err != nil || !info.Mode().IsRegular() {
			return nil
		}
		looked++
		if info.Size() > most {
			return nil
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return unreadable(file, err)
		}
		if statesVersion(data) {
			list = append(list, file)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: no file in this folder is an OpenAPI document (%d YAML and JSON files were looked at)", place, looked)
	}
	slices.Sort(list)
	return list, nil
}

var (
	yamlVersion = regexp.MustCompile(`(?m)^["']?(openapi|swagger)["']?[ \t]*:`)
	flowVersion = regexp.MustCompile(`^\s*\{[^{}\[\]]*["']?\b(openapi|swagger)["']?\s*:`)
)

// statesVersion says whether a text is an OpenAPI document, without reading all of it.
func statesVersion(data []byte) bool {
	text, err := decodeText("", data)
	if err != nil {
		text = data // GBK has ASCII where it matters
	}
	if first := bytes.TrimLeft(text, " \t\r\n"); len(first) == 0 || first[0] != '{' {
		return yamlVersion.Match(text)
	}
	decoder := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true))
	if _, err := decoder.ReadToken(); err != nil {
		return false
	}
	for {
		name, err := decoder.ReadToken()
		if err != nil {
			return flowVersion.Match(text)
		}
		if name.Kind() != '"' {
			return false
		}
		if s := name.String(); s == "openapi" || s == "swagger" {
			return true
		}
		if decoder.SkipValue() != nil {
			return flowVersion.Match(text)
		}
	}
}

// NameOf is the id that a contract has by its file: the file's name in lower-case letters, digits and hyphens, as
// pet-store-v2 of "Pet Store.v2.yaml". A file that is only called openapi, swagger or the like is named after its folder.
func NameOf(file string) string {
	name := idOf(baseName(file))
	switch name {
	case "openapi", "swagger", "api", "spec", "index", "":
		dir := path.Dir(strings.ReplaceAll(file, `\`, "/"))
		if dir == "." || strings.HasSuffix(dir, "..") {
			dir = filepath.ToSlash(filepath.Dir(absolute(file)))
		}
		if folder := idOf(path.Base(dir)); folder != "" {
			return folder
		}
	}
	if name == "" || name == "none" { // which is what stands for no contract at all
		return "contract"
	}
	return name
}

func idOf(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return strings.Join(words, "-")
}
