package cli

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"understudy/mock/check"
	"understudy/mock/report"
	"understudy/scenarios"
	"understudy/specs"
)

// checkFlags are those of the command check.
type checkFlags struct {
	callFlags
	vendor                  string
	har                     string
	reports, only           []string
	unsafe                  bool
	wait                    time.Duration
	rate                    float64
	maxRequests             int
	baseline, writeBaseline string
	// age, maxBytes and maxAge, which is what age says, are about a recording.
	age      string
	maxBytes int64
	maxAge   time.Duration
}

func (p *program) checkCommand() *cobra.Command {
	var o checkFlags
	cmd := &cobra.Command{
		Use:   "check URL | check --har FILE [URL]",
		Short: "Hold a server to a contract: what it accepts, what it refuses, what it remembers",
		Long: `Hold a server to a contract. Requests are made from the contract and travel its own wire: logged in, signed, sealed.

  positive  what the contract allows has to be answered as it says: status, media type, headers, schema, envelope, codes
  negative  one rule that the contract states is broken at a time, and the server has to refuse
  flow      what was created can be read, what was deleted is gone; from x-resource and OpenAPI's links

What the contract leaves open is told as observed and is no failure. A failure is told with the smallest request that shows
it, in one line to run again, secrets as $NAME.

Only operations that change nothing are called; --unsafe calls the rest too. --har judges recorded traffic of any tool, and
nothing is sent; a URL then says below which address the calls of this contract are. Of a recording of understudy's own it
says as well what the contract of today does not allow any more. Progress goes to standard error.

The exit code is 0 when all is well, 1 when the contract is broken, 2 when nothing could be checked.

` + credentialsHelp + ` Development values go to loopback only, unless --accept-development-credentials is given; what is
missing then is asked for at a terminal. A security scheme of your own contract is a slot of its name, such as
UNDERSTUDY_PETSTORE_APIKEY for apiKey of petstore; basic is user:password.`,
		Example: `  understudy check http://localhost:8740 --vendor zheliban
  understudy check https://staging.example/v1 --spec petstore.yaml --wait 30s --report junit=report.xml,md=report.md
  understudy check http://localhost:8080 --spec petstore.yaml --unsafe --only createPet,readPet --seed 7
  understudy check http://localhost:8080 --spec petstore.yaml --write-baseline known.yaml
  understudy check http://localhost:8080 --spec petstore.yaml --baseline known.yaml --report sarif=check.sarif
  understudy check --har traffic.har --spec petstore.yaml
  understudy check --har session.har --vendor zheliban --max-age 90d`,
		RunE: func(cmd *cobra.Command, args []string) error { return judged(p.check(cmd, o, args)) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.vendor, "vendor", "", "the `VENDOR` whose contract it is, or the name of one of --spec")
	o.contract(cmd)
	f.StringArrayVar(&o.reports, "report", nil, "write `KIND=FILE,...`; kinds are "+strings.Join(report.Kinds(), ", ")+"; may be repeated")
	f.StringSliceVar(&o.only, "only", nil, "check these `OPERATIONS` alone, separated by commas")
	f.BoolVar(&o.unsafe, "unsafe", false, "call operations that may change something, too")
	f.StringVar(&o.har, "har", "", "judge the recorded traffic of a HAR `FILE` in place of a server; - is standard input")
	f.Int64Var(&o.seed, "seed", 0, "decides the values of requests: the same seed, the same requests")
	f.DurationVar(&o.wait, "wait", 0, "how long to wait until the server answers for the first time")
	f.Float64Var(&o.rate, "rate", 0, "the most requests per second, `N`; 0 is without a bound")
	f.IntVar(&o.maxRequests, "max-requests", 0, "the most requests, `N`, of the whole run; 0 is without a bound")
	f.StringVar(&o.baseline, "baseline", "", "`FILE` of what is known to be wrong, and fails nothing")
	f.StringVar(&o.writeBaseline, "write-baseline", "", "write what is wrong now to such a `FILE`, and end with 0")
	f.StringVar(&o.age, "max-age", "", "with --har: warn of a recording of understudy's own that is older, `AGE` such as 90d or 12h")
	f.Int64Var(&o.maxBytes, "max-bytes", scenarios.DefaultMaxBytes, "with --har: the most bytes, `N`, of the recording")
	o.calling(cmd)
	f.BoolVar(&o.acceptDevelopment, "accept-development-credentials", false, "send development credentials beyond loopback too")
	return cmd
}

// check looks at the command line before anything begins.
func (o *checkFlags) check(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) > 1:
		return usage(cmd, "check takes one URL, but got %q as well", oneLine(args[1], 80))
	case len(args) == 0 && o.har == "":
		return usage(cmd, "say what to check: a URL, such as http://localhost:8740, or recorded traffic by --har FILE")
	case o.rate < 0:
		return usage(cmd, "--rate is a number of requests per second, such as 10")
	case o.maxRequests < 0:
		return usage(cmd, "--max-requests is a number of requests, such as 500")
	case o.wait < 0:
		return usage(cmd, "--wait is how long to wait, such as 30s")
	}
	if slices.Contains(specs.Vendors(), o.vendor) && len(o.specs) > 0 && !slices.ContainsFunc(o.specs, func(one string) bool { return strings.HasPrefix(one, o.vendor+"=") }) {
		return usage(cmd, "--vendor %s is a bundled contract, and %s gives another; leave one of them out, or name the document: %[2]s %[1]s=FILE", o.vendor, flagSpec)
	}
	for _, name := range []string{"max-age", "max-bytes"} {
		if o.har == "" && cmd.Flags().Changed(name) {
			return usage(cmd, "--%s is about a recording: name one by --har, or leave the flag out", name)
		}
	}
	if o.maxBytes <= 0 {
		return usage(cmd, "--max-bytes is a number of bytes, such as 134217728")
	}
	if cmd.Flags().Changed("max-age") {
		var ok bool
		if o.maxAge, ok = parseAge(o.age); !ok {
			return usage(cmd, "--max-age %q: write days or hours, such as 90d or 12h", oneLine(o.age, 40))
		}
	}
	if o.har != "" {
		for _, name := range []string{"only", "unsafe", "seed", "wait", "rate", "max-requests", "account", "header", "timeout"} {
			if cmd.Flags().Changed(name) {
				return usage(cmd, "--%s is about calls that are sent, and --har sends none", name)
			}
		}
	}
	return nil
}

