package cli

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"understudy/mock/drive"
)

// callFlags are those of the commands that speak as a vendor's client.
type callFlags struct {
	options
	target, session         string
	account, formField      string
	headers                 []string
	force, raw, showSecrets bool
	timeout                 time.Duration
	operation, data, to     string
	repeat                  int
	print, canonical        bool
	// url is a target that the command line names otherwise than by --target, urlPlace what an error calls it.
	url, urlPlace string
}

const credentialsHelp = `The credentials are those that understudy vendors lists, from the configuration file or the environment; none is ever an
argument.`

func (p *program) callCommand() *cobra.Command {
	var o callFlags
	cmd := &cobra.Command{
		Use:   "call VENDOR [OPERATION] [FIELD=VALUE | FIELD:=JSON | @FILE ...]",
		Short: "Call an operation as the vendor's client: log in, sign, seal, send, open",
		Long: `Call an operation of a vendor as its client does: log in where tokens are issued, sign, seal, send, open the reply. The
server is the simulator, or with --target the vendor itself. Without an operation, list the operations and their fields. The
vendor may be a contract of your own: --spec FILE, called as VENDOR says.

A field is a parameter, a member of the body, or a path such as to.0.userid; a member that lies deeper may be named alone.
FIELD=VALUE is read as the contract has it, FIELD:=JSON as JSON, FIELD=@FILE from a file, @FILE is the whole body as JSON
(@- is standard input). What the contract forbids is told and not sent, unless --force is given.

The opened reply goes to standard output; what travelled, beside its plain text, goes to standard error. The exit code is 0
for a success of the vendor's, 1 for an error, a refusal or no reply, 2 for a mistake in the command line.

` + credentialsHelp + ` Development values go to loopback only, unless --accept-development-credentials is given; what is
missing then is asked for at a terminal.`,
		Example: `  understudy call zheliban
  understudy call zheliban pullReservations
  understudy call zheliban reportArrival serialNumber=1 --force
  understudy call alihealth queryAppointments day=2026-03-02 out_pov_id=00001 | jq .
  understudy call petstore listPets limit=2 --spec petstore.yaml --target http://localhost:8080/v1
  understudy call eazytec sendMessage @message.json title=Hello --target https://test-gateway.eazytec-cloud.com/AGCS_zqc`,
		RunE: func(cmd *cobra.Command, args []string) error { return p.call(cmd, o, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.target, "target", drive.DefaultTarget, "base `URL` of the server; where serve listens, by the configuration, when left out")
	f.StringVar(&o.session, "session", "", "`NAME` of the simulator's session to call in")
	o.sending(cmd)
	f.BoolVar(&o.acceptDevelopment, "accept-development-credentials", false, "send development credentials beyond loopback too")
	f.BoolVar(&o.raw, "raw", false, "print the reply as it travelled, not opened")
	return cmd
}

// sending adds the flags of the commands that send.
func (o *callFlags) sending(cmd *cobra.Command) {
	f := cmd.Flags()
	o.contract(cmd)
	o.calling(cmd)
	f.BoolVar(&o.force, "force", false, "send what the contract forbids, as it is")
	f.BoolVar(&o.showSecrets, "show-secrets", false, "show configured credentials and tokens in what travelled")
}

// calling adds the flags of how a call is made.
func (o *callFlags) calling(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.account, "account", "", "of a list of tokens, take the one that stands for `ACCOUNT`")
	f.StringVar(&o.formField, "form-field", "", "`NAME` of the form field with a sealed body, where a form carries it; data when left out")
	f.StringArrayVar(&o.headers, "header", nil, "send `NAME: VALUE` as well, such as 'Prefer: error=unauthorized'; may be repeated")
	f.DurationVar(&o.timeout, "timeout", 30*time.Second, "how long to wait for a reply")
	f.StringVar(&o.tlsDir, "tls-dir", "", "the `FOLDER` of the authority behind serve --tls, which is trusted on this machine")
}

// contract adds the flags that choose contract and credentials.
func (o *callFlags) contract(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.config, "config", "", "configuration `FILE` (YAML)")
	o.specFlags(cmd)
	f.StringSliceVar(&o.readings, "reading", nil, "how to read an unclear `CLAUSE=READING`, such as Z-1=form; may be repeated")
}

