package cli

import "syscall"

// interfaceLanguage is that of the user's Windows, whose programs have no locale in their environment.
func interfaceLanguage() speech {
	id, _, _ := syscall.NewLazyDLL("kernel32.dll").NewProc("GetUserDefaultUILanguage").Call()
	if id&primaryLanguage == languageChinese {
		return chinese
	}
	return english
}

// Of a language identifier the lower ten bits are the language, the others the region; 4 is LANG_CHINESE.
const (
	primaryLanguage = 0x3ff
	languageChinese = 0x04
)
