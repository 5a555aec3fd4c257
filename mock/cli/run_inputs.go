package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"understudy/scenarios/arazzo"
)

// given reads the inputs that the command line gives.
func (o *runFlags) given(cmd *cobra.Command, d *arazzo.Document) (map[string]any, error) {
	values := map[string]any{}
	if o.inputFile != "" {
		text, err := readText(o.inputFile, maxOverlay)
		if err != nil {
			return nil, fmt.Errorf("--inputs: %w", err)
		}
		if err := decodeInputs(text, values); err != nil {
			return nil, fmt.Errorf("--inputs %s: %w", oneLine(o.inputFile, 200), err)
		}
	}
	for _, one := range o.inputs {
		name, text, ok := strings.Cut(one, "=")
		if !ok || name == "" {
			return nil, usage(cmd, "--input: write NAME=VALUE")
		}
		var v any = text
		for _, w := range d.Workflows {
			if w.Inputs == nil || !slices.Contains(w.Inputs.Names, name) {
				continue
			}
			var err error
			if v, err = w.Inputs.Typed(name, text); err != nil {
				return nil, usage(cmd, "--input: %s", err)
			}
			break
		}
		values[name] = v
	}
	return values, nil
}

// decodeInputs reads an object of YAML or JSON.
func decodeInputs(text []byte, into map[string]any) error {
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		return err
	}
	record, ok := v.(map[string]any)
	if !ok {
		return errors.New("an object of inputs is due, such as day: 2026-03-02")
	}
	written, err := json.Marshal(record) // with the types of JSON
	if err != nil {
		return errors.New("it holds something that JSON does not have")
	}
	decoder := json.NewDecoder(strings.NewReader(string(written)))
	decoder.UseNumber()
	var exact map[string]any
	if err := decoder.Decode(&exact); err != nil {
		return err
	}
	maps.Copy(into, exact)
	return nil
}
