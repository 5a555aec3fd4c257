package cli

import (
	"os"
	"syscall"
)

// enableEcho is ENABLE_ECHO_INPUT of SetConsoleMode.
const enableEcho = 0x4

// hideInput keeps a console from showing what is typed, until restore is called. It says whether it could.
func hideInput(in *os.File) (restore func(), hidden bool) {
	handle := syscall.Handle(in.Fd())
	var mode uint32
	if err := syscall.GetConsoleMode(handle, &mode); err != nil {
		return nil, false
	}
	set := syscall.NewLazyDLL("kernel32.dll").NewProc("SetConsoleMode")
	if done, _, _ := set.Call(uintptr(handle), uintptr(mode&^enableEcho)); done == 0 {
		return nil, false
	}
	return func() { _, _, _ = set.Call(uintptr(handle), uintptr(mode)) }, true
}
