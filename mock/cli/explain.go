package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"understudy/mock/explain"
)

func (p *program) explainCommand() *cobra.Command {
	var o callFlags
	show := false
	cmd := &cobra.Command{
		Use:   "explain VENDOR [FILE]",
		Short: "Say why a vendor refuses a call, from a log",
		Long: `Say why a vendor refuses a call. Give what you have of it, in a file or on standard input: a URL with or without a body, a
raw HTTP request, a curl line, a HAR file, a Java map {a=b, c=d}, a form, JSON, a ciphertext, a log line that holds one of
these, or an exception's text.

The known mistakes are tried until one reproduces the signature that came, or opens the sealed text to JSON. How old a
timestamp or a token is does not matter. Nothing is sent. Secrets are never printed; personal data is masked unless --show
is given.

The exit code is 0 when every call is explained or right, 1 when one could not be explained, 2 for a mistake in the command
line.

` + credentialsHelp,
		Example: `  understudy explain alihealth request.log
  understudy explain zheliban --config understudy.yaml < body.txt
  understudy explain weixiao --lang zh < push.har
  understudy explain shop --spec shop.yaml --overlay wire.yaml request.log`,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return p.noVendor(cmd)
			case len(args) > 2:
				return usage(cmd, "%s takes a vendor and at most one file, but got %q", cmd.Name(), oneLine(args[2], 80))
			}
			return p.explain(cmd, o, append(args, "-")[:2], show)
		},
	}
	cmd.Flags().SortFlags = false
	o.contract(cmd)
	cmd.Flags().BoolVar(&show, "show", false, "show personal data in opened texts; secrets and tokens stay masked")
	return cmd
}

// errUnexplained ends a run in which a call stayed unexplained.
var errUnexplained = errors.New("not everything could be explained")

// explain takes a vendor and a file, - for standard input.
func (p *program) explain(cmd *cobra.Command, o callFlags, args []string, show bool) error {
	d, err := p.driver(cmd, o, args[0])
	if err != nil {
		return err
	}
	explainer, err := explain.New(explain.Config{Contract: d.contract, Credentials: d.credentials, Show: show})
	if err != nil {
		return err
	}
	input, err := p.read(cmd, args[1])
	if err != nil {
		return err
	}
	reports, err := explainer.Explain(input)
	if err != nil {
		return err
	}
	unexplained := false
	for i, r := range reports {
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		fmt.Fprint(p.stdout, r.Text(string(p.speech)))
		unexplained = unexplained || r.Verdict == explain.Unknown
	}
	if unexplained {
		return errUnexplained
	}
	return nil
}
