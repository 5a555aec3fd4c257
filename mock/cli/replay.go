package cli

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"understudy/mock/play"
	"understudy/mock/report"
	"understudy/scenarios"
)

// replayFlags are those of the command replay. Those of check hold what is said of the server that it drives.
type replayFlags struct {
	checkFlags
	mode, time, timing string
	ignore             []string
	verbatim           bool
}

func (p *program) replayCommand() *cobra.Command {
	var o replayFlags
	cmd := &cobra.Command{
		Use:   "replay FILE.har... | replay FILE.har --target URL",
		Short: "Play a recording: answer a client from it, or send it to a server again",
		Long: `Play a recording that understudy record or understudy import made, in one of two directions.

Without --target, answer a client, until Ctrl-C: who asks what was asked when it was recorded gets what was answered, over the
vendor's whole wire, sealed and signed under the credentials of this configuration, with fresh tokens. Several recordings are
of as many vendors. Requests are compared opened: tokens, signatures, secrets and instants do not count, nor does what --ignore
names; of persons, whom a recording knows by pseudonyms, it counts that they are the same ones, and the answers have the real
data back. A call that was not recorded is refused, and the log and the journal say field by field how it differs from the
nearest one that was.

  lenient   requests come in any order; equal ones are answered in their sequence, and the last answer is given again
  strict    requests come in the order recorded, each once; what was not played in the end is an error
  fallback  lenient, and what was not recorded is answered by the simulated vendor

With --target, send the recorded requests to a server, freshly signed and sealed, ids of earlier replies in later requests, and
compare what comes back. Only operations that change nothing are called; --unsafe calls the rest too.

An exchange that the contract of today does not allow is an error; --verbatim plays it as it is, with connections that broke
and pages that are no answer.

The exit code is 0 when all is well, 1 when steps were left unplayed in strict mode, when replies differ or when the recording
is stale, 2 when nothing could be played.

` + credentialsHelp,
		Example: `  understudy replay session.har
  understudy replay session.har --mode strict --listen localhost:0 --control localhost:0
  understudy replay session.har --time now --timing recorded
  understudy replay incident.har --verbatim --ignore /requestId --ignore query:trace
  understudy replay petstore.har --spec petstore.yaml --mode fallback
  understudy replay session.har --target http://localhost:8740 --report junit=replay.xml`,
		RunE: func(cmd *cobra.Command, args []string) error { return judged(p.replay(cmd, o, args)) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.target, "target", "", "send to this base `URL` in place of answering a client")
	f.StringArrayVar(&o.ignore, "ignore", nil, "do not compare this `PLACE`: a JSON pointer into the body, * for any item; of a client's requests also query:NAME, header:NAME, path:NAME; may be repeated")
	f.StringVar(&o.age, "max-age", "", "warn of a recording that is older, `AGE` such as 90d or 12h")
	f.Int64Var(&o.maxBytes, "max-bytes", scenarios.DefaultMaxBytes, "the most bytes, `N`, of a recording")
	o.contract(cmd)
	o.playing(cmd)
	o.driving(cmd)
	return cmd
}

// playing adds the flags of answering a client.
func (o *replayFlags) playing(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.mode, "mode", string(play.Lenient), "what may answer: `lenient|strict|fallback`")
	f.StringVar(&o.time, "time", string(play.Recorded), "days and instants in answers: `recorded|now`; now moves them by whole days, the recording's day to today")
	f.StringVar(&o.timing, "timing", string(play.AtOnce), "how long an answer takes: `none|recorded`")
	f.BoolVar(&o.verbatim, "verbatim", false, "play broken connections and answers outside the contract as they are")
	f.StringVar(&o.listen, "listen", usualListen, "where the vendors answer, `HOST:PORT`; port 0 takes a free one")
	f.StringVar(&o.control, "control", usualControl, "where journal and sessions are, `HOST:PORT`")
	f.BoolVar(&o.tls, "tls", false, "the vendors speak HTTPS; understudy cert says how to trust it")
}