func (p *program) call(cmd *cobra.Command, o callFlags, args []string) error {
	if len(args) == 0 {
		return p.noVendor(cmd)
	}
	d, err := p.driver(cmd, o, args[0])
	if err != nil {
		return err
	}
	if len(args) == 1 {
		return p.listOperations(d)
	}
	operation := args[1]
	if err := d.equip(cmd, operation); err != nil {
		return d.blame(cmd, err)
	}
	values, err := d.values(cmd, operation, args[2:])
	if err != nil {
		return d.blame(cmd, err)
	}
	x, err := d.client.Call(cmd.Context(), operation, values)
	if err != nil {
		d.showFailed(p.stderr, err)
		return d.blame(cmd, err)
	}
	d.show(p.stderr, x, "standard output")
	if err := p.printReply(x, o.raw); err != nil {
		return err
	}
	if x.Outcome != drive.OK {
		return errors.New(oneLine(x.String(), 600))
	}
	return nil
}

// blame makes a mistake of the caller's one in the command line.
func (d *driver) blame(cmd *cobra.Command, err error) error {
	var operation *drive.OperationError
	var field *drive.FieldError
	var invalid *drive.InvalidError
	var scheme *drive.SchemeError
	var credential *drive.CredentialError
	var wrong *usageError
	switch {
	case errors.As(err, &wrong):
		return err
	case errors.As(err, &operation):
		return usage(cmd, "%s%s", err, meant(operation.Operation, operation.Known))
	case errors.As(err, &field):
		return usage(cmd, "%s%s", oneLine(err.Error(), 600), meant(field.Field, field.Known))
	case errors.As(err, &scheme):
		if len(scheme.Operations) > 0 {
			return usage(cmd, "%s, by --operation", err)
		}
		return usage(cmd, "%s", err)
	case errors.As(err, &invalid):
		lines := []string{"the contract forbids it, and it was not sent (--force sends it as it is):"}
		for _, one := range invalid.Problems {
			lines = append(lines, "  "+one.String())
		}
		return usage(cmd, "%s", strings.Join(lines, "\n"))
	case errors.As(err, &credential) && credential.Account == "":
		return fmt.Errorf("%w; set %s (or %s%s, or the configuration file). Development values go to loopback alone, or with --accept-development-credentials",
			err, variableName(credential.Vendor, credential.Slot), variableName(credential.Vendor, credential.Slot), fileSuffix)
	}
	return fmt.Errorf("%w%s", d.settings.locate(cmd, d.contracts(), err), unreached(err))
}

// unreached says what to do about a call that got no reply, where that is known.
func unreached(err error) string {
	var number syscall.Errno
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	switch {
	// The number is Windows' own.
	case errors.Is(err, syscall.ECONNREFUSED), runtime.GOOS == "windows" && errors.As(err, &number) && number == 10061:
		return "; nothing listens there: start the server (understudy serve plays the vendors), or write another address"
	case errors.As(err, &authority):
		return "; this machine does not trust the server's certificate: have its authority imported, or by --tls-dir name the folder of the one behind serve --tls"
	case errors.As(err, &name):
		return "; the certificate is another server's: call it by a name that stands in it"
	case errors.Is(err, http.ErrSchemeMismatch):
		return "; the server speaks plain HTTP there: write http://"
	}
	return ""
}

// header reads the flags that add headers.
func (o *callFlags) header(cmd *cobra.Command) (http.Header, error) {
	h := http.Header{}
	if cmd.Flags().Changed("session") {
		if o.session == "" {
			return nil, usage(cmd, "--session is empty; give it a name or leave it out")
		}
		h.Set("Understudy-Session", o.session)
	}
	for _, one := range o.headers {
		name, v, ok := strings.Cut(one, ":")
		name, v = strings.TrimSpace(name), strings.TrimSpace(v)
		if !ok || name == "" || strings.ContainsAny(name, " \t\r\n") || strings.ContainsAny(v, "\r\n") {
			return nil, usage(cmd, "--header: write NAME: VALUE, in one line")
		}
		h.Add(name, v)
	}
	return h, nil
}
