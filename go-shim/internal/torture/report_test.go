package torture

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func report(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// planted names, in the environment of a child process, the fault that it shall run.
const planted = "WIDELANE_PLANTED"

// emulator is the command that runs this binary on another processor, and has to run its children too; empty if there
// is none. Everything takes some twenty times longer then.
var emulator = strings.Fields(os.Getenv("WIDELANE_TEST_EMULATOR"))

// child runs a test of this binary once more, in a process of its own with a fault planted, since the fault may well
// end the process. It returns the output and whether the child failed.
func child(t *testing.T, test, fault string) (output string, failed bool) {
	t.Helper()
	args := append(emulator, os.Args[0], "-test.run=^"+test+"$", "-test.timeout=60s", "-test.v")
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), planted+"="+fault)
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Skip("cannot start a process: ", err)
	}
	return string(out), err != nil
}
