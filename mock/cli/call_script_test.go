package cli_test

import (
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"understudy/mock"
)

// TestCallScripts runs the commands that speak as a client against a simulator at $TARGET; $RECEIVER is its receiver of
// pushes.
func TestCallScripts(t *testing.T) {
	t.Parallel()
	const dir = "testdata/call"
	if found, err := filepath.Glob(dir + "/*.txtar"); err != nil || len(found) == 0 {
		t.Fatalf("no scripts in %s (%v)", dir, err)
	}
	testscript.Run(t, testscript.Params{Dir: dir, Setup: func(env *testscript.Env) error {
		server, err := mock.New(mock.Config{Seed: 1})
		if err != nil {
			return err
		}
		front := httptest.NewServer(server)
		env.Defer(front.Close)
		env.Setenv("TARGET", front.URL)
		env.Setenv("RECEIVER", front.URL+"/wx/wxc/receive")
		return nil
	}})
}
