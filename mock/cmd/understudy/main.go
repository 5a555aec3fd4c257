// Command understudy plays vendors that cannot be reached. See understudy --help.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"understudy/mock/cli"
)

func main() {
	// The commands have logs of their own. To this one net/http writes the bytes that a server sends unasked, and they may be
	// anybody's data.
	log.SetOutput(io.Discard)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal drains. From then on signals have their usual effect, so that a second one ends at once.
	context.AfterFunc(ctx, stop)
	os.Exit(cli.Run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
