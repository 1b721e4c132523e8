package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

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

// Memory does not grow with the input.
func TestConstantMemory(t *testing.T) {
	small, big := int64(8<<20), int64(400<<20)
	if testing.Short() {
		big = 40 << 20
	}
	pattern := make([]byte, 76*1000)
	for i := range pattern {
		// Digits of base32, base64 and hexadecimal.
		pattern[i] = 'A' + byte(i%6)
		if i%77 == 76 {
			pattern[i] = '\n'
		}
	}
	pattern = pattern[:77*980]
	commands := [][]string{
		{"crc32"}, {"crc64"}, {"xxh3"}, {"adler32"}, {"base64"}, {"base64", "-w", "0"}, {"base64", "-w", "1"}, {"base64", "-d"}, {"base64", "-di"},
		{"hex"}, {"hex", "-w", "0"}, {"hex", "-d"}, {"base32"}, {"base32", "-w", "0"}, {"base32", "-d"},
		{"utf8"},
	}
	if testing.Short() { // One piece of code streams for all checksums, another for all codecs.
		commands = [][]string{{"crc32"}, {"base64", "-d"}, {"utf8"}}
	}
	for _, args := range commands {
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

// What cannot be written is an error, with nothing but a message about it.
func TestWriteErrors(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skipf("NOT TESTED: full disks: %v", err)
	}
	dir := write(t, map[string]string{"small": "text", "big": string(make([]byte, 4<<20)), "list": "00000000  small\n"})
	for _, args := range [][]string{
		{"crc32", "small"}, {"crc64", "small"}, {"xxh3", "small"}, {"crc32", "-c", "list"}, {"crc32", "--help"},
		{"base64", "small"}, {"base64", "big"}, {"base64", "-w0", "big"}, {"base32", "big"}, {"hex", "small"}, {"hex", "small", "big", "none"}, {"utf8", "-v", "small"}, {"help"}, {"version"},
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
