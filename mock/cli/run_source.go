package cli

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"understudy/mock"
	"understudy/mock/control"
	"understudy/mock/story"
	"understudy/scenarios/arazzo"
	"understudy/specs"
)

// storyConfig finds the contracts of a story and how their servers are called.
func (p *program) storyConfig(cmd *cobra.Command, o runFlags, d *arazzo.Document) (*story.Config, error) {
	c := &story.Config{
		Document: d, Sources: map[string]story.Source{}, Workflows: o.workflows, Session: o.session, Lenient: o.lenient,
		MaxSteps: o.maxSteps, Version: toolVersion(),
	}
	if cmd.Flags().Changed("session") && o.session == "" {
		return nil, usage(cmd, "--session is empty; give it a name or leave it out")
	}
	at, err := o.servers(cmd, d)
	if err != nil {
		return nil, err
	}
	// What serve plays under this configuration is the simulator, and so its control listener is known.
	usual := len(o.targets) == 0
	c.Isolate = usual || o.control != ""
	places, err := p.places(cmd, &o, d)
	if err != nil {
		return nil, err
	}
	var failed []error
	for _, s := range d.Sources {
		source, err := p.storySource(cmd, o, d, s, places[s.Name], at[s.Name], usual)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: the source %s: %w", s.At, s.Name, err))
			continue
		}
		c.Sources[s.Name] = *source
	}
	if err := errors.Join(failed...); err != nil {
		return nil, err
	}
	c.Inputs, err = o.given(cmd, d)
	return c, err
}

// servers reads the targets: one for all vendors, or one for a source.
func (o *runFlags) servers(cmd *cobra.Command, d *arazzo.Document) (map[string]string, error) {
	at := map[string]string{}
	var names []string
	for _, s := range d.Sources {
		names = append(names, s.Name)
	}
	for _, text := range o.targets {
		name, address, named := strings.Cut(text, "=")
		if named && !strings.ContainsAny(name, ":/") {
			if !slices.Contains(names, name) {
				return nil, usage(cmd, "--target %s: %s has no source of that name; there are %s", oneLine(name, 40), d.File, strings.Join(names, ", "))
			}
			at[name] = address
			continue
		}
		for _, name := range names {
			if at[name] == "" {
				at[name] = text
			}
		}
	}
	return at, nil
}

var (
	bundledURL = regexp.MustCompile(`(?:^|/)specs/([a-z0-9-]+)/openapi\.yaml$`)
	controlURL = regexp.MustCompile(`(?:^|/)control/openapi\.(?:yaml|json)$`)
)

// sourcePlace is where the contract of a source comes from.
type sourcePlace struct {
	// name is the contract's; control says that it is the control document.
	name    string
	control bool
}

// places decides where each source's contract comes from, and adds the files beside the story to the specs: all of them at
// once, since the configuration may speak of any.
func (p *program) places(cmd *cobra.Command, o *runFlags, d *arazzo.Document) (map[string]sourcePlace, error) {
	found := map[string]sourcePlace{}
	known := p.ownDocuments(cmd, o.options)
	var files []string
	for _, one := range known {
		files = append(files, one.name+"="+one.file)
	}
	o.nameSole(d)
	var failed []error
	for _, s := range d.Sources {
		address, _, _ := strings.Cut(s.URL, "#")
		own := contractName(s.Name)
		given := slices.ContainsFunc(o.specs, func(text string) bool {
			name, _, err := parseNamed(text)
			return err == nil && name == own
		})
		m := bundledURL.FindStringSubmatch(address)
		same := slices.IndexFunc(known, func(one *document) bool { return sameFile(one.file, besideStory(d, address)) })
		switch {
		case given:
			found[s.Name] = sourcePlace{name: own}
		case same >= 0:
			found[s.Name] = sourcePlace{name: known[same].name}
		case controlURL.MatchString(address):
			found[s.Name] = sourcePlace{control: true}
		case m != nil && slices.Contains(specs.Vendors(), m[1]):
			found[s.Name] = sourcePlace{name: m[1]}
		case slices.Contains(specs.Vendors(), address):
			found[s.Name] = sourcePlace{name: address}
		case strings.Contains(address, "://"):
			failed = append(failed, fmt.Errorf("%s: the source %s: nothing is fetched from %s: save the document and give it by --spec %s=FILE", s.At, s.Name, oneLine(address, 200), own))
		default:
			found[s.Name] = sourcePlace{name: own}
			files = append(files, own+"="+besideStory(d, address))
		}
	}
	if len(files) > len(known) { // a flag stands in the place of all that is configured
		if o.specs == nil {
			o.specs = files
		} else {
			o.specs = append(slices.Clone(o.specs), files[len(known):]...)
		}
	}
	return found, errors.Join(failed...)
}

