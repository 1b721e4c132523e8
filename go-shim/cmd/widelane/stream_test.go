package main

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"testing"
	"testing/iotest"
)

// Where this variable names a file, the program writes its peak memory there.
const peakTo = "WIDELANE_TEST_PEAK"

var peakLine = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

func writePeak(path string) {
	status, err := os.ReadFile("/proc/self/status")
	if err == nil {
		err = os.WriteFile(path, peakLine.FindSubmatch(status)[1], 0o666)
	}
	if err != nil {
		panic(err)
	}
}

// repeated is n bytes of a pattern, made as they are read.
type repeated struct {
	pattern []byte
	n, at   int64
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.at == r.n {
		return 0, io.EOF
	}
	from := r.pattern[r.at%int64(len(r.pattern)):]
	n := copy(p, from[:min(int64(len(from)), r.n-r.at)])
	r.at += int64(n)
	return n, nil
}

// Memory does not grow with the input.
func TestConstantMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("NOT TESTED: the peak of memory is read from Linux's /proc")
	}
	small, big := int64(8<<20), int64(400<<20)
	if testing.Short() {
		big = 40 << 20
	}
	pattern := make([]byte, 76*1000)
	for i := range pattern {
		pattern[i] = 'A' + byte(i%26)
		if i%77 == 76 {
			pattern[i] = '\n'
		}
	}
	pattern = pattern[:77*980]
	for _, args := range [][]string{
		{"crc32"}, {"base64"}, {"base64", "-w", "0"}, {"base64", "-w", "1"}, {"base64", "-d"}, {"base64", "-di"},
	} {
		peak := func(n int64) int {
			path := filepath.Join(t.TempDir(), "peak")
			cmd := program(t, args...)
			cmd.Env = append(cmd.Env, peakTo+"="+path)
			cmd.Stdout = io.Discard
			if got := capture(t, cmd, &repeated{pattern: pattern, n: n / 77 / 4 * 77 * 4}); got.status != 0 {
				t.Fatalf("%q: %+v", args, got)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			kB, err := strconv.Atoi(string(text))
			if err != nil {
				t.Fatal(err)
			}
			return kB
		}
		little, much := peak(small), peak(big)
		t.Logf("%q: %d kB for %d MiB, %d kB for %d MiB", args, little, small>>20, much, big>>20)
		// An emulator needs memory of its own.
		if much > little+8<<10 || much > 40<<10 && os.Getenv(emulatedBy) == "" {
			t.Errorf("%q takes %d kB for %d MiB and %d kB for %d MiB", args, little, small>>20, much, big>>20)
		}
	}
}

// A stream gives every byte once and in order, however long the reads are, and hands errors on after what was read.
func TestStream(t *testing.T) {
	broken := errors.New("broken")
	data := make([]byte, 3*aheadAfter+12345)
	for i := range data {
		data[i] = byte(i * i >> 7)
	}
	for _, n := range []int{0, 1, bufferSize - 1, bufferSize, aheadAfter - 1, aheadAfter, aheadAfter + 1, len(data)} {
		for name, wrap := range map[string]func(io.Reader) io.Reader{
			"whole":          func(r io.Reader) io.Reader { return r },
			"half":           iotest.HalfReader,
			"data and error": iotest.DataErrReader,
			"broken":         func(r io.Reader) io.Reader { return io.MultiReader(r, iotest.ErrReader(broken)) },
		} {
			var want error
			if name == "broken" {
				want = broken
			}
			var s stream
			for range 2 {
				sum, total := uint32(0), 0
				err := s.each(wrap(bytes.NewReader(data[:n])), func(p []byte) error {
					sum = crc32.Update(sum, crc32.IEEETable, p)
					total += len(p)
					return nil
				})
				if err != want || total != n || sum != crc32.ChecksumIEEE(data[:n]) {
					t.Errorf("%s, %d bytes: %v, %d bytes", name, n, err, total)
				}
			}
		}
	}
	for _, at := range []int{0, aheadAfter, 2 * aheadAfter} {
		var s stream
		total := 0
		err := s.each(bytes.NewReader(data), func(p []byte) error {
			if total += len(p); total > at {
				return broken
			}
			return nil
		})
		if err != broken || total > at+bufferSize {
			t.Errorf("stop after %d bytes: %v after %d", at, err, total)
		}
	}
}

// What cannot be written is an error, with nothing but a message about it.
func TestWriteErrors(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skipf("NOT TESTED: full disks: %v", err)
	}
	dir := write(t, map[string]string{"small": "text", "big": string(make([]byte, 4<<20)), "list": "00000000  small\n"})
	for _, args := range [][]string{
		{"crc32", "small"}, {"crc32", "-c", "list"}, {"crc32", "--help"},
		{"base64", "small"}, {"base64", "big"}, {"base64", "-w0", "big"}, {"help"}, {"version"},
	} {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		cmd := program(t, args...)
		cmd.Stdout, cmd.Dir = full, dir
		got := capture(t, cmd, nil)
		full.Close()
		want := result{"", fmt.Sprintf("widelane %s: write error: No space left on device\n", args[0]), 1}
		if got != want {
			t.Errorf("%q: %+v", args, got)
		}
	}
}

// A reader that goes away ends the program at once and silently, as it ends every filter.
func TestBrokenPipe(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		t.Skip("NOT TESTED: signals of pipes are a matter of Unix")
	}
	for _, args := range [][]string{{"base64"}, {"base64", "-w0"}} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		cmd := program(t, args...)
		cmd.Stdout = w
		endless := &repeated{pattern: make([]byte, 1<<20), n: 1 << 40}
		got := capture(t, cmd, endless)
		w.Close()
		if got.status != -1 || got.err != "" {
			t.Errorf("%q: %+v", args, got)
		}
	}
}
