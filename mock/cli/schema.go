package cli

import (
	"io"

	"github.com/spf13/cobra"

	"understudy/specs"
)

func (p *program) schemaCommand() *cobra.Command {
	output := ""
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of our keys, for editors",
		Long: `Print the JSON Schema of a document that uses our keys (x-understudy: 1 and x-wire, x-errors, x-resource, x-sensitive,
x-source, x-unclear), for editors that complete and check while you write.`,
		Example: `  understudy schema --output understudy.schema.json
  understudy schema | jq .`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkGiven(cmd); err != nil {
				return err
			}
			text, err := specs.VocabularySchema()
			if err != nil {
				return err
			}
			return p.writeTo(output, func(w io.Writer) error { _, err := w.Write(text); return err })
		},
	}
	cmd.Flags().StringVar(&output, "output", "", "write it to `FILE`; - is standard output")
	return cmd
}