// ownDocuments are the contracts that flags and configuration name by files. Where that cannot be read yet, since it speaks of a
// contract that stands beside the story, there are none.
func (p *program) ownDocuments(cmd *cobra.Command, o options) []*document {
	s, _, err := p.settings(cmd, o)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.documents), func(d *document) bool { return d.file == "" })
}

// nameSole gives the one contract of the command line that has no name that of the one vendor of a story.
func (o *runFlags) nameSole(d *arazzo.Document) {
	if len(o.specs) != 1 {
		return
	}
	name, file, err := parseNamed(o.specs[0])
	if err != nil || name != "" {
		return
	}
	var vendors []string
	for _, s := range d.Sources {
		if !controlURL.MatchString(s.URL) {
			vendors = append(vendors, contractName(s.Name))
		}
	}
	if len(vendors) == 1 {
		o.specs = []string{vendors[0] + "=" + file}
	}
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// besideStory is the file that a relative URL in a story means.
func besideStory(d *arazzo.Document, address string) string {
	path, err := url.PathUnescape(address)
	if err != nil {
		path = address
	}
	file := filepath.FromSlash(path)
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(filepath.Dir(d.File), file)
}

// storySource is one source of a story.
func (p *program) storySource(cmd *cobra.Command, o runFlags, d *arazzo.Document, s *arazzo.Source, from sourcePlace, target string, usual bool) (*story.Source, error) {
	if from.control {
		return p.controlSource(cmd, o, usual)
	}
	flags := o.callFlags
	flags.url, flags.urlPlace = target, "--target"
	driver, err := p.driver(cmd, flags, from.name)
	if err != nil {
		return nil, err
	}
	if driver.contract.Title == story.ControlTitle {
		return p.controlSource(cmd, o, usual)
	}
	slots, err := storySlots(d, s, driver)
	if err != nil {
		return nil, err
	}
	if err := driver.equipFor(cmd, slots, driver.config.Target); err != nil {
		return nil, driver.blame(cmd, err)
	}
	return &story.Source{
		Contract: driver.contract, Credentials: driver.credentials, Target: driver.config.Target, HTTP: driver.config.HTTP,
		Header: driver.config.Header, Account: o.account, FormField: o.formField,
	}, nil
}

// storySlots are the credentials that the steps of a story use.
func storySlots(d *arazzo.Document, s *arazzo.Source, driver *driver) ([]specs.Slot, error) {
	used := map[string]bool{}
	for _, w := range d.Workflows {
		if w.Inputs != nil {
			for _, name := range w.Inputs.Names { // which may ask for a credential
				used[name] = true
			}
		}
		for _, step := range w.Steps {
			if step.Operation == nil || step.Operation.Source != s.Name {
				continue
			}
			op, err := story.Operation(driver.contract, step.Operation)
			if err != nil {
				continue // the story's check tells it
			}
			slots, err := driver.client.Slots(op.ID)
			if err != nil {
				return nil, err
			}
			for _, slot := range slots {
				used[slot.Name] = true
			}
		}
	}
	return slices.DeleteFunc(driver.contract.Slots(), func(slot specs.Slot) bool { return !used[slot.Name] }), nil
}

// contractName makes of a source's name one that a contract can have.
func contractName(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	if len(words) == 0 {
		return "story"
	}
	return strings.Join(words, "-")
}

// controlSource is the simulator's control listener.
func (p *program) controlSource(cmd *cobra.Command, o runFlags, usual bool) (*story.Source, error) {
	contract, err := control.Contract()
	if err != nil {
		return nil, err
	}
	s, _, err := p.settings(cmd, o.options)
	if err != nil {
		return nil, err
	}
	source := &story.Source{Contract: contract, Target: o.control, HTTP: &http.Client{Timeout: o.timeout}, Credentials: mock.Credentials{}}
	if source.Target == "" && usual {
		source.Target = "http://" + s.control.reachedAt(usualControl)
	}
	token := o.token
	if token == "" {
		token = s.controlToken.text
	}
	if token != "" {
		source.Credentials["token"] = mock.Credential{Text: token}
	}
	return source, nil
}
