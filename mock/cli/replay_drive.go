package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"understudy/mock/check"
	"understudy/mock/replay"
	"understudy/mock/report"
	"understudy/scenarios"
)

// replayAt sends a recording to a server and compares what comes back.
func (p *program) replayAt(cmd *cobra.Command, o replayFlags, file string) error {
	for _, pointer := range o.ignore {
		if len(pointer) == 0 || pointer[0] != '/' {
			return usage(cmd, "--ignore %q: of a server's replies a JSON pointer is left out, such as /data/*/updated_at", oneLine(pointer, 80))
		}
	}
	switch {
	case o.rate < 0:
		return usage(cmd, "--rate is a number of requests per second, such as 10")
	case o.wait < 0:
		return usage(cmd, "--wait is how long to wait, such as 30s")
	}
	reports, err := targets(cmd, "report", o.reports)
	if err != nil {
		return err
	}
	known, err := readBaseline(o.checkFlags)
	if err != nil {
		return err
	}
	recording, err := p.readRecording(cmd, o, file)
	if err != nil {
		return err
	}
	d, err := p.driver(cmd, o.callFlags, recording.Vendor)
	if err != nil {
		return err
	}
	r, err := p.drive(cmd, d, o, recording, file, slices.ContainsFunc(reports, func(t report.Target) bool { return t.Kind == "har" }))
	if r == nil {
		return err
	}
	if err == nil {
		return p.conclude(o.checkFlags, r, known, reports, false)
	}
	// A run that was cut short has its report as well.
	return errors.Join(err, p.conclude(o.checkFlags, r, known, reports, true))
}

// drive makes the run. With an error the report may hold what was done until then.
func (p *program) drive(cmd *cobra.Command, d *driver, o replayFlags, recording *scenarios.Recording, file string, keep bool) (*report.Report, error) {
	if err := d.equipFor(cmd, d.contract.Slots(), d.config.Target); err != nil {
		return nil, d.blame(cmd, err)
	}
	told := newProgress(p.stderr, p.speech)
	r, err := replay.Run(cmd.Context(), replay.Config{
		Recording: recording, Name: oneLine(file, 200), Contract: d.contract, Credentials: d.credentials, StandIns: d.standIns, Target: d.config.Target,
		HTTP: d.config.HTTP, Unsafe: o.unsafe, Rate: o.rate, Wait: o.wait, Header: d.config.Header, Account: o.account, FormField: o.formField,
		Ignore: o.ignore, MaxAge: o.maxAge, Progress: told.add, KeepExchanges: keep, Version: toolVersion(),
	})
	told.end()
	var other *check.VendorError
	switch {
	case errors.As(err, &other):
		return nil, fmt.Errorf("%s: %w", oneLine(file, 200), err)
	case err != nil && cmd.Context().Err() != nil && r == nil:
		return nil, errors.New(p.speech.of("interrupted before anything was sent", "已中断，尚未发送任何请求"))
	case err != nil && cmd.Context().Err() != nil:
		return r, errors.New(p.speech.of("interrupted; what was compared until then is told", "已中断，以上为中断前的比较结果"))
	case err != nil:
		return r, fmt.Errorf("%s%s", d.masked(nil, brokenLine(err)), unreached(err))
	}
	return r, nil
}
