//go:build unix

package authority

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// unwritable names the folder in the program's environment that another user is to try.
const unwritable = "UNDERSTUDY_TEST_UNWRITABLE"

// TestUnwritableFolder needs a user whom modes bind. They do not bind root, so root lets nobody try.
func TestUnwritableFolder(t *testing.T) {
	t.Parallel()
	dir := os.Getenv(unwritable)
	switch {
	case dir == "" && os.Getuid() == 0:
		asNobody(t)
		return
	case dir == "":
		dir = filepath.Join(t.TempDir(), "kept")
		if err := os.Mkdir(dir, 0o500); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), "choose a folder that this user may write to") {
		t.Errorf("the error is %v", err)
	}
}

// asNobody runs this test again as a user without rights, in a copy of the program that this user may read.
func asNobody(t *testing.T) {
	t.Helper()
	const nobody = 65534
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	place, err := os.MkdirTemp("", "understudy-nobody-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(place) })
	copied := filepath.Join(place, "authority.test")
	if err := os.WriteFile(copied, program, 0o755); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(place, "kept")
	if err := os.Mkdir(kept, 0o500); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{place: 0o755, copied: 0o755, kept: 0o555} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	run := exec.CommandContext(t.Context(), copied, "-test.run=^TestUnwritableFolder$", "-test.v")
	run.Dir, run.Env = place, append(os.Environ(), unwritable+"="+kept)
	run.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := run.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestUnwritableFolder") {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
}
