package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"understudy/mock"
	"understudy/mock/control"
	"understudy/specs"
)

// options are the flags that choose and change the configuration.
type options struct {
	config, listen, control string
	vendors, forwardTo      []string
	seed                    int64
	acceptDevelopment       bool
}

const configurationHelp = `Each key of the configuration file is an environment variable as well, and a flag where there is one; a flag wins over
the environment, the environment over the file:

  listen: localhost:8740                   UNDERSTUDY_LISTEN
  control: localhost:8741                  UNDERSTUDY_CONTROL
  seed: 0                                  UNDERSTUDY_SEED
  vendors:
    mytijian:
      accessTokens: {TOKEN: 197}           UNDERSTUDY_MYTIJIAN_ACCESSTOKENS=TOKEN=197,TOKEN
    zheliban:
      aesKey: ...                          UNDERSTUDY_ZHELIBAN_AESKEY, or UNDERSTUDY_ZHELIBAN_AESKEY_FILE
    weixiao:
      forwardTo: [127.0.0.0/8]             UNDERSTUDY_WEIXIAO_FORWARDTO

The keys of a vendor are the credential slots that understudy vendors lists, each with a _FILE variable that names a
file with the secret, and for weixiao forwardTo. accessTokens takes a list as well; a token that is given without its hospital
stands for 197, and TOKEN= (in the file: no value) for none. A slot that is left out has its development value.`

func (p *program) serveCommand() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer for the vendors",
		Long: `Answer for the vendors, until Ctrl-C. Nothing has to be configured: vendors, base URLs and development credentials are
printed, then one line for each exchange. localhost means 127.0.0.1 and ::1.

Where other machines can connect, credentials that are not configured are random and printed.

` + configurationHelp,
		Example: `  understudy serve
  understudy serve --vendor zheliban,weixiao --seed 7
  understudy serve --listen localhost:0 --control localhost:0
  understudy serve --config understudy.yaml --forward-to private`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.serve(cmd, o) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.listen, "listen", usualListen, "where the vendors answer, HOST:PORT; port 0 takes a free one")
	f.StringVar(&o.control, "control", usualControl, "where journal and sessions are, HOST:PORT")
	f.StringVar(&o.config, "config", "", "configuration `FILE` (YAML)")
	f.StringSliceVar(&o.vendors, "vendor", nil, "only these `vendors`, separated by commas")
	f.Int64Var(&o.seed, "seed", 0, "decides all data: the same seed, the same data")
	f.StringSliceVar(&o.forwardTo, "forward-to", nil, "where, besides loopback, pushes may be forwarded: private, a CIDR, or HOST:PORT")
	f.BoolVar(&o.acceptDevelopment, "accept-development-credentials", false, "keep the fixed development credentials beyond loopback")
	return cmd
}

// settings puts the flags that were given over environment and file, and picks the contracts.
func (p *program) settings(cmd *cobra.Command, o options) (*settings, []*specs.Contract, error) {
	contracts, err := loadContracts()
	if err != nil {
		return nil, nil, err
	}
	for _, name := range []string{"config", "vendor", "forward-to"} {
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
	return s, chosen, nil
}

func (p *program) serve(cmd *cobra.Command, o options) error {
	s, contracts, err := p.settings(cmd, o)
	if err != nil {
		return err
	}
	config := s.played(contracts)
	if err := s.checkListeners(cmd); err != nil {
		return err
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

	a := announcement{settings: s, vendor: vendor, control: own, system: thisSystem(), addresses: machineAddresses()}
	if a.random = vendor.beyondLoopback() && !s.acceptDevelopment; a.random {
		randomise(contracts, config.Credentials)
	}
	if own.beyondLoopback() {
		a.token = random(43, alphanumeric)
	}
	out := &lockedWriter{w: p.stdout}
	exchanges := newFeed()
	config.OnExchange = exchanges.put
	if a.server, err = mock.New(config); err != nil {
		return s.locate(cmd, contracts, err)
	}
	r := &running{server: a.server, exchanges: exchanges, out: out}
	handler, err := control.New(control.Config{Server: a.server, Token: a.token, Hosts: own.hosts(), Ready: r.ready.Load})
	if err != nil {
		return err
	}
	r.vendor, r.control = newHTTPServer(a.server, p.stderr), newHTTPServer(handler, p.stderr)
	// The live heap is a few megabytes, so at Go's default the collector would run dozens of times a second under load.
	debug.SetGCPercent(gcPercent)
	a.print(out)
	go exchanges.run(&lines{out: out, lang: language(p.environ)})
	return r.run(ctx, vendor.listeners, own.listeners)
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

// gcPercent lets the heap grow to five times what lives before it is collected.
const gcPercent = 400

// newHTTPServer bounds what a slow or hostile caller can hold.
func newHTTPServer(handler http.Handler, stderr io.Writer) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(stderr, "understudy: ", 0),
	}
}

// running is a server that answers.
type running struct {
	server          *mock.Server
	vendor, control *http.Server
	exchanges       *feed
	out             io.Writer
	ready           atomic.Bool
}

// run answers until ctx is done or a listener fails, then drains.
func (r *running) run(ctx context.Context, vendor, own []net.Listener) error {
	failed := make(chan error, len(vendor)+len(own))
	serve := func(server *http.Server, listeners []net.Listener) {
		for _, ln := range listeners {
			go func() {
				if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
					failed <- fmt.Errorf("listening on %s: %w", ln.Addr(), err)
				}
			}()
		}
	}
	serve(r.vendor, vendor)
	serve(r.control, own)
	r.ready.Store(true)
	var err error
	select {
	case <-ctx.Done():
		fmt.Fprintln(r.out, "stopping: requests under way are finished; Ctrl-C again ends at once")
	case err = <-failed:
	}
	r.drain(context.WithoutCancel(ctx))
	return err
}

// The parts of the time that stopping may take, together under five seconds.
const (
	drainRequests = 2500 * time.Millisecond
	drainForwards = 1000 * time.Millisecond
	drainCancel   = 500 * time.Millisecond
	drainControl  = 500 * time.Millisecond
)

// drain ends in the order of the work: no new requests, those under way, what they set off, the lines about it, and
// last the control listener, which says meanwhile that nothing is ready.
func (r *running) drain(ctx context.Context) {
	r.ready.Store(false)
	stop(ctx, r.vendor, drainRequests)
	if within(ctx, drainForwards, r.server.Wait) != nil {
		fmt.Fprintln(r.out, "some forwards were still under way and are given up")
	}
	_ = within(ctx, drainCancel, r.server.Close)
	r.exchanges.close()
	stop(ctx, r.control, drainControl)
}

func stop(ctx context.Context, server *http.Server, limit time.Duration) {
	if within(ctx, limit, server.Shutdown) != nil {
		_ = server.Close()
	}
}

func within(ctx context.Context, limit time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return f(ctx)
}

// lockedWriter lets several goroutines write whole lines.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(text)
}

// language is that of diagnoses: Chinese where the environment's locale is, else English.
func language(environ []string) string {
	for _, name := range []string{"LC_ALL=", "LC_MESSAGES=", "LANG="} {
		for _, pair := range environ {
			if v, ok := strings.CutPrefix(pair, name); ok && v != "" {
				if strings.HasPrefix(v, "zh") {
					return "zh"
				}
				return "en"
			}
		}
	}
	return "en"
}
