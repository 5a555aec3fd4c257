package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// read returns a file's text, or that of standard input for -.
func (p *program) read(cmd *cobra.Command, name string) ([]byte, error) {
	if name == "-" {
		return p.readInput(cmd)
	}
	file, err := openNamed(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := readGiven(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", oneLine(name, 200), err)
	}
	return text, nil
}

// openNamed opens a file that somebody has named.
func openNamed(name string) (*os.File, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		if filepath.IsAbs(name) {
			return nil, fmt.Errorf("there is no file %s", oneLine(name, 200))
		}
		return nil, fmt.Errorf("there is no file %s; a path is relative to the working directory", oneLine(name, 200))
	}
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		_ = file.Close()
		return nil, fmt.Errorf("%s is a directory; name a file", oneLine(name, 200))
	}
	return file, nil
}

// readText reads a whole file of UTF-8 text. A byte order mark at its beginning, which some editors leave, is dropped.
func readText(name string, most int64) ([]byte, error) {
	file, err := openNamed(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(text)) > most:
		return nil, fmt.Errorf("%s is larger than %d bytes", name, most)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("%s is not UTF-8 text; save it as UTF-8", name)
	}
	return text, nil
}

// readInput returns standard input's text.
func (p *program) readInput(cmd *cobra.Command) ([]byte, error) {
	in := cmd.InOrStdin()
	if isTerminal(in) {
		fmt.Fprintln(p.stderr, p.speech.of("reading from the terminal; end with Ctrl-D (Windows: Ctrl-Z, Enter)", "正在从终端读取，按 Ctrl-D 结束（Windows：Ctrl-Z 后回车）"))
	}
	text, err := interruptible(cmd.Context(), func() ([]byte, error) { return readGiven(in) })
	if err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	return text, nil
}

func readGiven(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxGiven+1))
	switch {
	case err != nil:
		return nil, errors.New("it cannot be read")
	case len(text) > maxGiven:
		return nil, fmt.Errorf("it is larger than %d bytes", maxGiven)
	}
	return plainText(text)
}

// plainText makes UTF-8 without a byte order mark of what editors and shells hand over: UTF-8, UTF-16 in either order with
// or without its mark (PowerShell), GBK (a Chinese console).
func plainText(text []byte) ([]byte, error) {
	order, guess := unicode.LittleEndian, false
	switch {
	case bytes.HasPrefix(text, []byte("\xFF\xFE")), bytes.HasPrefix(text, []byte("\xFE\xFF")):
		guess = true
	case zeros(text, 1) > 0 && zeros(text, 0) == 0:
		guess = true
	case zeros(text, 0) > 0 && zeros(text, 1) == 0:
		order, guess = unicode.BigEndian, true
	}
	if guess {
		decoded, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(text)
		if err != nil {
			return nil, errors.New("it looks like UTF-16 and is not; save it as UTF-8")
		}
		return decoded, nil
	}
	text = bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF"))
	if utf8.Valid(text) {
		return text, nil
	}
	decoded, err := simplifiedchinese.GBK.NewDecoder().Bytes(text)
	if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
		return nil, errors.New("it is neither UTF-8, UTF-16 nor GBK text; save it as UTF-8")
	}
	return decoded, nil
}

// zeros counts the NUL bytes at the odd or the even places of a text's beginning: ASCII in UTF-16 has them in one half.
func zeros(text []byte, from int) int {
	n := 0
	for i := from; i < min(len(text), 64); i += 2 {
		if text[i] == 0 {
			n++
		}
	}
	return n
}

// trimLineEnd drops the line end that echo, an editor or a pipe puts behind a text.
func trimLineEnd(text []byte) string {
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
}

// isTerminal says whether somebody sits at the other end.
func isTerminal(stream any) bool {
	if out, ok := stream.(*kept); ok {
		stream = out.w
	}
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	nowhere, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, nowhere)
}
