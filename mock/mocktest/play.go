package mocktest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"understudy/mock"
	"understudy/mock/play"
	"understudy/scenarios"
	"understudy/specs"
)

// PlayConfig sets up what [PlayWith] plays. Its zero value is what [Play] takes.
type PlayConfig struct {
	// Config sets up the simulator. Without contracts it plays the recording's vendor alone, under the readings of the recording
	// where Mock.Readings say nothing else; Mock.Player is the recording.
	Config
	// Play says how the recording is played: in order and each step once ([play.Strict]) where Mode is left out. Recording is
	// the file's, Contract the simulator's.
	Play play.Config
	// MaxBytes bounds the file; 0 means 64 MiB.
	MaxBytes int64
	// AllowUnplayed lets a test pass that leaves steps of the recording unplayed.
	AllowUnplayed bool
}

// Play answers a test's client from a recording, a HAR file that understudy record made: strictly in order, under development
// credentials, over the vendor's whole wire. A call that was not recorded fails the test with a word on every field that
// differs, and so do the steps that are left unplayed when it ends.
//
//	m := mocktest.Play(t, "testdata/morning.har")
//	client, err := zheliban.New(zheliban.Config{BaseURL: m.Zheliban().BaseURL, …})
func Play(tb TB, file string) *Mock {
	tb.Helper()
	return PlayWith(tb, file, PlayConfig{})
}

// PlayWith is [Play] with a configuration; a mistake in it, or a recording that cannot be played, ends the test. Every world
// of the simulator plays the recording from its beginning.
func PlayWith(tb TB, file string, config PlayConfig) *Mock {
	tb.Helper()
	recording, err := scenarios.ReadFile(file, scenarios.ReadConfig{MaxBytes: config.MaxBytes})
	if err != nil {
		tb.Fatalf("mocktest: %v", err)
	}
	if config.Mock.Player != nil {
		tb.Fatalf("mocktest: PlayConfig.Mock.Player is set; the recording is the player")
	}
	contract, err := config.contract(recording)
	if err != nil {
		tb.Fatalf("mocktest: %s: %v", file, err)
	}
	config.Play.Recording, config.Play.Contract = recording, contract
	if config.Play.Mode == "" {
		config.Play.Mode = play.Strict
	}
	player, err := play.New(config.Play)
	if err != nil {
		tb.Fatalf("mocktest: %s: %v", file, err)
	}
	for _, warning := range player.Warnings() {
		tb.Logf("%s: %s", file, warning)
	}
	config.Mock.Player = player
	m := StartWith(tb, config.Config)
	tb.Cleanup(func() {
		tb.Helper()
		if !config.AllowUnplayed {
			reportUnplayed(tb, file, player)
		}
	})
	return m
}

// contract is the recording's under the readings in force, and sets the simulator up for it.
func (c *PlayConfig) contract(r *scenarios.Recording) (*specs.Contract, error) {
	if c.Mock.Contracts == nil {
		base, err := specs.Load(r.Vendor)
		if err != nil {
			return nil, err
		}
		c.Mock.Contracts = []*specs.Contract{base}
	}
	i := slices.IndexFunc(c.Mock.Contracts, func(one *specs.Contract) bool { return one.Vendor == r.Vendor })
	if i < 0 {
		return nil, fmt.Errorf("the recording is of %s, which none of the contracts is", r.Vendor)
	}
	contract := c.Mock.Contracts[i]
	readings := maps.Clone(r.Readings)
	if readings == nil {
		readings = map[string]string{}
	}
	maps.Copy(readings, c.Mock.Readings)
	c.Mock.Readings = readings
	own := maps.Clone(readings)
	maps.DeleteFunc(own, func(id, _ string) bool {
		_, recorded := r.Readings[id]
		return !recorded && !slices.ContainsFunc(contract.Unclear, func(u specs.Unclear) bool { return u.ID == id })
	})
	return contract.With(own)
}

// reportUnplayed fails a test that leaves steps unplayed, in any world in which it called.
func reportUnplayed(tb TB, file string, player *play.Player) {
	tb.Helper()
	all := player.Left()
	for _, left := range all {
		var names []string
		for _, step := range left.Steps {
			names = append(names, step.String())
		}
		where := ""
		if len(all) > 1 || left.Session != "default" {
			where = " in session " + left.Session
		}
		tb.Errorf("%d of %d steps of %s were not played%s: %s", len(left.Steps), len(player.Steps("")), file, where, strings.Join(names, ", "))
	}
}

// miss tells a call that was not recorded field by field; false for any other refusal.
func miss(e mock.Exchange) (string, bool) {
	if e.Error != "not-recorded" || e.Diagnosis == nil {
		return "", false
	}
	text := e.Diagnosis.Detail["why"]
	for _, f := range e.Diagnosis.Findings {
		text += "\n    " + strings.TrimSpace(f.In+" "+f.Pointer) + ": recorded was " + f.Expected + ", the call has " + f.Got
	}
	return text, true
}
