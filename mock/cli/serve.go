package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"understudy/mock"
	"understudy/mock/control"
	"understudy/mock/internal/authority"
	"understudy/mock/report"
	"understudy/specs"
)

// options are the flags that choose and change the configuration.
type options struct {
	config, listen, control string
	vendors, forwardTo      []string
	seed                    int64
	acceptDevelopment       bool
	readings, data          []string
	signatureWindow         string
	controlHosts            []string
	tls                     bool
	tlsDir                  string

	specs, overlays []string
	maxSpecBytes    int64
	dynamic         bool
	verdict         []string
	failOnViolation bool

	// one is the contract that a command is about, "" for a command that is about several; playing says that vendors chooses
	// among the bundled ones.
	one     string
	playing bool
}

const configurationHelp = `Each key of the configuration file is an environment variable as well, and a flag where there is one; a flag wins over
the environment, the environment over the file:

  listen: localhost:8740                   UNDERSTUDY_LISTEN
  control: localhost:8741                  UNDERSTUDY_CONTROL
  controlHosts: [ci.example]               UNDERSTUDY_CONTROLHOSTS=ci.example,...
  controlToken: ...                        UNDERSTUDY_CONTROLTOKEN, or UNDERSTUDY_CONTROLTOKEN_FILE
  tls: false                               UNDERSTUDY_TLS
  tlsDir: FOLDER                           UNDERSTUDY_TLSDIR
  seed: 0                                  UNDERSTUDY_SEED
  specs: [petstore.yaml, shop=api/]        UNDERSTUDY_SPECS=petstore.yaml,shop=api/
  overlays: [petstore=fix.yaml]            UNDERSTUDY_OVERLAYS=petstore=fix.yaml
  maxSpecBytes: 16777216                   UNDERSTUDY_MAXSPECBYTES
  dynamic: false                           UNDERSTUDY_DYNAMIC
  readings: {Z-15: text, W-18: mapped}     UNDERSTUDY_READINGS=Z-15=text,W-18=mapped
  signatureWindow: real                    UNDERSTUDY_SIGNATUREWINDOW=real, session or off
  faults:                                  (the file alone)
  - {vendor: zheliban, operation: pullReservations, status: 503, calls: 2}
  verdict: [junit=callers.xml]             UNDERSTUDY_VERDICT=junit=callers.xml
  failOnViolation: false                   UNDERSTUDY_FAILONVIOLATION
  vendors:
    mytijian:
      accessTokens: {TOKEN: 197}           UNDERSTUDY_MYTIJIAN_ACCESSTOKENS=TOKEN=197,TOKEN
    zheliban:
      aesKey: ...                          UNDERSTUDY_ZHELIBAN_AESKEY, or UNDERSTUDY_ZHELIBAN_AESKEY_FILE
      data: FILE                           UNDERSTUDY_ZHELIBAN_DATA
    weixiao:
      forwardTo: [127.0.0.0/8]             UNDERSTUDY_WEIXIAO_FORWARDTO

The keys of a vendor are the credential slots that understudy vendors lists, each with a _FILE variable that names a
file with the secret, data, and for weixiao forwardTo; a contract of your own has its slots below its name, whose hyphens
are underscores in a variable. A path in the configuration file is relative to it. accessTokens takes a list as well; a
token that is given without its hospital stands for 197, and TOKEN= (in the file: no value) for none. A slot that is left
out has its development value.

An entry of specs may be {name: shop, file: api/shop.yaml, overlays: [fix.yaml]}.

data names a file of the vendor's records, YAML or JSON, that take the place of generated ones; it is read again when it
changes. readings choose how unclear clauses are played; understudy vendors VENDOR lists them. A fault has the keys id,
vendor, operation, error, status, delay, break, calls, share and afterCommit. A language (UNDERSTUDY_LANG) is zh or en.`

