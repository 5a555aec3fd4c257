//go:build !windows

package cli

// interfaceLanguage is English where the locale would have said something else.
func interfaceLanguage() speech { return english }
