package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"understudy/mock/mask"
	"understudy/mock/record"
)

// keepFlags are those of the commands that make a recording.
type keepFlags struct {
	options
	vendor, out, pseudonymKey string
	keep                      []string
}

// keeping adds them.
func (o *keepFlags) keeping(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.out, "out", "", "the HAR `FILE` to make; it must not be there yet")
	f.StringArrayVar(&o.keep, "keep", nil, "JSON `POINTER` into bodies, * for any item, of what is kept although the contract does not describe it; may be repeated")
	f.StringVar(&o.pseudonymKey, "pseudonym-key", "", "`FILE` with the key of the pseudonyms, which keeps a person the same over several recordings; made when it is not there")
}

// check looks at them before anything begins; more are flags that cannot be empty either.
func (o *keepFlags) check(cmd *cobra.Command, more ...string) error {
	for _, name := range append(more, "out", "keep", "pseudonym-key") {
		if f := cmd.Flags().Lookup(name); f.Changed && (f.Value.String() == "" || f.Value.String() == "[]") {
			return usage(cmd, "--%s is empty; give it a value or leave it out", name)
		}
	}
	switch {
	case o.out == "-":
		return usage(cmd, "a recording is made in a file, not on standard output; --out names it")
	case o.out != "" && filepath.Clean(o.out) == filepath.Clean(o.pseudonymKey):
		return usage(cmd, "--out and --pseudonym-key are the same file")
	}
	return nil
}

// masker is what replaces personal data and secrets in a recording.
func (p *program) masker(cmd *cobra.Command, o keepFlags, opener *record.Opener) (*mask.Masker, error) {
	var key []byte
	if o.pseudonymKey != "" {
		var made bool
		var err error
		if key, made, err = pseudonymKey(o.pseudonymKey); err != nil {
			return nil, fmt.Errorf("--pseudonym-key: %w", err)
		}
		if made {
			fmt.Fprintf(p.stderr, p.speech.of("a new key for pseudonyms is in %s; keep it as secret as the data\n", "新的假名密钥已写入 %s，请像数据本身一样保密\n"), oneLine(o.pseudonymKey, 200))
		}
		if openToAll(o.pseudonymKey) {
			fmt.Fprintf(p.stderr, p.speech.of("the key for pseudonyms in %s can be read by everybody on this machine; take that from them by chmod 600\n", "本机任何人都能读取 %s 中的假名密钥，请用 chmod 600 收紧权限\n"), oneLine(o.pseudonymKey, 200))
		}
	}
	masker, err := mask.New(mask.Config{Contract: opener.Contract(), Key: key, Keep: o.keep, Secrets: opener.Secrets()})
	if err != nil {
		return nil, usage(cmd, "%s", strings.TrimPrefix(err.Error(), "mask: "))
	}
	return masker, nil
}

// tellUnused names the pointers of --keep that kept nothing: what they were meant for was replaced for good.
func (p *program) tellUnused(masker *mask.Masker) {
	for _, pointer := range masker.Unused() {
		fmt.Fprintf(p.stderr, p.speech.of("--keep %s: no body has anything there\n", "--keep %s：没有任何正文含有该位置\n"), oneLine(pointer, 200))
	}
}
