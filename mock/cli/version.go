package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version",
		Example: "  understudy version",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(p.stdout, versionLine())
			return err
		},
	}
}

// toolName is what reports call this program.
const toolName = "understudy"

// toolVersion is what this program was built from.
func toolVersion() string {
	version, revision := built()
	return version + revision
}

// versionLine is what this program was built from, and with what.
func versionLine() string {
	version, revision := built()
	return fmt.Sprintf("understudy %s%s %s %s/%s", version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func built() (version, revision string) {
	version = "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			version = info.Main.Version
		}
		for _, s := range info.Settings {
			// A version that was made from the revision has it in it.
			if s.Key == "vcs.revision" && len(s.Value) >= 12 && !strings.Contains(version, s.Value[:12]) {
				revision = " " + s.Value[:12]
			}
		}
	}
	return version, revision
}
