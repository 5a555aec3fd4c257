package cli

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"understudy/mock/drive"
	"understudy/specs"
)

func (p *program) sealCommand() *cobra.Command {
	var o callFlags
	cmd := &cobra.Command{
		Use:   "seal VENDOR",
		Short: "Cipher standard input as the vendor's wire has it",
		Long: `Cipher a plain text from standard input as the vendor's wire has it, and print the ciphertext. UTF-16, GBK and a byte order
mark become UTF-8; one line end at the end is left out.`,
		Example: `  echo '{"requestId":"1"}' | understudy seal zheliban
  understudy seal weixiao < change.json
  understudy seal shop --operation createOrder --spec shop.yaml --overlay wire.yaml < order.json`,
		Args: oneVendor,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.offline(cmd, o, args[0], func(d *driver, text []byte) error {
				sealed, err := d.client.Seal(o.operation, []byte(trimLineEnd(text)))
				if err != nil {
					return err
				}
				if _, err = fmt.Fprintf(p.stdout, "%s\n", sealed); err != nil || d.contract.Bundled {
					return err
				}
				for _, row := range sealRows(d.contract, o.operation, p.speech) {
					fmt.Fprintln(p.stderr, row)
				}
				return nil
			})
		},
	}
	o.offlineFlags(cmd)
	return cmd
}

// sealRows say where the ciphertext belongs that an operation's cipher made.
func sealRows(c *specs.Contract, operation string, say speech) []string {
	var rows []string
	for _, op := range c.Operations {
		s := op.Wire.Seal
		if s == nil || operation != "" && op.ID != operation {
			continue
		}
		row := op.ID + ": "
		if part := s.RequestPart(); part != "" {
			row += say.of("as "+partWords(part, say)+" of the request", "作为请求的"+partWords(part, say))
		}
		if part := s.ResponsePart(); part != "" {
			if s.RequestPart() != "" {
				row += say.of(", ", "，")
			}
			row += say.of("as "+partWords(part, say)+" of the reply", "作为应答的"+partWords(part, say))
		}
		if len(rows) == 8 {
			return append(rows, "…")
		}
		rows = append(rows, row)
	}
	return rows
}

func (p *program) unsealCommand() *cobra.Command {
	var o callFlags
	cmd := &cobra.Command{
		Use:   "unseal VENDOR",
		Short: "Open a ciphertext from standard input, or say why it does not open",
		Long: `Open a ciphertext from standard input by the vendor's cipher and print the plain text. It may stand alone, in quotes, in a
form field, or in the member of a JSON body that the vendor seals. If it does not open, say what is wrong with it.`,
		Example: `  understudy unseal zheliban < ciphertext.txt
  echo 90b2c15e84cb78e5161f42867807c4bc | understudy unseal weixiao`,
		Args: oneVendor,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.offline(cmd, o, args[0], func(d *driver, text []byte) error {
				if len(bytes.TrimSpace(text)) == 0 {
					return errors.New("standard input is empty; give it a ciphertext")
				}
				if where, inner, ok := sealedPart(d.contract, o.operation, text); ok && !d.contract.Bundled {
					fmt.Fprintf(p.stderr, p.speech.of("the ciphertext stands at %s\n", "密文位于 %s\n"), where)
					text = inner
				}
				plain, err := d.client.Unseal(o.operation, text)
				if failed := (*drive.UnsealError)(nil); errors.As(err, &failed) {
					return fmt.Errorf("%s: %s", failed.ID, failed.Text(string(p.speech)))
				}
				if err != nil {
					return err
				}
				return p.printText(plain)
			})
		},
	}
	o.offlineFlags(cmd)
	return cmd
}

func (p *program) signCommand() *cobra.Command {
	var o callFlags
	cmd := &cobra.Command{
		Use:   "sign VENDOR",
		Short: "Sign parameters from standard input",
		Long: `Sign parameters from standard input as they are given and print the signature. They are a query string or form, also behind
the ? of a whole URL; a JSON object; or one NAME=VALUE per line, nothing escaped. Nothing is added to them, and a
signature among them is left out. The digest is the one that they name, else the contract's first.

Of a contract with a composed signature a whole call is signed: of the operation that is named, with parameters and headers as
NAME=VALUE lines, and behind them the JSON body as it is sent, beginning a line of its own. Time, nonce and caller's id
that are not given are filled in and told on standard error; nothing is sent.`,
		Example: `  echo 'method=m&app_key=1&sign_method=md5' | understudy sign alihealth
  understudy sign alihealth --canonical < parameters.json
  understudy sign shop --operation createOrder --spec shop.yaml --overlay wire.yaml < order.json`,
		Args: oneVendor,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.offline(cmd, o, args[0], func(d *driver, text []byte) error { return p.sign(cmd, d, o, text) })
		},
	}
	o.offlineFlags(cmd)
	cmd.Flags().BoolVar(&o.canonical, "canonical", false, "print below it the text that was signed, the secret as $SLOT")
	return cmd
}

func (p *program) sign(cmd *cobra.Command, d *driver, o callFlags, text []byte) error {
	if op, err := composedOperation(d.contract, o.operation); err != nil || op != nil {
		if err != nil {
			return err
		}
		return p.signComposed(cmd, d, o, op, text)
	}
	list, err := drive.ParseParameters(string(text))
	if err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	s, err := d.client.Sign(o.operation, list)
	if err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, s.Text)
	if o.canonical {
		shown := s.Signed
		if secret := d.credentials[s.Secret].Text; secret != "" {
			shown = strings.ReplaceAll(shown, secret, "$"+s.Secret)
		}
		if s.Wrapped {
			shown = "$" + s.Secret + shown + "$" + s.Secret
		}
		fmt.Fprintln(p.stdout, shown)
	}
	if i := slices.IndexFunc(list, func(one drive.Parameter) bool { return one.Name == s.Parameter }); i >= 0 {
		verdict := "it is another one"
		if list[i].Value == s.Text {
			verdict = "it is this one"
		}
		fmt.Fprintf(p.stderr, "the parameters have a %s already: %s (%s)\n", s.Parameter, verdict, s.Digest)
	}
	return nil
}

// offlineFlags are those of the commands that send nothing.
func (o *callFlags) offlineFlags(cmd *cobra.Command) {
	cmd.Flags().SortFlags = false
	o.contract(cmd)
	cmd.Flags().StringVar(&o.operation, "operation", "", "the `OPERATION`, where several do it differently")
}

// offline runs what sends nothing: on standard input, with the credentials in force, development values among them.
func (p *program) offline(cmd *cobra.Command, o callFlags, vendor string, run func(*driver, []byte) error) error {
	d, err := p.driver(cmd, o, vendor)
	if err != nil {
		return err
	}
	text, err := p.readInput(cmd)
	if err != nil {
		return err
	}
	if err := run(d, text); err != nil {
		return d.blame(cmd, err)
	}
	return nil
}

// printText writes a text as it is; a terminal gets a line end and nothing that would draw on it.
func (p *program) printText(text []byte) error {
	if isTerminal(p.stdout) {
		text = []byte(onTerminal(string(text)) + "\n")
	}
	_, err := p.stdout.Write(text)
	return err
}
