//go:build unix

package e2e_test

import (
	"syscall"
	"time"
)

// cpuTime is what this process has used of the processors, its own and the kernel's work for it.
func cpuTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
