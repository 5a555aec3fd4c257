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

	"understudy/mock/report"
	"understudy/specs"
)

func (p *program) initCommand() *cobra.Command {
	var o options
	output, force := "", false
	cmd := &cobra.Command{
		Use:   "init [NAME=]FILE",
		Short: "Write a starter overlay for a contract of your own",
		Long: `Write an OpenAPI Overlay for a document of your own, in which what OpenAPI cannot say can be said: ciphers, signatures,
error codes, what is stored. It holds what can be told from the document, and the rest as comments to take up or throw away.
The document itself stays as it is.

The overlay stands beside the document, as petstore.overlay.yaml does beside petstore.yaml; --output says otherwise. A file
that is there already is left as it is, unless --force is given.`,
		Example: `  understudy init petstore.yaml
  understudy init petstore.yaml --output wire.yaml
  understudy init shop=api/openapi.json --output -`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(cmd, "init takes one document, such as petstore.yaml")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.specs = args
			return p.start(cmd, o, output, force)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&output, "output", "", "write it to `FILE`; - is standard output")
	f.BoolVar(&force, "force", false, "write over a file that is there")
	f.Int64Var(&o.maxSpecBytes, "max-spec-bytes", 0, "the most bytes, `N`, of a document with all that it refers to; 16 MiB when left out")
	return cmd
}

func (p *program) start(cmd *cobra.Command, o options, output string, force bool) error {
	if err := checkGiven(cmd); err != nil {
		return err
	}
	var from origins
	if err := from.flags(cmd, o); err != nil {
		return err
	}
	list, err := from.read(filesReader(), nil, nil)
	if err != nil {
		return err
	}
	if len(list) != 1 {
		return usage(cmd, "init takes one document; there are %d in %s", len(list), oneLine(o.specs[0], 200))
	}
	d := list[0]
	text, err := specs.Starter(d.contract)
	if err != nil {
		return err
	}
	if output == "" {
		output = strings.TrimSuffix(d.file, filepath.Ext(d.file)) + ".overlay.yaml"
	}
	if output == "-" {
		_, err := p.stdout.Write(text)
		return err
	}
	if _, err := os.Lstat(output); err == nil && !force {
		return fmt.Errorf("%s is there already; --force writes over it, --output writes elsewhere", oneLine(output, 200))
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := report.WriteFile(output, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, p.speech.of("%s is written; try it:\n  understudy serve %s %s %s %s --vendor none\n", "已写入 %s，可以这样使用：\n  understudy serve %s %s %s %s --vendor none\n"),
		output, flagSpec, shellWord(o.specs[0]), flagOverlay, shellWord(output))
	return err
}
