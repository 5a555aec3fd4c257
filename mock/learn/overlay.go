package learn

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Overlay is the OpenAPI Overlay 1.0 with all [Findings.Actions], YAML; nil where there is nothing to correct. It is meant for
// the contract that the recordings were held to.
func (f *Findings) Overlay() ([]byte, error) {
	if len(f.Actions) == 0 {
		return nil, nil
	}
	return overlayText(f, f.Actions)
}

type overlayDocument struct {
	Overlay string          `yaml:"overlay"`
	Info    overlayInfo     `yaml:"info"`
	Actions []overlayAction `yaml:"actions"`
}

type overlayInfo struct {
	Title   string `yaml:"title"`
	Version string `yaml:"version"`
}

type overlayAction struct {
	Target      string `yaml:"target"`
	Description string `yaml:"description,omitempty"`
	Update      any    `yaml:"update,omitempty"`
	Remove      bool   `yaml:"remove,omitempty"`
}

func overlayText(f *Findings, actions []Action) ([]byte, error) {
	d := overlayDocument{Overlay: "1.0.0", Info: overlayInfo{Title: "What was learned of " + f.Contract + " from recordings", Version: "1.0.0"}}
	for _, a := range actions {
		d.Actions = append(d.Actions, overlayAction{a.Target, a.Description, a.Update, a.Remove})
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(d); err != nil {
		return nil, fmt.Errorf("learn: the overlay cannot be written: %w", err)
	}
	return b.Bytes(), e.Close()
}

// readingActions are those of the readings that are confirmed and not the contract's own.
func (l *learner) readingActions() ([]Action, error) {
	var list []Action
	for i, c := range l.findings.Clauses {
		if c.Reading == "" || c.Reading == c.Default || c.Reading == anyReading && l.questions[i].base == "" {
			continue
		}
		text, err := l.contract.ReadingOverlay(c.ID, c.Reading)
		if err != nil {
			return nil, err
		}
		var d overlayDocument
		if err := yaml.Unmarshal(text, &d); err != nil {
			return nil, fmt.Errorf("learn: %s=%s: %w", c.ID, c.Reading, err)
		}
		because := fmt.Sprintf("%s=%s is confirmed", c.ID, c.Reading)
		for _, r := range c.Readings {
			if r.State == Confirmed && len(r.For) > 0 {
				e := r.For[0]
				because += fmt.Sprintf(" by exchange %d of %s, %s of %s: %s", e.Exchange, e.Source, e.Side, e.Operation, e.What)
			}
		}
		for _, a := range d.Actions {
			list = append(list, Action{Target: a.Target, Description: because + ".", Remove: a.Remove, Update: a.Update, group: c.ID})
		}
		list = append(list, Action{Target: "$['x-unclear'][?@.id == '" + c.ID + "']", Description: "It is no longer unclear.", Remove: true, group: c.ID})
	}
	return list, nil
}
