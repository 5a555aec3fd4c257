package cli

import (
	"fmt"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"understudy/mock"
	"understudy/mock/control"
	"understudy/mock/internal/authority"
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
  readings: {Z-15: text, W-18: mapped}     UNDERSTUDY_READINGS=Z-15=text,W-18=mapped
  signatureWindow: real                    UNDERSTUDY_SIGNATUREWINDOW=real, session or off
  faults:                                  (the file alone)
  - {vendor: zheliban, operation: pullReservations, status: 503, calls: 2}
  vendors:
    mytijian:
      accessTokens: {TOKEN: 197}           UNDERSTUDY_MYTIJIAN_ACCESSTOKENS=TOKEN=197,TOKEN
    zheliban:
      aesKey: ...                          UNDERSTUDY_ZHELIBAN_AESKEY, or UNDERSTUDY_ZHELIBAN_AESKEY_FILE
      data: FILE                           UNDERSTUDY_ZHELIBAN_DATA
    weixiao:
      forwardTo: [127.0.0.0/8]             UNDERSTUDY_WEIXIAO_FORWARDTO

The keys of a vendor are the credential slots that understudy vendors lists, each with a _FILE variable that names a
file with the secret, data, and for weixiao forwardTo. A path in the configuration file is relative to it. accessTokens
takes a list as well; a token that is given without its hospital stands for 197, and TOKEN= (in the file: no value) for
none. A slot that is left out has its development value.

data names a file of the vendor's records, YAML or JSON, that take the place of generated ones; it is read again when it
changes. readings choose how unclear clauses are played; understudy vendors VENDOR lists them. A fault has the keys id,
vendor, operation, error, status, delay, break, calls, share and afterCommit. A language (UNDERSTUDY_LANG) is zh or en.`

func (p *program) serveCommand() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer for the vendors",
		Long: `Answer for the vendors, until Ctrl-C. Nothing has to be configured: vendors, base URLs and development credentials are
printed, then one line for each exchange. localhost means 127.0.0.1 and ::1.

Where other machines can connect, credentials that are not configured are random and printed.

With --tls the vendors speak HTTPS (HTTP/1.1 and HTTP/2), under certificates that understudy cert says how to trust.

` + configurationHelp,
		Example: `  understudy serve
  understudy serve --reading Z-15=text,W-18=mapped --data zheliban=people.yaml
  understudy serve --tls --listen localhost:443
  understudy serve --vendor zheliban,weixiao --seed 7
  understudy serve --listen localhost:0 --control localhost:0
  understudy serve --config understudy.yaml --forward-to private`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.serve(cmd, o) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.listen, "listen", usualListen, "where the vendors answer, `HOST:PORT`; port 0 takes a free one")
	f.StringVar(&o.control, "control", usualControl, "where journal and sessions are, `HOST:PORT`")
	f.StringVar(&o.config, "config", "", "configuration `FILE` (YAML)")
	f.StringSliceVar(&o.vendors, "vendor", nil, "only these `vendors`, separated by commas")
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

// settings puts the flags that were given over environment and file, and picks the contracts.
func (p *program) settings(cmd *cobra.Command, o options) (*settings, []*specs.Contract, error) {
	contracts, err := loadContracts()
	if err != nil {
		return nil, nil, err
	}
	for _, name := range []string{"config", "vendor", "forward-to", "reading", "data", "control-host", "signature-window", "tls-dir", "out", "spec", "target", "account", "form-field", "operation"} {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed && (f.Value.String() == "" || f.Value.String() == "[]") {
			return nil, nil, usage(cmd, "--%s is empty; give it a value or leave it out", name)
		}
	}
	chosen, wrong := choose(contracts, o.vendors)
	if wrong != "" {
		return nil, nil, usage(cmd, "%s", wrong)
	}
	s, err := configure(contracts, o.config, p.environ)
	if err != nil {
		return nil, nil, err
	}
	given := cmd.Flags().Changed
	if given("listen") {
		s.listen = setting{text: o.listen, place: flagListen, byFlag: true}
	}
	if given("control") {
		s.control = setting{text: o.control, place: flagControl, byFlag: true}
	}
	if given("seed") {
		s.seed = o.seed
	}
	for _, target := range o.forwardTo {
		s.forwardTo = append(s.forwardTo, setting{text: target, place: flagForwardTo, byFlag: true})
	}
	s.acceptDevelopment = o.acceptDevelopment
	if err := s.worldFlags(cmd, o, contracts); err != nil {
		return nil, nil, usage(cmd, "%s", err)
	}
	return s, chosen, s.checkFaults(contracts)
}

// worldFlags lays the flags over the settings that change how vendors act and how they are reached.
func (s *settings) worldFlags(cmd *cobra.Command, o options, contracts []*specs.Contract) error {
	given := cmd.Flags().Changed
	if given("signature-window") {
		s.signatureWindow = setting{text: o.signatureWindow, place: "--signature-window", byFlag: true}
	}
	if given("tls") {
		s.tls = o.tls
	}
	if given("tls-dir") {
		s.tlsDir = setting{text: o.tlsDir, place: flagTLSDir, byFlag: true}
	}
	for _, host := range o.controlHosts {
		s.controlHosts = append(s.controlHosts, setting{text: host, place: "--control-host", byFlag: true})
	}
	for _, entry := range o.data {
		vendor, file, _ := strings.Cut(entry, "=")
		v, known := s.vendors[vendor]
		if !known || file == "" {
			near := ""
			if names := slices.Sorted(maps.Keys(s.vendors)); !known && file != "" {
				near = meant(vendor, names)
			}
			return fmt.Errorf("%s %q: write VENDOR=FILE, such as zheliban=people.yaml%s", flagData, oneLine(entry, 80), near)
		}
		v.data = setting{text: file, place: flagData + " " + vendor, byFlag: true}
	}
	if err := s.readAll(contracts, o.readings, flagReading, true); err != nil {
		return fmt.Errorf("%s: %w", flagReading, err)
	}
	return nil
}

func (p *program) serve(cmd *cobra.Command, o options) error {
	s, contracts, err := p.settings(cmd, o)
	if err != nil {
		return err
	}
	if err := s.readData(contracts); err != nil {
		return err
	}
	config := s.played(contracts)
	if err := s.checkListeners(cmd); err != nil {
		return err
	}
	var signer *authority.Authority
	if s.tls {
		if signer, err = s.authority(); err != nil {
			return err
		}
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
		data: s.watch(a.server, contracts, out, p.speech),
	}
	handler, err := control.New(control.Config{
		Server: a.server, Token: a.token, Beyond: own.beyondLoopback(), Hosts: s.hostsOfControl(own), Ready: r.ready.Load,
		BaseURL: baseURLs(vendor, contracts), Done: r.ended, ErrorLog: faultLog(p.stderr),
	})
	if err != nil {
		return s.locateHost(cmd, err)
	}
	r.vendor, r.control = newHTTPServer(a.server, handshakes{p.stderr, p.speech}), newHTTPServer(handler, p.stderr)
	r.vendor.TLSConfig = vendor.tls
	// The live heap is a few megabytes, so at Go's default the collector would run dozens of times a second under load.
	debug.SetGCPercent(gcPercent)
	a.print(out)
	go exchanges.run(&lines{out: out, speech: p.speech})
	return r.run(ctx, vendor, own)
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
