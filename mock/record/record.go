// Package record hears what travels between a client and a vendor and keeps it at contract level: opened, without what only
// the wire needs, and with personal data and secrets replaced before anything is kept.
//
// An [Opener] makes an exchange of what was heard on the wire, a [Recorder] hears as a proxy between the two, [Import] takes
// what another tool has recorded, and [FromSession] what the simulator itself has played.
package record