func (p *program) serveCommand() *cobra.Command {
	o := options{playing: true}
	cmd := &cobra.Command{
		Use:   "serve [FILE|DIR...]",
		Short: "Answer for the vendors, and for contracts of your own",
		Long: `Answer for the vendors, until Ctrl-C. Nothing has to be configured: vendors, base URLs and development credentials are
printed, then one line for each exchange. localhost means 127.0.0.1 and ::1.

--spec, or an argument, adds an OpenAPI document of your own (3.0, 3.1 or Swagger 2.0; YAML or JSON), or all in a folder. It is called by its
file's name, or NAME=FILE; --vendor none leaves the bundled vendors out. --overlay corrects it by an OpenAPI Overlay,
[NAME=]FILE. The files are watched: a change is live within two seconds, and a broken file leaves the last good contract in
force. Examples of the document are answered first, or with --dynamic generated values.

--verdict writes at the end how callers kept the contracts: junit=F, sarif=F, md=F, codequality=F; with --fail-on-violation
the exit code is then 1 when one did not.

Where other machines can connect, credentials that are not configured are random and printed.

With --tls the vendors speak HTTPS (HTTP/1.1 and HTTP/2), under certificates that understudy cert says how to trust.

` + configurationHelp,
		Example: `  understudy serve
  understudy serve --spec petstore.yaml --vendor none
  understudy serve --spec shop=api/openapi.json --overlay shop=fix.yaml --dynamic
  understudy serve --verdict junit=callers.xml --fail-on-violation
  understudy serve --reading Z-15=text,W-18=mapped --data zheliban=people.yaml
  understudy serve --tls --listen localhost:443
  understudy serve --vendor zheliban,weixiao --seed 7
  understudy serve --listen localhost:0 --control localhost:0
  understudy serve --config understudy.yaml --forward-to private`,
		Args: func(cmd *cobra.Command, args []string) error {
			for _, arg := range args {
				if slices.Contains(specs.Vendors(), arg) {
					return usage(cmd, "serve takes the files of contracts; write --vendor %s for the bundled one", arg)
				}
				if err := cmd.Flags().Set("spec", arg); err != nil {
					return err
				}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return p.serve(cmd, o) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.listen, "listen", usualListen, "where the vendors answer, `HOST:PORT`; port 0 takes a free one")
	f.StringVar(&o.control, "control", usualControl, "where journal and sessions are, `HOST:PORT`")
	f.StringVar(&o.config, "config", "", "configuration `FILE` (YAML)")
	f.StringSliceVar(&o.vendors, "vendor", nil, "only these `vendors`, separated by commas; none for no bundled one")
	o.specFlags(cmd)
	f.BoolVar(&o.dynamic, "dynamic", false, "answer with generated values rather than with the examples of a contract")
	f.StringArrayVar(&o.verdict, "verdict", nil, "at the end write how callers kept the contracts, `KIND=FILE,...`; kinds are "+strings.Join(report.Kinds(), ", "))
	f.BoolVar(&o.failOnViolation, "fail-on-violation", false, "end with 1 when a caller broke a contract")
	f.Int64Var(&o.seed, "seed", 0, "decides all data: the same seed, the same data")
	f.StringSliceVar(&o.forwardTo, "forward-to", nil, "`TARGET` beside loopback to which pushes may be forwarded: private, a CIDR, or HOST:PORT; may be repeated")
	f.BoolVar(&o.tls, "tls", false, "the vendors speak HTTPS; understudy cert says how to trust it")
	f.StringVar(&o.tlsDir, "tls-dir", "", "the `FOLDER` of the authority that signs; usually understudy in the user's folder for configuration")
	f.StringSliceVar(&o.readings, "reading", nil, "how to read an unclear `CLAUSE=READING`, such as Z-15=text; may be repeated")
	f.StringVar(&o.signatureWindow, "signature-window", "real", "what the time of a signed call is held to: `real|session|off`, session being its session's clock")
	f.StringSliceVar(&o.data, "data", nil, "records in the place of generated ones, `VENDOR=FILE` (YAML or JSON); may be repeated")
	f.StringSliceVar(&o.controlHosts, "control-host", nil, "`NAME` beside its own under which the control listener may be called; may be repeated")
	f.BoolVar(&o.acceptDevelopment, "accept-development-credentials", false, "keep the fixed development credentials beyond loopback")
	return cmd
}

// specFlags adds the flags that name contracts of the user's own.
func (o *options) specFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&o.specs, "spec", nil, "OpenAPI document of your own, `[NAME=]FILE|DIR`; may be repeated")
	f.StringArrayVar(&o.overlays, "overlay", nil, "OpenAPI Overlay that corrects a contract, `[NAME=]FILE`; may be repeated")
	f.Int64Var(&o.maxSpecBytes, "max-spec-bytes", 0, "the most bytes, `N`, of a document with all that it refers to; 16 MiB when left out")
}

func (p *program) serve(cmd *cobra.Command, o options) error {
	TuneCollector() // first of all: reading contracts leaves garbage
	s, contracts, err := p.settings(cmd, o)
	if err != nil {
		return err
	}
	return p.serveContracts(cmd, s, contracts, performance{})
}

// performance is what replay adds to serve: who answers in the vendors' place, what is told of it, and how it ends. Its zero
// value adds nothing.
type performance struct {
	player mock.Player
	tell   func(io.Writer)
	end    func() error
}

