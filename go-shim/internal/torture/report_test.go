package torture

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"
)

func report(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// planted names, in the environment of a child process, the fault that it shall run.
const planted = "WIDELANE_PLANTED"

// child runs a test of this binary once more, in a process of its own with a fault planted, since the fault may well
// end the process. It returns the output and whether the child failed.
func child(t *testing.T, test, fault string) (output string, failed bool) {
	t.Helper()
	args := []string{os.Args[0], "-test.run=^" + test + "$", "-test.timeout=60s", "-test.v"}
	out, err := run(args, fault)
	if errors.Is(err, syscall.ENOEXEC) && runtime.GOARCH == "arm64" {
		// This process runs in an emulator that the kernel does not know of.
		for _, emulator := range []string{"qemu-aarch64-static", "qemu-aarch64"} {
			if path, lookup := exec.LookPath(emulator); lookup == nil {
				out, err = run(append([]string{path}, args...), fault)
				break
			}
		}
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Skip("cannot start a process: ", err)
	}
	return string(out), err != nil
}

func run(args []string, fault string) ([]byte, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), planted+"="+fault)
	cmd.WaitDelay = 10 * time.Second
	return cmd.CombinedOutput()
}