func (p *program) check(cmd *cobra.Command, o checkFlags, args []string) error {
	if err := o.check(cmd, args); err != nil {
		return err
	}
	reports, err := targets(cmd, "report", o.reports)
	if err != nil {
		return err
	}
	known, err := readBaseline(o)
	if err != nil {
		return err
	}
	if len(args) == 1 {
		o.url, o.urlPlace = args[0], "the URL"
	}
	d, err := p.driver(cmd, o.callFlags, o.vendor)
	if err != nil {
		return err
	}
	var r *report.Report
	if o.har != "" {
		r, err = p.checkRecording(cmd, d, o)
	} else {
		r, err = p.checkServer(cmd, d, o, reports)
	}
	if r == nil {
		return err
	}
	if err == nil {
		return p.conclude(o, r, known, reports, false)
	}
	// A run that was cut short has its report as well.
	return errors.Join(err, p.conclude(o, r, known, reports, true))
}

func readBaseline(o checkFlags) (*report.Baseline, error) {
	if o.writeBaseline != "" {
		if err := (report.Target{File: o.writeBaseline}).Check(); err != nil {
			return nil, fmt.Errorf("--write-baseline: %w", err)
		}
	}
	if o.baseline == "" {
		return nil, nil
	}
	known, err := report.ReadBaseline(o.baseline)
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	return known, nil
}

