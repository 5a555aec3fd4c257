package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"understudy/mock/check"
	"understudy/mock/report"
	"understudy/mock/story"
	"understudy/scenarios/arazzo"
)

// runFlags are those of the command run.
type runFlags struct {
	callFlags
	targets, inputs, workflows []string
	control, token, inputFile  string
	reports                    []string
	list, lenient              bool
	maxSteps                   int
}

func (p *program) runCommand() *cobra.Command {
	var o runFlags
	cmd := &cobra.Command{
		Use:   "run FILE... [--target URL]",
		Short: "Run stories: declared sequences of calls, over the vendor's own wire",
		Long: `Run stories written in Arazzo 1.0: steps that call operations by operationId, at contract level. Logging in, signing, sealing
and opening are done here. Conditions are simple ones and regular expressions (RE2), with JSON pointers into the opened bodies.

A step succeeds when its successCriteria hold; without any, when the vendor did what it was asked. A reply that its contract
forbids fails the run as well, unless --lenient is given or the step says x-understudy-lenient: true. What a step sends may break
the contract: that is how a refusal is told. A failure after which an action retries or goes elsewhere is part of the story and
no failure of the run; one that ends the workflow is.

A source of the story is a bundled contract where its url ends in specs/VENDOR/openapi.yaml or is the vendor's id; the simulator's
control listener where it ends in control/openapi.yaml; else a file beside the story. --spec SOURCE=FILE gives another one. A
story that calls the control listener runs at the simulator alone and needs its address: --control, or no --target at all, which
means the addresses of serve under this configuration. At the simulator each workflow has a session of its own, which an input
named session tells.

Without --workflow all workflows of a file are run but those that others call. Inputs that are named like a credential slot have
the configured credential when they are not given. Outputs go to standard output, one JSON object a workflow, without the
configured credentials but with whatever else the story takes out of replies; what is told goes to standard error.

The exit code is 0 when all went as told, 1 when something did not, 2 when a story could not be run.

` + credentialsHelp + ` Development values go to loopback only, unless --accept-development-credentials is given; what is
missing then is asked for at a terminal.`,
		Example: `  understudy run scenarios/zheliban/happy-pull-and-acknowledge.arazzo.yaml
  understudy run story.arazzo.yaml --target http://localhost:8740 --control http://localhost:8741
  understudy run story.arazzo.yaml --target https://staging.example --workflow happy --input day=2026-03-02
  understudy run *.arazzo.yaml --report junit=stories.xml,md=stories.md
  understudy run story.arazzo.yaml --list`,
		RunE: func(cmd *cobra.Command, args []string) error { return judged(p.runStories(cmd, o, args)) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringArrayVar(&o.targets, "target", nil, "base `URL` of the server, or SOURCE=URL where a story has several vendors; where serve listens, by the configuration, when left out")
	f.StringVar(&o.control, "control", "", "base `URL` of the simulator's control listener")
	f.StringVar(&o.token, "token", "", "the `TOKEN` of the control listener")
	f.StringArrayVar(&o.workflows, "workflow", nil, "run the workflow `ID` alone; may be repeated")
	f.StringArrayVar(&o.inputs, "input", nil, "give the input `NAME=VALUE`, read as its schema has it; may be repeated")
	f.StringVar(&o.inputFile, "inputs", "", "`FILE` (YAML or JSON) of an object of inputs; --input wins over it")
	f.StringVar(&o.session, "session", "", "`NAME` of the simulator's session to run in")
	f.BoolVar(&o.lenient, "lenient", false, "take a reply that its contract forbids for a warning")
	f.IntVar(&o.maxSteps, "max-steps", 0, "the most steps, `N`, of one workflow; 1000 when left out")
	f.BoolVar(&o.list, "list", false, "list the workflows and their inputs, and run nothing")
	f.StringArrayVar(&o.reports, "report", nil, "write `KIND=FILE,...`; kinds are "+strings.Join(runKinds(), ", ")+"; may be repeated")
	o.contract(cmd)
	o.calling(cmd)
	f.BoolVar(&o.acceptDevelopment, "accept-development-credentials", false, "send development credentials beyond loopback too")
	return cmd
}

// runKinds are the kinds of reports that a run can fill: what travelled is recorded by record or by the session.
func runKinds() []string {
	var list []string
	for _, kind := range report.Kinds() {
		if kind != "har" {
			list = append(list, kind)
		}
	}
	return list
}

func (p *program) runStories(cmd *cobra.Command, o runFlags, args []string) error {
	if len(args) == 0 {
		return usage(cmd, "name the file of a story, such as scenarios/zheliban/happy-pull-and-acknowledge.arazzo.yaml")
	}
	if o.maxSteps < 0 {
		return usage(cmd, "--max-steps is a number of steps, such as 500")
	}
	reports, err := targets(cmd, "report", o.reports)
	if err != nil {
		return err
	}
	for _, t := range reports {
		if t.Kind == "har" {
			return usage(cmd, "--report: run writes no har; understudy record keeps what travels")
		}
	}
	documents, err := readStories(args)
	if err != nil {
		return err
	}
	if o.list {
		return p.listStories(documents)
	}
	whole := &report.Report{Tool: "understudy", Version: toolVersion()}
	configs := make([]*story.Config, len(documents))
	for i, d := range documents { // all are looked at before anything is sent
		if configs[i], err = p.storyConfig(cmd, o, d); err != nil {
			return err
		}
		if err := story.Check(*configs[i]); err != nil {
			return err
		}
	}
	told := newProgress(p.stderr, p.speech)
	outputs := make([][]story.Outputs, len(configs))
	for i, config := range configs {
		config.Progress = func(one story.Progress) {
			told.add(check.Progress{
				Operation: one.Workflow, Part: "story", Check: one.Step, Failed: one.Failed, Done: one.Done, Total: one.Total, Requests: one.Requests,
			})
		}
		var result *story.Result
		result, err = story.Run(cmd.Context(), *config)
		if result != nil {
			addReport(whole, result.Report, documents[i].File)
			outputs[i] = result.Outputs
		}
		if err != nil {
			break
		}
	}
	told.end()
	out := p.stdout
	if toOutput(reports) {
		out = p.stderr
	}
	for i, config := range configs {
		if failed := printOutputs(out, config, outputs[i]); failed != nil {
			err = errors.Join(err, failed)
		}
	}
	return p.concludeStories(cmd, whole, reports, err)
}

// concludeStories tells the report and gives the verdict.
func (p *program) concludeStories(cmd *cobra.Command, r *report.Report, reports []report.Target, failed error) error {
	if failed != nil && len(r.Operations) == 0 {
		return failed
	}
	// Outputs have the standard output.
	if err := report.WriteText(p.stderr, r, string(p.speech)); err != nil {
		return err
	}
	err := p.writeReports(reports, r)
	switch n := r.Failures(); {
	case failed != nil && cmd.Context().Err() != nil:
		return errors.Join(errors.New(p.speech.of("interrupted; what was run until then is told", "已中断，以上为中断前的运行结果")), err)
	case failed != nil:
		return errors.Join(failed, err)
	case err != nil:
		return err
	case n > 0:
		return &violationError{fmt.Sprintf(p.speech.of("%d of %d steps failed", "%[2]d 个步骤中有 %[1]d 个失败"), n, max(n, r.Checked()))}
	case r.Checked() == 0:
		return errors.New(p.speech.of("nothing was run", "没有运行任何内容"))
	}
	return nil
}

func readStories(files []string) ([]*arazzo.Document, error) {
	var documents []*arazzo.Document
	var failed []error
	for _, file := range files {
		d, err := arazzo.ReadFile(file, arazzo.ReadConfig{})
		if err != nil {
			failed = append(failed, err)
			continue
		}
		documents = append(documents, d)
	}
	return documents, errors.Join(failed...)
}

// addReport puts the report of one story behind those of others. Workflows of one name are told apart by their files.
func addReport(whole, one *report.Report, file string) {
	if whole.Started.IsZero() {
		whole.Contract, whole.Title, whole.Target, whole.Started = one.Contract, one.Title, one.Target, one.Started
	} else if whole.Title != one.Title {
		whole.Title = "stories"
	}
	whole.Requests += one.Requests
	whole.Duration += one.Duration
	whole.Notes = append(whole.Notes, one.Notes...)
	for _, op := range one.Operations {
		if op.Contract == "" {
			op.Contract = one.Contract
		}
		for _, other := range whole.Operations {
			if other.ID == op.ID && other.Contract == op.Contract {
				op.ID += " (" + oneLine(file, 80) + ")"
				break
			}
		}
		whole.Operations = append(whole.Operations, op)
	}
}
