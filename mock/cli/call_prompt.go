package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"understudy/mock"
	"understudy/specs"
)

// ask asks for a credential at the terminal; ok is false when nobody sits there.
func (p *program) ask(cmd *cobra.Command, vendor string, slot specs.Slot) (given mock.Credential, ok bool, err error) {
	in, _ := cmd.InOrStdin().(*os.File)
	if in == nil || !isTerminal(in) {
		return mock.Credential{}, false, nil
	}
	fmt.Fprintf(p.stderr, "%s.%s: ", vendor, slot.Name)
	restore, hidden := hideInput(in)
	text, err := interruptible(cmd.Context(), func() (string, error) { return readLine(in) })
	if hidden {
		restore()
		fmt.Fprintln(p.stderr)
	}
	if err != nil {
		return mock.Credential{}, false, fmt.Errorf("%s.%s was not given", vendor, slot.Name)
	}
	if text = strings.TrimSpace(text); text == "" {
		return mock.Credential{}, false, fmt.Errorf("%s.%s is empty", vendor, slot.Name)
	}
	given, err = parseSlot(text, vendor, slot)
	if err != nil {
		return mock.Credential{}, false, fmt.Errorf("%s.%s: %w", vendor, slot.Name, err)
	}
	return given, true, nil
}

// interruptible gives up on what waits for somebody once ctx is done; the reading itself ends with the program.
func interruptible[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type result struct {
		got T
		err error
	}
	done := make(chan result, 1)
	go func() {
		got, err := read()
		done <- result{got, err}
	}()
	select {
	case r := <-done:
		return r.got, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// readLine reads one line and nothing behind it, which the next question may want.
func readLine(r io.Reader) (string, error) {
	var b strings.Builder
	one := bufio.NewReaderSize(byteAtATime{r}, 16)
	for {
		c, err := one.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && b.Len() > 0, err == nil && c == '\n':
			return strings.TrimSuffix(b.String(), "\r"), nil
		case err != nil:
			return "", err
		}
		b.WriteByte(c)
	}
}

// byteAtATime keeps a buffered reader from taking more than it gives.
type byteAtATime struct{ r io.Reader }

func (b byteAtATime) Read(to []byte) (int, error) { return b.r.Read(to[:1]) }