// serveContracts answers for the vendors until the command's context ends.
func (p *program) serveContracts(cmd *cobra.Command, s *settings, contracts []*specs.Contract, with performance) error {
	TuneCollector()
	if err := s.readData(contracts); err != nil {
		return err
	}
	config := s.played(contracts)
	config.Player = with.player
	if err := s.checkListeners(cmd); err != nil {
		return err
	}
	var signer *authority.Authority
	var err error
	if s.tls {
		if signer, err = s.authority(); err != nil {
			return err
		}
	}
	if err := writable(s.verdict); err != nil {
		return fmt.Errorf("verdict: %w", err)
	}
	ctx := cmd.Context()
	vendor, err := listen(ctx, flagListen, s.listen)
	if err != nil {
		return err
	}
	defer vendor.close()
	own, err := listen(ctx, flagControl, s.control)
	if err != nil {
		return err
	}
	defer own.close()

	if signer != nil {
		left, err := vendor.encrypt(signer, contracts)
		if err != nil {
			return err
		}
		warnTrust(p.stderr, p.speech, signer, left)
	}

	a := announcement{settings: s, speech: p.speech, vendor: vendor, control: own, authority: signer, system: thisSystem(), own: ownCommand(os.Args[0], thisSystem()), addresses: machineAddresses()}
	if a.random = vendor.beyondLoopback() && !s.acceptDevelopment; a.random {
		randomise(contracts, config.Credentials)
	}
	if a.token = s.controlToken.text; a.token == "" && own.beyondLoopback() {
		a.token = random(43, alphanumeric)
	}
	out := &lockedWriter{w: p.stdout}
	exchanges := newFeed()
	config.OnExchange, config.ErrorLog = exchanges.put, faultLog(p.stderr)
	if a.server, err = mock.New(config); err != nil {
		return s.locate(cmd, contracts, err)
	}
	r := &running{
		server: a.server, exchanges: exchanges, out: out, speech: p.speech, ended: make(chan struct{}),
		data: s.watch(a.server, contracts, out, p.speech), specs: s.watchSpecs(a.renew(config.Credentials, out), contracts, out, p.speech),
	}
	audit := &auditor{audit: a.server.Audit, out: out, speech: p.speech, now: time.Now}
	r.specs.renewed = func(d *document) { audit.begin(d) }
	handler, err := control.New(control.Config{
		Server: a.server, Token: a.token, Beyond: own.beyondLoopback(), Hosts: s.hostsOfControl(own), Ready: r.ready.Load,
		BaseURL: baseURLs(vendor, a.server), Done: r.ended, ErrorLog: faultLog(p.stderr),
	})
	if err != nil {
		return s.locateHost(cmd, err)
	}
	r.vendor, r.control = newHTTPServer(a.server, handshakes{p.stderr, p.speech}), newHTTPServer(handler, p.stderr)
	r.vendor.TLSConfig = vendor.tls
	r.begin(vendor, own) // before it is told: making up calls to try takes longer than the first answer
	a.print(out)
	if with.tell != nil {
		with.tell(out)
	}
	audit.begin(s.documents...)
	go exchanges.run(&lines{out: out, speech: p.speech})
	if err := r.run(ctx); err != nil {
		return err
	}
	err = p.concludeServe(s, a.server, vendor.url())
	if with.end == nil {
		return err
	}
	if ended := with.end(); err == nil {
		err = ended
	}
	return err
}

// hostsOfControl are the values of the Host header that the control listener answers to.
func (s *settings) hostsOfControl(own *endpoint) []string {
	hosts := own.hosts()
	for _, more := range s.controlHosts {
		hosts = append(hosts, more.text)
	}
	return hosts
}

// locateHost puts before an error of [control.New] the place where the host was configured.
func (s *settings) locateHost(cmd *cobra.Command, err error) error {
	for _, host := range s.controlHosts {
		if strings.Contains(err.Error(), strconv.Quote(host.text)) {
			return host.blame(cmd, fmt.Errorf("%s: %s", host.place, strings.TrimPrefix(err.Error(), "control: ")))
		}
	}
	return err
}

// checkListeners looks at the two addresses as they are written; what the machine makes of them is seen when they are
// listened on.
func (s *settings) checkListeners(cmd *cobra.Command) error {
	_, port, err := parseListen(s.listen)
	if err != nil {
		return s.listen.blame(cmd, err)
	}
	if _, _, err := parseListen(s.control); err != nil {
		return s.control.blame(cmd, err)
	}
	if port != 0 && s.listen.text == s.control.text {
		err := fmt.Errorf("%s and %s are both %s; they are two listeners and need two ports", s.listen.place, s.control.place, s.listen.text)
		return setting{byFlag: s.listen.byFlag || s.control.byFlag}.blame(cmd, err)
	}
	return nil
}
