package torture

import (
	"bytes"
	"testing"
	"unsafe"

	"github.com/widelane/widelane/go-shim/internal/guard"
)

// longest is the longest input tried at the ends of protected memory, one page.
const longest = 4096

// check compares one call with what it should give, its output included.
func (r row) check(in, out []byte) (ok bool) {
	want := make([]byte, len(out))
	return r.call(in, out) == r.want(in, want) && bytes.Equal(out, want)
}

// arenas are an input that cannot be written and an output, between pages that cannot be accessed.
type arenas struct{ in, out *guard.Arena }

func newArenas(t *testing.T, r row) arenas {
	t.Helper()
	room := 0
	if r.room != nil {
		room = r.room(longest)
	}
	var all [2]*guard.Arena
	for i, n := range []int{longest, room} {
		a, err := guard.New(n)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { a.Free() })
		all[i] = a
	}
	copy(all[0].Bytes(), r.input(len(all[0].Bytes())))
	if err := all[0].Freeze(); err != nil {
		t.Fatal(err)
	}
	return arenas{all[0], all[1]}
}

// walk calls r at every length with input and output flush at the ends, then at the starts, of their memory. It stops
// at the first fault or wrong result and says where; "" if there was none.
func (a arenas) walk(r row) string {
	n, place, wrong := 0, "", false
	var in []byte
	address, faulted := guard.Fault(func() {
		for n = 0; n <= r.fit(longest) && !wrong; n += r.unit {
			room := 0
			if r.room != nil {
				room = r.room(n)
			}
			place, in = "end", a.in.Tail(n)
			if wrong = !r.check(in, a.out.Tail(room)); wrong {
				return
			}
			place, in = "start", a.in.Head(n)
			if wrong = !r.check(in, a.out.Head(room)); wrong {
				return
			}
		}
	})
	switch {
	case faulted:
		return report("touched byte %d of %d, flush at the %s", int(address-uintptr(unsafe.Pointer(unsafe.SliceData(in)))), n, place)
	case wrong:
		return report("wrong result, length %d, flush at the %s", n, place)
	}
	return ""
}

func TestGuardPages(t *testing.T) {
	if !guard.Supported {
		t.Skip("no guard pages on this system")
	}
	each(t, func(t *testing.T, r row) {
		if found := newArenas(t, r).walk(r); found != "" {
			t.Error(found)
		}
	})
}

// The walk finds one byte too many on either side, read or written, and one wrong answer.
func TestGuardPagesPlanted(t *testing.T) {
	if !guard.Supported {
		t.Skip("no guard pages on this system")
	}
	byteAt := func(p []byte, i int) *byte {
		return (*byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(p)), i))
	}
	same := func(n int) int { return n }
	for want, faulty := range map[string]func(in, out []byte) uint64{
		"touched byte 33 of 33, flush at the end": func(in, out []byte) uint64 {
			if len(in) == 33 {
				sink += uint64(*byteAt(in, 33))
			}
			return 0
		},
		"touched byte -1 of 7, flush at the start": func(in, out []byte) uint64 {
			if len(in) == 7 {
				sink += uint64(*byteAt(in, -1))
			}
			return 0
		},
		"touched byte 0 of 64, flush at the end": func(in, out []byte) uint64 {
			if len(in) == 64 {
				*byteAt(in, 0) = 0 // the input is not its to write
			}
			return 0
		},
		"wrong result, length 4096, flush at the start": func(in, out []byte) uint64 {
			if len(in) == 4096 && uintptr(unsafe.Pointer(&in[0]))%4096 == 0 {
				out[4095] = 1
			}
			return 0
		},
	} {
		r := row{unit: 1, align: 1, room: same, call: faulty, want: func(_, _ []byte) uint64 { return 0 }}
		a := newArenas(t, r)
		clear(a.out.Bytes())
		found := a.walk(r)
		// In a whole page the end's input is the start's.
		if found != want && !(want[:5] == "wrong" && found[:5] == "wrong") {
			t.Errorf("found %q, planted %q", found, want)
		}
	}
}

// Every length to 1024 at every alignment of a cache line.
func TestAlignments(t *testing.T) {
	each(t, func(t *testing.T, r row) {
		if found := alignments(r, r.input(1024+64)); found != "" {
			t.Error(found)
		}
	})
}

func alignments(r row, source []byte) string {
	memory := make([]byte, len(source)+64)
	start := -int(uintptr(unsafe.Pointer(&memory[0]))) & 63
	memory = memory[start : start+len(source)]
	copy(memory, source)
	for n := 0; n <= r.fit(1024); n += r.unit {
		out := r.output(n)
		for at := 0; at < 64; at += r.align {
			if !r.check(memory[at:at+n:at+n], out) {
				return report("wrong result, length %d, alignment %d", n, at)
			}
		}
	}
	return ""
}

func TestAlignmentsPlanted(t *testing.T) {
	r := table[0]
	right := r.call
	r.call = func(in, out []byte) uint64 {
		wrong := len(in) == 776 && uintptr(unsafe.Pointer(&in[0]))%64 == 56
		if wrong {
			return right(in, out) + 1
		}
		return right(in, out)
	}
	if found := alignments(r, random(1024+64)); found != "wrong result, length 776, alignment 56" {
		t.Errorf("found %q", found)
	}
}

// Nothing is allocated, and what is passed stays where it is: in the caller's frame.
func TestNoAllocation(t *testing.T) {
	if detector {
		t.Skip("what the race detector is told of moves to the heap")
	}
	each(t, func(t *testing.T, r row) {
		if n := testing.AllocsPerRun(100, r.local); n != 0 {
			t.Errorf("%v allocations a call", n)
		}
	})
}

// Through a variable the compiler cannot see that the buffer stays: the same call allocates it.
func TestNoAllocationPlanted(t *testing.T) {
	call := table[0].call
	n := testing.AllocsPerRun(100, func() {
		var buf [64]byte
		sink += call(buf[:], nil)
	})
	if n == 0 {
		t.Error("an allocation was not noticed")
	}
}
