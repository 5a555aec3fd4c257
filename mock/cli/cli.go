// Package cli is the command understudy: flags, environment, configuration file, and what is printed.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// The exit codes of [Run].
const (
	exitOK      = 0
	exitRuntime = 1
	exitUsage   = 2
)

// usageError is a mistake in the command line itself.
type usageError struct{ text, help string }

func (e *usageError) Error() string { return e.text + "; see " + e.help + " --help" }

// idleError ends a command that judges, such as check, without a judgement: it could not run, or found nothing to judge.
// Its exit code is 2, since 1 says that something was judged and found wrong.
type idleError struct{ err error }

func (e *idleError) Error() string { return e.err.Error() }
func (e *idleError) Unwrap() error { return e.err }

func usage(cmd *cobra.Command, format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...), cmd.CommandPath()}
}

// program is what the commands run with.
type program struct {
	environ []string
	stdout  io.Writer
	stderr  io.Writer
	// speech is settled before a command runs.
	speech speech
}

// Run executes one command line and returns its exit code: 0, 1 when something failed, 2 when the command line itself
// is wrong. Wrong is what its text shows: --listen bad ends with 2, the same word in the environment or the configuration
// file with 1, and so does what the machine refuses, such as a port that is taken or a file that is not there. A contract
// that cannot be read ends with 2 as well, and so do lint, check and verdict for whatever keeps them from judging. args are
// without the program's name, environ are NAME=value pairs as [os.Environ] has them. A command that goes on, as serve
// does, ends in good order when ctx is done, and that is no failure.
func Run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	out := &kept{w: stdout}
	p := &program{environ: foldNames(environ, thisSystem()), stdout: out, stderr: stderr, speech: english}
	root := p.root()
	root.SetArgs(append([]string{}, args...))
	root.SetOut(out)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = out.failed
	}
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(stderr, "understudy: %s\n", strings.TrimSpace(err.Error()))
	var wrong *usageError
	var contract *contractError
	var idle *idleError
	if errors.As(err, &wrong) || errors.As(err, &contract) || errors.As(err, &idle) {
		return exitUsage
	}
	return exitRuntime
}

// kept is standard output, and whether it took all: what is lost there must not pass for success.
type kept struct {
	w      io.Writer
	failed error
}

func (k *kept) Write(text []byte) (int, error) {
	n, err := k.w.Write(text)
	if err != nil && k.failed == nil {
		k.failed = fmt.Errorf("standard output: %w", err)
	}
	return n, err
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "understudy",
		Short: "Plays the vendors you cannot reach",
		Long: `Understudy (替身) plays vendors you cannot reach: it answers every operation of their contracts on their real wire,
ciphers and signatures included, and says why it refuses a call. It plays any OpenAPI document as well, and holds any server
to one.`,
		Example: `  understudy serve
  understudy serve --spec petstore.yaml --vendor none
  understudy check http://localhost:8080 --spec petstore.yaml
  understudy vendors`,
		Version:      versionLine(),
		SilenceUsage: true, SilenceErrors: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:              cobra.ArbitraryArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return p.language(cmd) },
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.Flags().Bool("version", false, "print the version") // else the library takes -v for it as well
	root.PersistentFlags().String("lang", "", "`zh or en`: the language of diagnoses and hints; else "+variableLanguage+" or the locale decides")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usage(cmd, "%s", flagProblem(cmd, err)) })
	root.AddCommand(
		p.serveCommand(), p.checkCommand(), p.verdictCommand(), p.recordCommand(), p.importCommand(), p.scanCommand(), p.replayCommand(), p.runCommand(), p.storyCommand(), p.learnCommand(), p.lintCommand(), p.callCommand(), p.emitCommand(), p.explainCommand(), p.sealCommand(), p.unsealCommand(), p.signCommand(), p.vendorsCommand(), p.questionsCommand(), p.certCommand(), p.initCommand(), p.schemaCommand(), p.versionCommand(),
	)
	root.SetHelpCommand(helpCommand())
	return root
}

func unknownCommand(root *cobra.Command, name string) error {
	var known []string
	for _, c := range root.Commands() {
		known = append(known, c.Name())
	}
	return usage(root, "unknown command %q%s", name, meant(name, known))
}

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Help on a command",
		Example: "  understudy help serve",
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, c := range cmd.Root().Commands() {
				if len(args) > 0 && c.Name() == args[0] {
					return c.Help()
				}
			}
			if len(args) > 0 {
				return unknownCommand(cmd.Root(), args[0])
			}
			return cmd.Root().Help()
		},
	}
}

// noArguments refuses words after a command that takes none.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage(cmd, "%s takes no arguments, but got %q", cmd.Name(), args[0])
	}
	return nil
}

// flagProblem says what is wrong with a flag, and which one may have been meant.
func flagProblem(cmd *cobra.Command, err error) string {
	text := strings.TrimSpace(err.Error())
	if i := strings.Index(text, ": time: "); i > 0 {
		return text[:i] + ": write a duration such as 30s"
	}
	if i := strings.Index(text, ": strconv."); i > 0 {
		what := "a whole number such as 1"
		if strings.Contains(text, "ParseBool") {
			what = "true or false"
		}
		return text[:i] + ": write " + what
	}
	found := regexp.MustCompile(`^unknown flag: --(.*)$`).FindStringSubmatch(text)
	if found == nil {
		return text
	}
	var known []string
	for _, flag := range regexp.MustCompile(`--([a-z-]+)`).FindAllStringSubmatch(cmd.Flags().FlagUsages(), -1) {
		known = append(known, flag[1])
	}
	if near := nearest(found[1], known); near != "" {
		text += didYouMean("--" + near)
	}
	return text
}
