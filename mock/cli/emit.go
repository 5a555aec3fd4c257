package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"understudy/mock/drive"
)

func (p *program) emitCommand() *cobra.Command {
	var o callFlags
	cmd := &cobra.Command{
		Use:   "emit VENDOR [EVENT] [FIELD=VALUE ...]",
		Short: "Push an event to a receiver, sealed as the vendor's platform seals it",
		Long: `Push an event to a receiver of your own, sealed and addressed as the vendor's platform does it. Without an event, list
those there are, each with its example.

--data lays the members of a JSON object over the example of the change; fields that stand behind the event are laid over
both (see understudy call --help). --repeat sends the same bytes again, as a platform does until a push is accepted. With
--print, the push is printed as a command line in place of being sent; it holds the application's key.

` + credentialsHelp,
		Example: `  understudy emit weixiao
  understudy emit weixiao addUser --to http://localhost:8080/wx/receive
  understudy emit weixiao deleteOrg id=1001 --to http://localhost:8080/wx/receive --repeat 2
  understudy emit weixiao addUser --data user.json --to http://localhost:8080/wx/receive --print`,
		RunE: func(cmd *cobra.Command, args []string) error { return p.emit(cmd, o, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.to, "to", "", "`URL` of the receiver, whole")
	f.StringVar(&o.data, "data", "", "JSON `FILE` with members of the change (- is standard input)")
	f.IntVar(&o.repeat, "repeat", 0, "send the same bytes `N` more times")
	f.BoolVar(&o.print, "print", false, "print a command line that sends it")
	o.sending(cmd)
	return cmd
}

func (p *program) emit(cmd *cobra.Command, o callFlags, args []string) error {
	if len(args) == 0 {
		return p.noVendor(cmd)
	}
	d, err := p.driver(cmd, o, args[0])
	if err != nil {
		return err
	}
	events := d.client.Events()
	if len(events) == 0 {
		return usage(cmd, "%s pushes nothing to its callers", d.contract.Vendor)
	}
	if len(args) == 1 {
		return p.listEvents(events)
	}
	event, err := chooseEvent(cmd, events, args[1], o.force)
	if err != nil {
		return err
	}
	if err := checkReceiver(cmd, o); err != nil {
		return err
	}
	slots, err := d.client.Slots(event.Operation)
	if err != nil {
		return err
	}
	d.flags.acceptDevelopment = true // the receiver is the caller's own
	if err := d.equipFor(cmd, slots, o.to); err != nil {
		return d.blame(cmd, err)
	}
	r, err := d.push(cmd, event, args[2:])
	if err != nil {
		return d.blame(cmd, err)
	}
	r.URL = o.to
	if o.print {
		fmt.Fprintln(p.stdout, sampleFrom(r).line(thisSystem()))
		return nil
	}
	return p.deliver(cmd, d, event, r)
}

// chooseEvent finds an event by its name. One that nobody knows is sent only when that is wanted: its change is whatever the
// caller gives.
func chooseEvent(cmd *cobra.Command, events []drive.Event, name string, force bool) (drive.Event, error) {
	var known []string
	for _, e := range events {
		if e.Name == name {
			return e, nil
		}
		known = append(known, e.Name)
	}
	if !force {
		return drive.Event{}, usage(cmd, "unknown event %q; there are %s%s (--force sends another one)", oneLine(name, 40), strings.Join(known, ", "), meant(name, known))
	}
	e := events[0]
	e.Values = maps.Clone(e.Values)
	for field, v := range e.Values {
		if v == e.Name {
			e.Values[field] = name
		}
	}
	e.Name, e.Values[e.Payload] = name, map[string]any{}
	return e, nil
}

func checkReceiver(cmd *cobra.Command, o callFlags) error {
	u, err := url.Parse(o.to)
	switch {
	case o.to == "":
		return usage(cmd, "say where it goes: --to URL, such as http://localhost:8080/receive")
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return usage(cmd, "--to needs a whole URL, such as http://localhost:8080/receive")
	case o.repeat < 0 || o.repeat > 1000:
		return usage(cmd, "--repeat is a number from 0 to 1000")
	}
	return nil
}

// push makes the request of an event.
func (d *driver) push(cmd *cobra.Command, event drive.Event, args []string) (*drive.Request, error) {
	values := event.Values
	if d.flags.data != "" {
		text, err := d.program.read(cmd, d.flags.data)
		if err != nil {
			return nil, err
		}
		v, err := decodeExactly(text)
		given, ok := v.(map[string]any)
		if err != nil || !ok {
			return nil, fmt.Errorf("--data: %s holds no JSON object", oneLine(d.flags.data, 80))
		}
		change, _ := values[event.Payload].(map[string]any)
		maps.Copy(change, given)
	}
	for _, arg := range args {
		if strings.HasPrefix(arg, "@") {
			return nil, usage(cmd, "the change comes from --data FILE, or field by field")
		}
		if err := d.value(cmd, event.Operation, values, arg); err != nil {
			return nil, err
		}
	}
	r, err := d.client.Prepare(cmd.Context(), event.Operation, values)
	if err == nil && len(r.Problems) > 0 && !d.flags.force {
		return nil, &drive.InvalidError{Operation: r.Operation, Problems: r.Problems}
	}
	return r, err
}

// deliver sends the same bytes once and again, and tells each result.
func (p *program) deliver(cmd *cobra.Command, d *driver, event drive.Event, r *drive.Request) error {
	refused := 0
	for i := range 1 + d.flags.repeat {
		x, err := d.client.Send(cmd.Context(), r)
		if err != nil {
			refused++
			fmt.Fprintf(p.stdout, "%d %s: no reply: %s\n", i+1, event.Name, oneLine(err.Error()+unreached(err), 300))
			if cmd.Context().Err() != nil {
				break
			}
			continue
		}
		if i == 0 {
			d.show(p.stderr, x, "the line of the delivery")
		}
		if x.Outcome != drive.OK {
			refused++
		}
		fmt.Fprintf(p.stdout, "%d %s: %s, %s in %s\n", i+1, event.Name, x.Reply, oneLine(x.Summary(), 300), x.Took.Round(time.Millisecond/10))
	}
	if refused > 0 {
		return fmt.Errorf("%d of %d deliveries were not accepted", refused, 1+d.flags.repeat)
	}
	return nil
}

func (p *program) listEvents(events []drive.Event) error {
	rows := [][]string{{"EVENT", "EXAMPLE OF THE CHANGE"}}
	for _, e := range events {
		text, err := json.Marshal(e.Values[e.Payload])
		if err != nil {
			return errors.New("the example of " + e.Name + " is no JSON")
		}
		rows = append(rows, []string{e.Name, string(text)})
	}
	_, err := fmt.Fprint(p.stdout, table("  ", rows))
	return err
}

// sampleFrom is a request as a line to copy and paste.
func sampleFrom(r *drive.Request) sample {
	s := sample{method: r.Method, url: r.URL, body: string(r.Body)}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, v := range r.Header[name] {
			s.headers = append(s.headers, [2]string{name, v})
		}
	}
	return s
}
