//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package scenarios

import (
	"errors"
	"os"
	"syscall"
)

// guard marks a part as being written, for as long as the file is open. Where the file system knows no such marks there is none.
func guard(file *os.File) { _ = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// UnderWay says whether a recorder is still writing a part: whoever takes it away then takes what comes after as well.
func UnderWay(part string) bool {
	file, err := os.Open(part)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }() // which lets go of the mark
	return errors.Is(syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}