// checkServer runs the check. With an error the report may hold what was done until then.
func (p *program) checkServer(cmd *cobra.Command, d *driver, o checkFlags, reports []report.Target) (*report.Report, error) {
	if err := d.equipFor(cmd, d.contract.Slots(), d.config.Target); err != nil {
		return nil, d.blame(cmd, err)
	}
	told := newProgress(p.stderr, p.speech)
	r, err := check.Run(cmd.Context(), check.Config{
		Contract: d.contract, Credentials: d.credentials, Target: d.config.Target, HTTP: d.config.HTTP, Seed: d.settings.seed,
		Only: o.only, Unsafe: o.unsafe, Rate: o.rate, MaxRequests: o.maxRequests, Wait: o.wait, Header: d.config.Header,
		Account: o.account, FormField: o.formField, Progress: told.add, StandIns: d.standIns, Version: toolVersion(),
		KeepExchanges: slices.ContainsFunc(reports, func(t report.Target) bool { return t.Kind == "har" }),
	})
	told.end()
	var unknown *check.UnknownError
	switch {
	case errors.As(err, &unknown):
		return nil, usage(cmd, "--only: %s", err)
	case err != nil && cmd.Context().Err() != nil && r == nil:
		return nil, errors.New(p.speech.of("interrupted before anything was checked", "已中断，尚未检查任何内容"))
	case err != nil && cmd.Context().Err() != nil:
		return r, errors.New(p.speech.of("interrupted; what was checked until then is told", "已中断，以上为中断前的检查结果"))
	case err != nil:
		return r, fmt.Errorf("%s%s", d.masked(nil, brokenLine(err)), unreached(err))
	}
	return r, nil
}

// checkRecording judges recorded traffic.
func (p *program) checkRecording(cmd *cobra.Command, d *driver, o checkFlags) (*report.Report, error) {
	name := o.har
	var in io.Reader = cmd.InOrStdin()
	if name != "-" {
		file, err := openNamed(name)
		if err != nil {
			return nil, fmt.Errorf("--har: %w", err)
		}
		defer func(file *os.File) { _ = file.Close() }(file) // it is only read
		in = file
	}
	r, err := check.HARConfig{
		Contract: d.contract, Credentials: d.credentials, Recording: in, Name: name, Base: o.url, Version: toolVersion(),
		MaxBytes: o.maxBytes, MaxAge: o.maxAge,
	}.Check(cmd.Context())
	if err != nil {
		return r, fmt.Errorf("--har %s: %w", oneLine(name, 200), err)
	}
	return r, nil
}

// conclude tells a report, writes it wherever it is wanted, and gives the verdict. A run that was cut short has none, and
// leaves the baseline as it is.
func (p *program) conclude(o checkFlags, r *report.Report, known *report.Baseline, reports []report.Target, cut bool) error {
	if known != nil {
		known.Apply(r)
	}
	told := p.stdout
	if toOutput(reports) {
		told = p.stderr
	}
	if err := report.WriteText(told, r, string(p.speech)); err != nil {
		return err
	}
	if err := p.writeReports(reports, r); err != nil {
		return err
	}
	switch n := r.Failures(); {
	case cut:
		return nil
	case o.writeBaseline != "" && r.Checked() > 0:
		entries, err := report.WriteBaseline(o.writeBaseline, r)
		if err == nil {
			fmt.Fprintf(p.stderr, p.speech.of("%s has %d entries now; say in it why each is left as it is\n", "%s 现有 %d 条，请在其中写明保留原因\n"), o.writeBaseline, entries)
		}
		return err
	case n > 0:
		return &violationError{fmt.Sprintf(p.speech.of("%d of %d checks failed", "%[2]d 项检查中有 %[1]d 项失败"), n, max(n, r.Checked()))}
	case r.Checked() == 0:
		return errors.New(p.speech.of("nothing was checked", "没有检查任何内容") + whyNothing(r, o.only))
	}
	return nil
}

// whyNothing names the most frequent reason for leaving something out, of the operations that were asked for.
func whyNothing(r *report.Report, only []string) string {
	counts := map[string]int{}
	for i := range r.Operations {
		if len(only) > 0 && !slices.Contains(only, r.Operations[i].ID) {
			continue
		}
		for _, part := range r.Operations[i].Parts() {
			for _, reason := range part.NotChecked {
				counts[reason.Text]++
			}
		}
	}
	best := ""
	for _, text := range slices.Sorted(maps.Keys(counts)) {
		if best == "" || counts[text] > counts[best] {
			best = text
		}
	}
	if best == "" {
		return ""
	}
	return ": " + oneLine(best, 300)
}