// driving adds the flags of sending to a server.
func (o *replayFlags) driving(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&o.unsafe, "unsafe", false, "with --target: call operations that may change something, too")
	f.StringArrayVar(&o.reports, "report", nil, "with --target: write `KIND=FILE,...`; kinds are "+strings.Join(report.Kinds(), ", ")+"; may be repeated")
	f.DurationVar(&o.wait, "wait", 0, "with --target: how long to wait until the server answers for the first time")
	f.Float64Var(&o.rate, "rate", 0, "with --target: the most requests per second, `N`; 0 is without a bound")
	f.StringVar(&o.baseline, "baseline", "", "with --target: `FILE` of what is known to differ, and fails nothing")
	f.StringVar(&o.writeBaseline, "write-baseline", "", "with --target: write what differs now to such a `FILE`, and end with 0")
	o.calling(cmd)
	f.BoolVar(&o.acceptDevelopment, "accept-development-credentials", false, "take development credentials beyond loopback too")
}

// forPlay and forDrive name the flags of one direction alone.
func forPlay() []string {
	return []string{"mode", "time", "timing", "verbatim", "listen", "control", "tls"}
}

func forDrive() []string {
	return []string{"unsafe", "report", "wait", "rate", "baseline", "write-baseline", "account", "form-field", "header", "timeout"}
}

// check looks at the command line before anything begins.
func (o *replayFlags) check(cmd *cobra.Command, files []string) error {
	given := cmd.Flags().Changed
	if len(files) == 0 {
		return usage(cmd, "name the recording: a HAR file that understudy record or understudy import made")
	}
	wrong, why := forDrive(), "--%s is about a server that is called: name it by --target, or leave the flag out"
	if given("target") {
		wrong, why = forPlay(), "--%s is about answering a client, and --target calls a server; leave one of them out"
		if len(files) > 1 {
			return usage(cmd, "--target takes one recording at a time, but got %q as well", oneLine(files[1], 80))
		}
	}
	for _, name := range wrong {
		if given(name) {
			return usage(cmd, why, name)
		}
	}
	for _, one := range []struct {
		flag, value string
		known       []string
	}{
		{"mode", o.mode, []string{"lenient", "strict", "fallback"}}, {"time", o.time, []string{"recorded", "now"}}, {"timing", o.timing, []string{"none", "recorded"}},
	} {
		if !slices.Contains(one.known, one.value) {
			return usage(cmd, "--%s %q: there are %s%s", one.flag, oneLine(one.value, 40), strings.Join(one.known, ", "), meant(one.value, one.known))
		}
	}
	if o.maxBytes <= 0 {
		return usage(cmd, "--max-bytes is a number of bytes, such as 134217728")
	}
	if given("max-age") {
		var ok bool
		if o.maxAge, ok = parseAge(o.age); !ok {
			return usage(cmd, "--max-age %q: write days or hours, such as 90d or 12h", oneLine(o.age, 40))
		}
	}
	return nil
}

// parseAge reads days, as 90d, or what Go writes as a duration.
func parseAge(text string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseInt(days, 10, 64)
		return time.Duration(n) * 24 * time.Hour, err == nil && n > 0 && n < math.MaxInt64/int64(24*time.Hour)
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d > 0
}

func (p *program) replay(cmd *cobra.Command, o replayFlags, files []string) error {
	if err := o.check(cmd, files); err != nil {
		return err
	}
	if cmd.Flags().Changed("target") {
		return p.replayAt(cmd, o, files[0])
	}
	return p.replayTo(cmd, o, files)
}

// readRecording reads a recording; - is standard input.
func (p *program) readRecording(cmd *cobra.Command, o replayFlags, name string) (*scenarios.Recording, error) {
	config := scenarios.ReadConfig{Name: oneLine(name, 200), MaxBytes: o.maxBytes}
	var in io.Reader = cmd.InOrStdin()
	if name == "-" {
		config.Name = "standard input"
	} else {
		file, err := openNamed(name)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }() // it is only read
		in = file
	}
	r, err := scenarios.Read(in, config)
	if err != nil {
		return nil, err
	}
	if r.Vendor == "" {
		return nil, fmt.Errorf("%s does not say which vendor was recorded", config.Name)
	}
	return r, nil
}
