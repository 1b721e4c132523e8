//go:build (amd64 || arm64) && gc && !purego && !noasm && !plan9 && !js && !wasip1 && !msan && !asan && !windows

// Not on Windows: its profiler counts the time on the wall, so that a busy machine leaves no samples.

package asmcall

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"os"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/widelane/widelane/go-shim/internal/callee"
)

// TestProfile: samples within a callee that the runtime knows name the Go function that called it, through the stub.
// Samples come by processor time, so what is fixed is the work.
func TestProfile(t *testing.T) {
	if os.Getenv("WIDELANE_TEST_EMULATOR") != "" {
		t.Skip("emulators have no timers of processor time")
	}
	with, of := 0, 0
	for tries := 0; of < 10 && tries < 10; tries++ {
		var profile bytes.Buffer
		if err := pprof.StartCPUProfile(&profile); err != nil {
			t.Fatal(err)
		}
		for _, way := range onStack {
			profiledCaller(func() { way.call(callee.Spin, 10*spins) })
		}
		pprof.StopCPUProfile()
		w, o := stacks(t, profile.Bytes())
		with, of = with+w, of+o
	}
	if of == 0 || with*10 < of*9 {
		t.Errorf("%d of %d samples in the callee name its caller", with, of)
	}
}

// stacks counts the samples of a profile in the callee, and those among them that name profiledCaller.
func stacks(t *testing.T, profile []byte) (with, of int) {
	t.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(profile))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	return readProfile(raw)
}

// readProfile decodes as much of a CPU profile, a protocol buffer, as it takes to name the functions of its samples.
func readProfile(raw []byte) (with, of int) {
	var samples [][]byte
	names := []string{}
	function := map[uint64]uint64{} // to its name
	location := map[uint64][]byte{}
	fields(raw, func(number int, _ uint64, b []byte) {
		switch number {
		case 2:
			samples = append(samples, b)
		case 4:
			location[first(b, 1)] = b
		case 5:
			function[first(b, 1)] = first(b, 2)
		case 6:
			names = append(names, string(b))
		}
	})
	for _, sample := range samples {
		var stack []string
		fields(sample, func(number int, value uint64, b []byte) {
			for _, id := range packed(number == 1, value, b) {
				fields(location[id], func(number int, _ uint64, line []byte) {
					if number == 4 {
						stack = append(stack, names[function[first(line, 1)]])
					}
				})
			}
		})
		if len(stack) == 0 || !strings.HasSuffix(stack[0], "cspin") {
			continue
		}
		of++
		if strings.Contains(strings.Join(stack, " "), "asmcall.profiledCaller") {
			with++
		}
	}
	return with, of
}

// fields calls f for each field of a message, with its value or its bytes.
func fields(raw []byte, f func(number int, value uint64, b []byte)) {
	for len(raw) > 0 {
		key, n := binary.Uvarint(raw)
		value, m := binary.Uvarint(raw[n:])
		raw = raw[n+m:]
		if key&7 != 2 {
			f(int(key>>3), value, nil)
			continue
		}
		f(int(key>>3), 0, raw[:value])
		raw = raw[value:]
	}
}

func first(raw []byte, wanted int) (found uint64) {
	fields(raw, func(number int, value uint64, _ []byte) {
		if number == wanted {
			found = value
		}
	})
	return found
}

// packed are the numbers of a repeated field, in either of its forms.
func packed(wanted bool, value uint64, b []byte) (list []uint64) {
	if !wanted {
		return nil
	}
	if b == nil {
		return []uint64{value}
	}
	for len(b) > 0 {
		v, n := binary.Uvarint(b)
		list = append(list, v)
		b = b[n:]
	}
	return list
}
