package main

import (
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// pty returns both ends of a new terminal, as <linux/tty.h> numbers the requests.
func pty(t *testing.T) (master, slave *os.File) {
	t.Helper()
	const unlock, number, noControl = 0x40045431, 0x80045430, 0x100
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("NOT TESTED: no terminals here: %v", err)
	}
	t.Cleanup(func() { master.Close() })
	var n int32
	for _, request := range []uintptr{unlock, number} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, master.Fd(), request, uintptr(unsafe.Pointer(&n))); errno != 0 {
			t.Skipf("NOT TESTED: no terminals here: %v", errno)
		}
	}
	slave, err = os.OpenFile(filepath.Join("/dev/pts", itoa(int(n))), os.O_RDWR|noControl, 0)
	if err != nil {
		t.Skipf("NOT TESTED: no terminals here: %v", err)
	}
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

// A screen collects what a program writes to a terminal.
type screen struct {
	mutex sync.Mutex
	text  []byte
	ended chan struct{}
}

func watch(master *os.File) *screen {
	s := &screen{ended: make(chan struct{})}
	go func() {
		// The end of a terminal is an error of its own.
		io.Copy(s, master)
		close(s.ended)
	}()
	return s
}

func (s *screen) Write(p []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.text = append(s.text, p...)
	return len(p), nil
}

func (s *screen) String() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return string(s.text)
}

// onTerminal runs a program with a terminal for standard error or output, feeds it for a while and until the terminal
// shows so many progress lines, which a busy machine or an emulator may take long to come to, and returns what the
// terminal saw.
func onTerminal(t *testing.T, cmd *exec.Cmd, feed time.Duration, lines int, signal os.Signal) (string, *os.ProcessState) {
	t.Helper()
	master, slave := pty(t)
	if cmd.Stdout == nil {
		cmd.Stdout = slave
	}
	cmd.Stderr = slave
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	seen := watch(master)
	start := time.Now()
	wanted := func() bool {
		return time.Since(start) < feed || len(progressLine.FindAllString(seen.String(), lines)) < lines
	}
	for wanted() && time.Since(start) < time.Minute {
		stdin.Write(make([]byte, 32<<10))
		time.Sleep(time.Millisecond)
	}
	if signal != nil {
		cmd.Process.Signal(signal)
	} else {
		stdin.Close()
	}
	cmd.Wait()
	stdin.Close()
	<-seen.ended
	return withoutNoise(seen.String()), cmd.ProcessState
}

const clearLine = "\r\x1b[K"

var progressLine = regexp.MustCompile(`\r\x1b\[K-  +\d[\d.]* [kM]B +\d[\d.]* [kMG]B/s`)

// Long work shows how far it is, and takes that away before the result.
func TestProgress(t *testing.T) {
	seen, state := onTerminal(t, program(t, "crc32"), 0, 2, nil)
	if len(progressLine.FindAllString(seen, -1)) < 2 || state.ExitCode() != 0 {
		t.Fatalf("%v: %q", state, seen)
	}
	lines := strings.Split(seen, clearLine)
	if last := lines[len(lines)-1]; !regexp.MustCompile(`^[0-9a-f]{8}  -\r\n$`).MatchString(last) {
		t.Errorf("the result is not by itself: %q", seen)
	}
}

func TestNoProgressForShortWork(t *testing.T) {
	seen, _ := onTerminal(t, program(t, "crc32"), 50*time.Millisecond, 0, nil)
	if strings.Contains(seen, "\x1b") {
		t.Errorf("%q", seen)
	}
}

// A terminal that shows the output of base64 shows nothing else.
func TestNoProgressInOutput(t *testing.T) {
	seen, _ := onTerminal(t, program(t, "base64"), 1500*time.Millisecond, 0, nil)
	if strings.Contains(seen, "\x1b") || !strings.HasPrefix(seen, "AAAA") {
		t.Errorf("%.200q", seen)
	}
}

// Ctrl-C takes the progress line away and ends the program by the signal.
func TestInterrupt(t *testing.T) {
	// Who runs this test in the background of a shell script has SIGINT ignored, and so would the program. What is caught
	// here starts over at its default there.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	defer signal.Stop(signals)
	cmd := program(t, "base64")
	cmd.Stdout = io.Discard
	seen, state := onTerminal(t, cmd, 0, 1, os.Interrupt)
	status := state.Sys().(syscall.WaitStatus)
	if !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("ended by %v", state)
	}
	if !progressLine.MatchString(seen) || !strings.HasSuffix(seen, clearLine) {
		t.Errorf("%q", seen)
	}
}

func TestColors(t *testing.T) {
	for _, c := range []struct {
		env  []string
		want bool
	}{
		{[]string{"TERM=xterm", "NO_COLOR="}, true},
		{[]string{"TERM=xterm", "NO_COLOR=1"}, false},
		{[]string{"TERM=dumb", "NO_COLOR="}, false},
		{[]string{"TERM=", "NO_COLOR="}, false},
	} {
		cmd := program(t, "cpu")
		cmd.Env = append(cmd.Env, c.env...)
		seen, _ := onTerminal(t, cmd, 0, 0, nil)
		if got := strings.Contains(seen, "\x1b["); got != c.want || !strings.Contains(seen, "KERNEL") {
			t.Errorf("%q: %q", c.env, seen)
		}
	}
}

func TestProgressLine(t *testing.T) {
	for _, c := range []struct {
		p       progress
		elapsed time.Duration
		want    string
	}{
		{progress{name: "-", total: -1, done: 3e9}, 2 * time.Second, "-                              3.00 GB   1.50 GB/s"},
		{progress{name: "a\x1bb", total: 4e9, done: 1e9}, time.Second, `"a\x1bb"                       1.00 GB   1.00 GB/s   25 %  ETA 0:03`},
		{progress{name: strings.Repeat("x", 99), total: 9e15, done: 1e9}, time.Second, "...xxxxxxxxxxxxxxxxxxxxxxxxx   1.00 GB   1.00 GB/s    0 %  ETA 2499:59:59"},
		// A file that grew.
		{progress{name: "log", total: 1e9, done: 2e9}, time.Second, "log                            2.00 GB   2.00 GB/s"},
	} {
		if got := c.p.line(c.elapsed); got != c.want || len(got) > 79 {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}
