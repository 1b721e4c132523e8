package torture

import (
	"os/exec"
	"strings"
	"testing"
)

// The race detector sees what kernels read and write: a program with a race on a kernel's buffers is reported, the same
// program with a lock is not.
func TestRaceDetector(t *testing.T) {
	if testing.Short() || len(emulator) > 0 {
		t.Skip("it builds a program of this machine, which takes a while")
	}
	for _, c := range []struct {
		lock string
		race bool
	}{{"", true}, {"lock", false}} {
		for _, kernel := range []string{"sum", "add", "index"} {
			out, err := exec.Command("go", "run", "-race", "./testdata/race", kernel, c.lock).CombinedOutput()
			text := string(out)
			if err != nil && !strings.Contains(text, "DATA RACE") {
				t.Skipf("cannot build for the race detector: %v\n%s", err, text)
			}
			if found := err != nil; found != c.race {
				t.Errorf("%s %s: race reported: %v\n%s", kernel, c.lock, found, text)
			}
		}
	}
}
