package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"understudy/mock/internal/authority"
	"understudy/specs"
)

const flagTLSDir = "--tls-dir"

func (p *program) certCommand() *cobra.Command {
	var o options
	var out string
	var hosts bool
	cmd := &cobra.Command{
		Use:   "cert",
		Short: "Say how to trust the certificates of serve --tls",
		Long: `Say how a program comes to trust the certificates of understudy serve --tls.

They are signed by an authority of this machine alone, made on first use. Its certificate is what other programs import;
its key stays where it is. It can vouch for the vendors' host names, this machine and private addresses, and for nothing
else.

With --hosts, print the lines for a hosts file by which calls to the vendors' own names reach this machine.`,
		Example: `  understudy cert
  understudy cert --out understudy.pem
  understudy cert --hosts --vendor alihealth
  understudy cert --out - | ssh other 'cat > understudy.pem'`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, contracts, err := p.settings(cmd, o)
			switch {
			case err != nil:
				return err
			case hosts && cmd.Flags().Changed("out"):
				return usage(cmd, "--hosts prints no certificate; leave --out out")
			case hosts:
				return p.hosts(contracts)
			case cmd.Flags().Changed("vendor"):
				return usage(cmd, "one certificate serves all vendors; --vendor goes with --hosts")
			}
			return p.cert(cmd, s, out)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&out, "out", "", "copy the certificate (PEM) to `FILE`, or to standard output for -")
	f.BoolVar(&hosts, "hosts", false, "print lines for a hosts file")
	f.StringSliceVar(&o.vendors, "vendor", nil, "with --hosts, only these `vendors`, separated by commas")
	f.StringVar(&o.tlsDir, "tls-dir", "", "the `FOLDER` of the authority; usually understudy in the user's folder for configuration")
	f.StringVar(&o.config, "config", "", "configuration `FILE` (YAML)")
	return cmd
}

func (p *program) hosts(contracts []*specs.Contract) error {
	lines := hostsFile(contracts)
	if len(lines) == 0 {
		return errors.New("the documents of these vendors name no host; their clients are told an address anyway")
	}
	_, err := fmt.Fprintf(p.stdout, p.speech.of(`# Understudy: for /etc/hosts, or C:\Windows\System32\drivers\etc\hosts
# While these lines stand there, the vendors' names lead to this machine. Take them out to reach the vendors again.
# Clients call port 443: understudy serve --tls --listen localhost:443
%s`, `# Understudy：加入 /etc/hosts，或 C:\Windows\System32\drivers\etc\hosts
# 这些行存在期间，厂商的域名指向本机；需要访问真实厂商时请删除。
# 客户端访问 443 端口：understudy serve --tls --listen localhost:443
%s`), lines)
	return err
}

func (p *program) cert(cmd *cobra.Command, s *settings, out string) error {
	a, err := s.authority()
	if err != nil {
		return err
	}
	warnTrust(p.stderr, p.speech, a, nil)
	file := a.File()
	switch {
	case out == "-":
		_, err := p.stdout.Write(a.PEM())
		return err
	case cmd.Flags().Changed("out"):
		if file, err = export(a, out); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	return p.printTrust(a, file)
}

// export copies the certificate to a file, over whatever stands there but for a private key.
func export(a *authority.Authority, out string) (string, error) {
	if present, err := os.ReadFile(out); err == nil && authority.IsKey(present) {
		return "", fmt.Errorf("%s holds a private key; choose another file", out)
	}
	if err := writeFile(out, a.PEM()); err != nil {
		return "", err
	}
	return filepath.Abs(out)
}

// writeFile writes the file that --out names.
func writeFile(out string, text []byte) error {
	err := os.WriteFile(out, text, 0o644)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the folder of %s does not exist", oneLine(out, 200))
	}
	if info, failed := os.Stat(out); err != nil && failed == nil && info.IsDir() {
		return fmt.Errorf("%s is a directory; name a file", oneLine(out, 200))
	}
	return err
}

