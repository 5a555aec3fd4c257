package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/mock/report"
)

// maxVerdict bounds the verdict of a running service, in bytes.
const maxVerdict = 64 << 20

func (p *program) verdictCommand() *cobra.Command {
	var o options
	var token string
	var reports []string
	timeout := 30 * time.Second
	cmd := &cobra.Command{
		Use:   "verdict [CONTROL-URL]",
		Short: "Ask a running service how its callers kept the contracts",
		Long: `Ask a running understudy serve, by its control listener, how those who called it kept the contracts: what they sent that a
contract forbids, and which operations they called at all. Without a URL it is the control listener of this configuration.

The token of the control listener comes from the configuration (controlToken, UNDERSTUDY_CONTROLTOKEN or its _FILE) or from
--token, which other users of this machine may see.

The exit code is 0 when all callers kept the contracts, 1 when one did not, 2 when nobody answered or nobody had called.`,
		Example: `  understudy verdict
  understudy verdict http://localhost:8741 --report junit=callers.xml,md=callers.md
  understudy verdict http://mock.ci:8741 --report sarif=- --token "$TOKEN"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(cmd, "verdict takes one URL, but got %q as well", oneLine(args[1], 80))
			}
			return judged(p.verdict(cmd, o, append(args, "")[0], token, reports, timeout))
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringArrayVar(&reports, "report", nil, "write `KIND=FILE,...`; kinds are "+strings.Join(report.Kinds(), ", ")+"; may be repeated")
	f.StringVar(&token, "token", "", "the `TOKEN` of the control listener")
	f.StringVar(&o.config, "config", "", "configuration `FILE` (YAML)")
	f.DurationVar(&timeout, "timeout", timeout, "how long to wait for the answer")
	return cmd
}

func (p *program) verdict(cmd *cobra.Command, o options, target, token string, given []string, timeout time.Duration) error {
	reports, err := targets(cmd, "report", given)
	if err != nil {
		return err
	}
	s, _, err := p.settings(cmd, o)
	if err != nil {
		return err
	}
	if target == "" {
		target = "http://" + s.control.reachedAt(usualControl)
	}
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return usage(cmd, "the URL is that of the control listener, such as http://localhost:8741")
	}
	if token == "" {
		token = s.controlToken.text
	}
	v, err := askVerdict(cmd.Context(), u, token, timeout)
	if err != nil {
		return err
	}
	return p.judgeCallers(v, place(u), reports)
}

// place is a URL's server, without what may be secret in it.
func place(u *url.URL) string { return u.Scheme + "://" + u.Host }

// askVerdict gets the verdict from a control listener.
func askVerdict(ctx context.Context, u *url.URL, token string, timeout time.Duration) (v mock.Verdict, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, place(u)+strings.TrimRight(u.Path, "/")+"/verdict", nil)
	if err != nil {
		return v, err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	reply, err := http.DefaultClient.Do(r)
	if failed := (*url.Error)(nil); errors.As(err, &failed) {
		return v, fmt.Errorf("%s does not answer: %w%s", place(u), failed.Err, unreached(err))
	}
	if err != nil {
		return v, err
	}
	defer func() { _ = reply.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(reply.Body, maxVerdict))
	switch {
	case err != nil:
		return v, fmt.Errorf("%s: the verdict broke off", place(u))
	case reply.StatusCode == http.StatusUnauthorized:
		return v, fmt.Errorf("%s asks for its token: set UNDERSTUDY_CONTROLTOKEN, or give --token; serve prints it", place(u))
	case reply.StatusCode != http.StatusOK:
		return v, fmt.Errorf("%s answers %s; the URL is that of the control listener, which serve prints as \"control: ready at\"", place(u), reply.Status)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		return v, fmt.Errorf("%s does not answer with a verdict; the URL is that of the control listener, which serve prints as \"control: ready at\"", place(u))
	}
	return v, nil
}

// judgeCallers tells what callers did, writes it wherever it is wanted, and gives the verdict on them.
func (p *program) judgeCallers(v mock.Verdict, target string, reports []report.Target) error {
	r := check.FromVerdict(v)
	r.Target, r.Version = target, toolVersion()
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
	case n == 1:
		return &violationError{p.speech.of("callers broke the contracts in 1 way", "调用方有 1 处违反契约")}
	case n > 0:
		return &violationError{fmt.Sprintf(p.speech.of("callers broke the contracts in %d ways", "调用方有 %d 处违反契约"), n)}
	case v.Calls == 0:
		return errNobodyCalled
	}
	return nil
}

// errNobodyCalled says that there is nothing to judge.
var errNobodyCalled = errors.New("nobody has called: there is nothing to judge")

// concludeServe writes the verdict on those who called, once serve has ended. It ends with an error where that is wanted.
func (p *program) concludeServe(s *settings, server *mock.Server, target string) error {
	if len(s.verdict) == 0 && !s.failOnViolation {
		return nil
	}
	err := p.judgeCallers(server.Verdict(), target, s.verdict)
	var broken *violationError
	switch {
	case errors.Is(err, errNobodyCalled), errors.As(err, &broken) && !s.failOnViolation:
		return nil
	}
	return err
}
