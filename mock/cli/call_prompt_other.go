//go:build !windows

package cli

import (
	"os"
	"os/exec"
)

// hideInput keeps a terminal from showing what is typed, until restore is called, by the command that POSIX has for it. It
// says whether it could.
func hideInput(in *os.File) (restore func(), hidden bool) {
	stty := func(word string) error {
		cmd := exec.Command("stty", word)
		cmd.Stdin = in
		return cmd.Run()
	}
	if stty("-echo") != nil {
		return nil, false
	}
	return func() { _ = stty("echo") }, true
}
