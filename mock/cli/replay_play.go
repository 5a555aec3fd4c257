package cli

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/mock/play"
	"understudy/scenarios"
	"understudy/specs"
)

// act is one recording that answers.
type act struct {
	file      string
	recording *scenarios.Recording
	player    *play.Player
}

// replayTo answers clients from recordings, until the command's context ends.
func (p *program) replayTo(cmd *cobra.Command, o replayFlags, files []string) error {
	var all []*act
	for _, file := range files {
		r, err := p.readRecording(cmd, o, file)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(all, func(one *act) bool { return one.recording.Vendor == r.Vendor }); i >= 0 {
			return usage(cmd, "%s and %s are both of %s; play one recording of a vendor at a time", oneLine(all[i].file, 200), oneLine(file, 200), r.Vendor)
		}
		all = append(all, &act{file: file, recording: r})
		o.vendors = append(o.vendors, r.Vendor)
	}
	if len(all) == 1 {
		o.one = all[0].recording.Vendor
	}
	s, contracts, err := p.settings(cmd, o.options)
	if err != nil {
		return err
	}
	var players []*play.Player
	for _, one := range all {
		i := slices.IndexFunc(contracts, func(c *specs.Contract) bool { return c.Vendor == one.recording.Vendor })
		if err := p.prepare(cmd, o, one, s, contracts[i]); err != nil {
			return err
		}
		players = append(players, one.player)
	}
	player, err := play.Together(players...)
	if err != nil {
		return err
	}
	return p.serveContracts(cmd, s, contracts, performance{
		player: player,
		tell:   func(out io.Writer) { p.tellPlayed(out, all) },
		end:    func() error { return p.tellUnplayed(all) },
	})
}

// prepare makes a player of a recording, under the readings with which it was made unless others are configured.
func (p *program) prepare(cmd *cobra.Command, o replayFlags, one *act, s *settings, c *specs.Contract) error {
	for _, id := range slices.Sorted(maps.Keys(one.recording.Readings)) {
		if _, chosen := s.readings[id]; chosen {
			continue
		}
		if err := s.read([]*specs.Contract{c}, id, setting{text: one.recording.Readings[id], place: one.file}); err != nil {
			return &violationError{fmt.Sprintf("%s was recorded under a reading that the contract does not have: %s", oneLine(one.file, 200), err)}
		}
	}
	contract, err := drivenContract(cmd, c, s)
	if err != nil {
		return err
	}
	one.player, err = play.New(play.Config{
		Recording: one.recording, Contract: contract, Mode: play.Mode(o.mode), Time: play.Times(o.time), Timing: play.Timing(o.timing),
		Ignore: o.ignore, Verbatim: o.verbatim, MaxAge: o.maxAge,
	})
	var outside *play.OutsideError
	var foreign *check.VendorError
	switch {
	case errors.As(err, &outside):
		return &violationError{oneLine(one.file, 200) + ": " + strings.Replace(outside.Error(), "\nplay it verbatim", "\nplay it by --verbatim", 1)}
	case errors.As(err, &foreign):
		return usage(cmd, "%s: %s", oneLine(one.file, 200), err)
	case err != nil:
		return fmt.Errorf("%s: %s", oneLine(one.file, 200), strings.TrimPrefix(err.Error(), "play: "))
	}
	for _, warning := range one.player.Warnings() {
		fmt.Fprintf(p.stderr, p.speech.of("warning: %s: %s\n", "警告：%s：%s\n"), oneLine(one.file, 200), warning)
	}
	return nil
}

// tellPlayed says what is played.
func (p *program) tellPlayed(out io.Writer, all []*act) {
	for _, one := range all {
		day := one.recording.Made.In(time.Local).Format(time.DateOnly)
		fmt.Fprintf(out, p.speech.of("%s: %d steps of %s (%s), %s\n", "%s：%d 步，来自 %s（%s），模式 %s\n"),
			one.recording.Vendor, len(one.player.Steps("")), oneLine(one.file, 200), day, one.player.Mode())
	}
}

// tellUnplayed says what nobody asked for; in strict mode that is an error.
func (p *program) tellUnplayed(all []*act) error {
	failed := 0
	for _, one := range all {
		for _, left := range one.player.Left() {
			name := one.recording.Vendor
			if left.Session != "default" {
				name += " [" + oneLine(left.Session, 64) + "]"
			}
			var steps []string
			for _, step := range left.Steps {
				steps = append(steps, step.String())
			}
			fmt.Fprintf(p.stderr, p.speech.of("%s: %d of %d steps were not played: %s\n", "%s：%[3]d 步中有 %[2]d 步未被播放：%[4]s\n"),
				name, len(left.Steps), len(one.player.Steps("")), oneLine(strings.Join(steps, ", "), 2000))
			if one.player.Mode() == play.Strict {
				failed += len(left.Steps)
			}
		}
	}
	if failed == 0 {
		return nil
	}
	if failed == 1 {
		return &violationError{p.speech.of("1 step was not played, and strict plays all", "严格模式要求全部播放，仍有 1 步未被播放")}
	}
	return &violationError{fmt.Sprintf(p.speech.of("%d steps were not played, and strict plays all", "严格模式要求全部播放，仍有 %d 步未被播放"), failed)}
}

// missLines tell a call that was not recorded field by field, each in a line of its own; "" for any other call.
func missLines(e mock.Exchange, speech speech) string {
	if e.Error != "not-recorded" || e.Diagnosis == nil {
		return ""
	}
	text := "\n  " + oneLine(e.Diagnosis.Detail["why"], 600)
	for _, f := range e.Diagnosis.Findings {
		text += "\n  " + oneLine(fmt.Sprintf(speech.of("%s: recorded was %s, the call has %s", "%s：录制的是 %s，本次调用是 %s"), strings.TrimSpace(f.In+" "+f.Pointer), f.Expected, f.Got), 600)
	}
	return text
}
