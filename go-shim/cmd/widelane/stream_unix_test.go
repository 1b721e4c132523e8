//go:build unix

package main

import (
	"os"
	"testing"
)

// A reader that goes away ends the program at once and silently, as it ends every filter.
func TestBrokenPipe(t *testing.T) {
	for _, args := range [][]string{{"base64"}, {"base64", "-w0"}, {"base32"}, {"base32", "-w0"}, {"hex"}, {"hex", "-uw0"}} {
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
