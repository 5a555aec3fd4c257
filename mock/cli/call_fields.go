package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"understudy/mock/drive"
)

const maxGiven = 16 << 20

// values reads the fields of a command line.
func (d *driver) values(cmd *cobra.Command, operation string, args []string) (map[string]any, error) {
	values := map[string]any{}
	for _, arg := range args {
		if err := d.value(cmd, operation, values, arg); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (d *driver) value(cmd *cobra.Command, operation string, values map[string]any, arg string) error {
	if name, ok := strings.CutPrefix(arg, "@"); ok {
		text, err := d.program.read(cmd, name)
		if err != nil {
			return err
		}
		return d.wholeBody(cmd, values, name, text)
	}
	name, text, ok := strings.Cut(arg, "=")
	if !ok || name == "" {
		return usage(cmd, "%q is no field; write FIELD=VALUE, FIELD:=JSON or @FILE", oneLine(arg, 40))
	}
	if name, isJSON := strings.CutSuffix(name, ":"); isJSON {
		v, err := decodeExactly([]byte(text))
		if err != nil {
			return usage(cmd, "%s: what stands behind := is no JSON", oneLine(name, 80))
		}
		return d.client.Set(operation, values, name, v)
	}
	if file, ok := strings.CutPrefix(text, "@"); ok {
		content, err := d.program.read(cmd, file)
		if err != nil {
			return err
		}
		return d.client.Set(operation, values, name, drive.Text(trimLineEnd(content)))
	}
	return d.client.Set(operation, values, name, drive.Text(text))
}

// wholeBody takes a file for the body. What is no JSON is sent byte for byte, if mistakes are wanted.
func (d *driver) wholeBody(cmd *cobra.Command, values map[string]any, name string, text []byte) error {
	if _, twice := values[drive.Body]; twice || len(values) > 0 {
		return usage(cmd, "the body @%s stands once, and before the fields that are laid over it", oneLine(name, 80))
	}
	v, err := decodeExactly(text)
	switch {
	case err == nil:
		values[drive.Body] = v
	case d.flags.force:
		values[drive.Body] = text
	default:
		return fmt.Errorf("@%s is no JSON (--force sends it as it is)", oneLine(name, 80))
	}
	return nil
}

// decodeExactly reads one JSON value, numbers as they are written.
func decodeExactly(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("there is more behind the value")
	}
	return v, nil
}

// listOperations prints what a vendor's operations take.
func (p *program) listOperations(d *driver) error {
	for i, op := range d.contract.Operations {
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		fmt.Fprintf(p.stdout, "%s  %s\n", op.ID, op.Summary)
		fields, err := d.client.Fields(op.ID)
		if err != nil {
			return err
		}
		var rows [][]string
		for _, f := range fields {
			name := f.Name
			if f.Required {
				name += " *"
			}
			rows = append(rows, []string{name, kindsInWords(f), oneLine(strings.Join(strings.Fields(f.Description), " "), 100)})
		}
		if rows == nil {
			rows = [][]string{{"(no fields)"}}
		}
		fmt.Fprint(p.stdout, table("  ", rows))
	}
	fmt.Fprintf(p.stderr, "* has to be given; understudy call %s OPERATION FIELD=VALUE\n", d.contract.Vendor)
	return nil
}

func kindsInWords(f drive.Field) string {
	var words []string
	for _, kind := range f.Kinds {
		if kind != "null" {
			words = append(words, map[string]string{"string": "text", "integer": "whole number", "array": "list"}[kind])
			if words[len(words)-1] == "" {
				words[len(words)-1] = kind
			}
		}
	}
	text := strings.Join(words, "|")
	if text == "" {
		text = "anything"
	}
	if f.Format != "" && f.Format != "int32" && f.Format != "int64" {
		text += " (" + f.Format + ")"
	}
	if f.In != "body" {
		text += ", " + f.In
	}
	return text
}
