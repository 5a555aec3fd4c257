package eazytec

import "log/slog"

// String shows nothing, because a message names people and says things to them.
func (Message) String() string { return "eazytec.Message{***}" }

// GoString gives what String gives.
func (m Message) GoString() string { return m.String() }

// LogValue gives what String gives.
func (m Message) LogValue() slog.Value { return slog.StringValue(m.String()) }

// String shows nothing, because it names people.
func (Recipient) String() string { return "eazytec.Recipient{***}" }

// GoString gives what String gives.
func (r Recipient) GoString() string { return r.String() }

// LogValue gives what String gives.
func (r Recipient) LogValue() slog.Value { return slog.StringValue(r.String()) }

// String shows nothing, because it is a person.
func (Party) String() string { return "eazytec.Party{***}" }

// GoString gives what String gives.
func (p Party) GoString() string { return p.String() }

// LogValue gives what String gives.
func (p Party) LogValue() slog.Value { return slog.StringValue(p.String()) }
