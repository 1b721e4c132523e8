package torture

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The race detector sees what kernels read and write: a program with a race on a kernel's buffers is reported, the same
// program with a lock is not.
func TestRaceDetector(t *testing.T) {
	if testing.Short() || len(emulator) > 0 {
		t.Skip("it builds a program of this machine, which takes a while")
	}
	program := filepath.Join(t.TempDir(), "race.exe")
	if out, err := exec.Command("go", "build", "-race", "-o", program, "./testdata/race").CombinedOutput(); err != nil {
		t.Skipf("cannot build for the race detector: %v\n%s", err, out)
	}
	for _, kernel := range []string{
		"sum", "add", "index", "crc32", "castagnoli", "digest", "crc64", "encode", "encode to", "decode", "decode to",
		"base32", "base32 to", "base32 decode", "base32 decode to",
		"hex", "hex to", "hex decode", "hex decode to",
		"latin1", "latin1 from", "latin1 to", "utf16 from", "utf16 to", "valid", "runes", "xxh3", "adler32",
	} {
		for lock, race := range map[string]bool{"": true, "lock": false} {
			cmd := exec.Command(program, kernel, lock)
			cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0") // a second otherwise
			out, err := cmd.CombinedOutput()
			if found := strings.Contains(string(out), "DATA RACE"); found != race || found != (err != nil) {
				t.Errorf("%s %s: race reported: %v, %v\n%s", kernel, lock, found, err, out)
			}
		}
	}
}
