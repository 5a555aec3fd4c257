package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"understudy/mock"
	"understudy/mock/record"
	"understudy/specs"
)

// usualRecordListen is where record listens when nobody says otherwise: beside serve.
const usualRecordListen = "localhost:8742"

// recordFlags are those of the command record.
type recordFlags struct {
	keepFlags
	upstream, session, recover string
	maxBody                    int64
	timeout                    time.Duration
}

const recordingHelp = `A recording is kept at contract level: bodies opened, no key, token or signature in it. Personal data and secrets are replaced
before anything touches the disk: what the contract marks, what looks like an ID card, a mobile or a token anywhere, and what
the contract does not describe, by a value of the same type and length unless --keep names it.`

func (p *program) recordCommand() *cobra.Command {
	var o recordFlags
	cmd := &cobra.Command{
		Use:   "record --vendor V --upstream URL --out FILE.har | record --recover FILE.har.part",
		Short: "Record what a client and a vendor say, as a proxy between the two",
		Long: `Record what travels between a real client and a real vendor, until Ctrl-C: point the client at --listen in place of the
vendor, and it is passed on to --upstream as it came, and back. The upstream may be the simulator as well.

` + recordingHelp + `

Exchanges go line by line to FILE.har.part and become FILE.har at the end. What a recorder that was killed has left behind
becomes a recording by --recover: at most the exchange under way is lost.

The credentials open what is sealed, and are those of the configuration; none is ever an argument. What they do not open is
kept without its body. A path in --upstream stands before every path that is called.`,
		Example: `  understudy record --vendor zheliban --upstream http://localhost:8740 --out session.har
  understudy record --vendor alihealth --upstream https://eco.taobao.com --config keys.yaml --out hour.har
  understudy record --spec petstore.yaml --upstream https://staging.example/v1 --out petstore.har --keep /data/*/status
  understudy record --recover session.har.part`,
		RunE: func(cmd *cobra.Command, args []string) error { return p.record(cmd, o, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.vendor, "vendor", "", "the `VENDOR` whose contract it is, or the name of one of --spec")
	f.StringVar(&o.upstream, "upstream", "", "base `URL` of the server that answers")
	f.StringVar(&o.listen, "listen", usualRecordListen, "where the client calls, `HOST:PORT`; port 0 takes a free one")
	o.keeping(cmd)
	f.StringVar(&o.config, "config", "", "configuration `FILE` (YAML)")
	o.specFlags(cmd)
	f.StringSliceVar(&o.readings, "reading", nil, "how to read an unclear `CLAUSE=READING`, such as Z-1=form; may be repeated")
	f.StringVar(&o.session, "session", "", "`NAME` of the simulator's session for calls that name none, where the upstream is one")
	f.Int64Var(&o.maxBody, "max-body", 16<<20, "the most bytes, `N`, that are kept of a body; a larger one passes and is not kept")
	f.DurationVar(&o.timeout, "timeout", time.Minute, "how long the upstream may take to begin an answer")
	f.BoolVar(&o.tls, "tls", false, "the client calls by HTTPS; understudy cert says how to trust it")
	f.StringVar(&o.tlsDir, "tls-dir", "", "the `FOLDER` of the authority behind --tls and serve --tls, which is trusted on this machine")
	f.StringVar(&o.recover, "recover", "", "make a recording of the `FILE` that a recorder has left behind, and nothing else")
	return cmd
}

// check looks at the command line before anything begins.
func (o *recordFlags) check(cmd *cobra.Command, args []string) error {
	given := cmd.Flags().Changed
	if err := o.keepFlags.check(cmd, "upstream", "session", "recover", "listen"); err != nil {
		return err
	}
	switch {
	case len(args) > 0:
		return usage(cmd, "record takes no arguments, but got %q; the server is --upstream, the file --out", oneLine(args[0], 80))
	case given("recover"):
		for _, name := range []string{"upstream", "vendor", "listen", "session", "keep", "config", "spec", "overlay", "reading", "pseudonym-key", "max-body", "timeout", "tls"} {
			if given(name) {
				return usage(cmd, "--recover makes a recording of what is there; leave --%s out", name)
			}
		}
		return nil
	case !given("upstream"):
		return usage(cmd, "say which server answers: --upstream, such as http://localhost:8740")
	case !given("out"):
		return usage(cmd, "say which file to make: --out, such as session.har")
	case o.maxBody <= 0:
		return usage(cmd, "--max-body is a number of bytes, such as 16777216")
	case o.timeout <= 0:
		return usage(cmd, "--timeout is how long to wait, such as 60s")
	}
	return nil
}

func (p *program) record(cmd *cobra.Command, o recordFlags, args []string) error {
	if err := o.check(cmd, args); err != nil {
		return err
	}
	if o.recover != "" {
		return p.recoverRecording(o)
	}
	s, contract, err := p.recordedContract(cmd, o.keepFlags)
	if err != nil {
		return err
	}
	listenAt := setting{text: o.listen, place: flagListen, byFlag: true}
	if _, _, err := parseListen(listenAt); err != nil {
		return listenAt.blame(cmd, err)
	}
	opener, err := record.NewOpener(record.OpenerConfig{Contract: contract, Credentials: []mock.Credentials{s.configured(contract)}})
	if err != nil {
		return s.locate(cmd, []*specs.Contract{contract}, err)
	}
	defer func() { _ = opener.Close() }() // nothing is under way
	masker, err := p.masker(cmd, o.keepFlags, opener)
	if err != nil {
		return err
	}
	transport, err := upstreamTransport(cmd, s, o)
	if err != nil {
		return err
	}
	log.SetOutput(io.Discard) // net/http quotes there what a server sends unasked, and there is no other way to stop it
	tape := &tape{out: &lockedWriter{w: p.stdout}, speech: p.speech}
	recorder, err := record.NewRecorder(record.Config{
		Upstream: o.upstream, Opener: opener, Keep: tape.keep, MaxBody: o.maxBody, Session: o.session, Transport: transport, Timeout: o.timeout, ErrorLog: faultLog(p.stderr),
	})
	if err != nil {
		return usage(cmd, "%s", strings.TrimPrefix(err.Error(), "record: "))
	}
	own, err := listen(cmd.Context(), flagListen, listenAt)
	if err != nil {
		return err
	}
	defer own.close()
	if o.tls { // that of the configuration is serve's
		signer, err := s.authority()
		if err != nil {
			return err
		}
		left, err := own.encrypt(signer, []*specs.Contract{contract})
		if err != nil {
			return err
		}
		warnTrust(p.stderr, p.speech, signer, left)
	}
	head, err := record.Head(contract)
	if err != nil {
		return err
	}
	head.ToolVersion, head.Upstream, head.Made = toolVersion(), recorder.Place(), time.Now()
	if tape.file, err = record.CreateFile(o.out, head, masker); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	fmt.Fprintf(tape.out, p.speech.of("recording %s: call %s in place of %s; Ctrl-C ends and writes %s\n", "正在录制 %s：请调用 %s 代替 %s；按 Ctrl-C 结束并写入 %s\n"),
		contract.Vendor, own.url(), recorder.Place(), oneLine(o.out, 200))
	err = p.passOn(cmd.Context(), recorder, tape, own)
	if err = p.endRecording(o, recorder, tape, err); err == nil {
		p.tellUnused(masker)
	}
	return err
}

// recordedContract reads the configuration and picks the one contract that is recorded, under the chosen readings.
func (p *program) recordedContract(cmd *cobra.Command, o keepFlags) (*settings, *specs.Contract, error) {
	if o.vendor != "" {
		o.vendors, o.one = []string{o.vendor}, o.vendor
	}
	s, contracts, err := p.settings(cmd, o.options)
	if err != nil {
		return nil, nil, err
	}
	if o.vendor == "" {
		if contracts, err = s.only(cmd); err != nil {
			return nil, nil, err
		}
	}
	contract, err := drivenContract(cmd, contracts[0], s)
	return s, contract, err
}

// upstreamTransport trusts, beside the system's authorities, the one of this machine where the upstream is on it; nil for the
// recorder's own.
func upstreamTransport(cmd *cobra.Command, s *settings, o recordFlags) (http.RoundTripper, error) {
	u, err := url.Parse(o.upstream)
	if err != nil || u.Scheme != "https" || !reachesThisMachine(cmd.Context(), u.Hostname()) {
		return nil, nil
	}
	signer, err := s.authority()
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	pool.AppendCertsFromPEM(signer.PEM())
	transport := record.NewTransport(o.timeout)
	transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	return transport, nil
}

// passOn answers until ctx is done, a listener fails, or what was heard can no longer be kept.
func (p *program) passOn(ctx context.Context, recorder *record.Recorder, tape *tape, own *endpoint) error {
	server := newHTTPServer(recorder, handshakes{p.stderr, p.speech})
	// Bodies may be large and answers slow; the upstream sets the bounds.
	server.ReadTimeout, server.WriteTimeout, server.MaxHeaderBytes = 0, 0, 1<<20
	server.TLSConfig = own.tls
	tape.broken = make(chan struct{})
	failed := make(chan error, len(own.listeners))
	for _, ln := range own.listeners {
		go func() {
			if err := own.serve(server, ln); !errors.Is(err, http.ErrServerClosed) {
				failed <- fmt.Errorf("listening on %s: %w", ln.Addr(), err)
			}
		}()
	}
	var err error
	select {
	case <-ctx.Done():
		fmt.Fprintln(tape.out, p.speech.of("ending: calls under way are finished", "正在结束：先完成处理中的请求"))
	case <-tape.broken:
	case err = <-failed:
	}
	over := context.WithoutCancel(ctx)
	if within(over, drainRequests, server.Shutdown) != nil {
		recorder.End()
		_ = server.Close()
	}
	recorder.Wait()
	return err
}

// endRecording makes the HAR file and says what is in it.
func (p *program) endRecording(o recordFlags, recorder *record.Recorder, tape *tape, failed error) error {
	failed = errors.Join(failed, recorder.Err())
	r, err := tape.file.Finish()
	if err != nil {
		if errors.Is(err, record.ErrNothing) && failed != nil {
			return failed
		}
		return errors.Join(failed, err)
	}
	fmt.Fprintf(tape.out, "%s: %s\n", oneLine(o.out, 200), tape.counted(len(r.Exchanges), recorder.Oversize()))
	return failed
}

// recoverRecording makes a recording of what a recorder has left behind.
func (p *program) recoverRecording(o recordFlags) error {
	out := o.out
	if out == "" {
		var ok bool
		if out, ok = strings.CutSuffix(o.recover, record.PartOf("")); !ok || out == "" {
			return fmt.Errorf("%s does not end with %s; say by --out which file to make of it", oneLine(o.recover, 200), record.PartOf(""))
		}
	}
	r, cut, err := record.Recover(o.recover, out)
	if err != nil {
		return fmt.Errorf("--recover: %w", err)
	}
	t := &tape{speech: p.speech}
	for _, x := range r.Exchanges {
		t.count(x)
	}
	fmt.Fprintf(p.stdout, "%s: %s\n", oneLine(out, 200), t.counted(len(r.Exchanges), 0))
	if cut > 0 {
		fmt.Fprintf(p.stdout, p.speech.of("the last exchange was cut short and is left out (%d bytes)\n", "最后一次调用不完整，已略去（%d 字节）\n"), cut)
	}
	return nil
}