// printTrust says what the certificate is and how it is imported, and how taken out again.
func (p *program) printTrust(a *authority.Authority, file string) error {
	say := p.speech
	rows := [][]string{
		{say.of("file", "文件"), file},
		{say.of("name", "名称"), a.Name()},
		{"SHA-256", a.Fingerprint()},
		{say.of("ends", "有效期至"), a.NotAfter().Format("2006-01-02")},
	}
	text := say.of("The certificate of this machine's authority; it holds no secret.\n", "本机证书颁发机构的证书，不含任何机密。\n") + table("  ", rows) +
		say.of("\nTo have a program trust it:\n", "\n让程序信任该证书：\n") + listing(trustRows(say, file, thisSystem())) +
		say.of("\nTo take it out again:\n", "\n撤销信任：\n") + listing(distrustRows(say, a.Name(), thisSystem()))
	_, err := io.WriteString(p.stdout, text)
	return err
}

// trustRows are the ways to import a certificate, those of this system first.
func trustRows(say speech, file, system string) [][]string {
	quoted := `"` + file + `"`
	windows := [][]string{
		{"Windows, .NET", "certutil -user -addstore Root " + quoted},
		{"", say.of("PowerShell: ", "PowerShell：") + "Import-Certificate -FilePath " + quoted + ` -CertStoreLocation Cert:\CurrentUser\Root`},
	}
	linux := [][]string{
		{"Debian, Ubuntu, .NET", "sudo cp " + quoted + " /usr/local/share/ca-certificates/understudy.crt && sudo update-ca-certificates"},
		{"RHEL, Rocky, .NET", "sudo cp " + quoted + " /etc/pki/ca-trust/source/anchors/understudy.pem && sudo update-ca-trust"},
	}
	apple := [][]string{{"macOS", "sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain " + quoted}}
	var rows [][]string
	switch system {
	case "windows":
		rows = append(append(windows, linux...), apple...)
	case "darwin":
		rows = append(append(apple, linux...), windows...)
	default:
		rows = append(append(linux, windows...), apple...)
	}
	set := func(name string) string {
		if system == "windows" {
			return "$env:" + name + " = '" + strings.ReplaceAll(file, "'", "''") + "'"
		}
		return "export " + name + "=" + quoted
	}
	return append(rows, [][]string{
		{"Java", "keytool -importcert -noprompt -trustcacerts -alias understudy -cacerts -storepass changeit -file " + quoted},
		{"", say.of(`with JDK 8, -keystore "$JAVA_HOME/jre/lib/security/cacerts" in place of -cacerts`, `JDK 8 请将 -cacerts 换成 -keystore "$JAVA_HOME/jre/lib/security/cacerts"`)},
		{"", say.of("on Windows, -Djavax.net.ssl.trustStoreType=Windows-ROOT uses the system's store instead", "Windows 上也可用 -Djavax.net.ssl.trustStoreType=Windows-ROOT 直接使用系统证书库")},
		{"Node", set("NODE_EXTRA_CA_CERTS")},
		{"Go", set("SSL_CERT_FILE") + say.of(" (on Linux, in place of the system's; elsewhere the system's store counts)", "（仅 Linux，会取代系统证书；其他系统使用系统证书库）")},
		{"Python", set("REQUESTS_CA_BUNDLE") + say.of(" (in place of the usual ones)", "（会取代默认证书）")},
		{"curl", "curl --cacert " + quoted + say.of(" URL (on Windows with --ssl-no-revoke)", " URL（Windows 上另加 --ssl-no-revoke）")},
	}...)
}

// distrustRows are the ways back.
func distrustRows(say speech, name, system string) [][]string {
	rows := [][]string{{"Java", "keytool -delete -alias understudy -cacerts -storepass changeit"}}
	switch system {
	case "windows":
		rows = append(rows, []string{"Windows", `certutil -user -delstore Root "` + name + `"`})
	case "darwin":
		rows = append(rows, []string{"macOS", `sudo security delete-certificate -c "` + name + `" /Library/Keychains/System.keychain`})
	default:
		rows = append(rows, []string{"Debian, Ubuntu", "sudo rm /usr/local/share/ca-certificates/understudy.crt && sudo update-ca-certificates --fresh"},
			[]string{"RHEL, Rocky", "sudo rm /etc/pki/ca-trust/source/anchors/understudy.pem && sudo update-ca-trust"})
	}
	return append(rows, []string{say.of("others", "其他"), say.of("unset the variable", "取消相应的环境变量")})
}
