package torture

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	stdutf8 "unicode/utf8"
	"unsafe"

	"github.com/widelane/widelane/go-shim/bytealg"
	"github.com/widelane/widelane/go-shim/internal/impl"
	"github.com/widelane/widelane/go-shim/internal/probe"
	"github.com/widelane/widelane/go-shim/internal/variants"
	"github.com/widelane/widelane/go-shim/unicode/utf8"
	"github.com/widelane/widelane/go-shim/vec"
)

// row is a Go function that reaches one kernel.
type row struct {
	kernel string // as registered: each of its variants is tried
	unit   int    // input lengths are multiples of it, in bytes
	align  int    // and addresses of this
	most   int    // longest input for one call; 0 if there is no limit

	fill  func(p []byte)              // makes random bytes an input; nil if they are one
	room  func(n int) int             // length of the output for n bytes of input; nil if there is none
	call  func(in, out []byte) uint64 // the function; what it returns, as one word
	want  func(in, out []byte) uint64 // the same by other means
	wild  bool                        // the call does not follow its pointer
	local func()                      // a call whose buffers lie in the caller's frame

	// A loop with nothing in it but calls, inlined where they can be, until it is told to stop.
	loop func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64)
}

// sink takes results that nobody looks at.
var sink uint64

var table = []row{
	{
		kernel: "vec_sum", unit: 8, align: 8,
		call: func(in, _ []byte) uint64 { return vec.Sum(words(in)) },
		want: func(in, _ []byte) (sum uint64) {
			for ; len(in) > 0; in = in[8:] {
				sum += binary.NativeEndian.Uint64(in)
			}
			return
		},
		local: func() {
			var buf [64]uint64
			sink += vec.Sum(buf[:])
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			p := words(in)
			for i := 0; i < turns && !stop.Load(); i++ {
				sum += vec.Sum(p)
			}
			return
		},
	},
	{
		kernel: "vec_add", unit: 16, align: 8, // the first half and the second
		room: func(n int) int { return n / 2 },
		call: func(in, out []byte) uint64 {
			vec.Add(words(out), words(in[:len(in)/2]), words(in[len(in)/2:]))
			return 0
		},
		want: func(in, out []byte) uint64 {
			for a, b := in[:len(in)/2], in[len(in)/2:]; len(a) > 0; a, b, out = a[8:], b[8:], out[8:] {
				sum := binary.NativeEndian.Uint64(a) + binary.NativeEndian.Uint64(b)
				binary.NativeEndian.PutUint64(out, sum)
			}
			return 0
		},
		local: func() {
			var dst, a, b [64]uint64
			vec.Add(dst[:], a[:], b[:])
			sink += dst[0]
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			dst, a, b := words(out), words(in[:len(in)/2]), words(in[len(in)/2:])
			for i := 0; i < turns && !stop.Load(); i++ {
				vec.Add(dst, a, b)
			}
			return
		},
	},
	{
		kernel: "bytealg_index_byte", unit: 1, align: 1,
		// Two needles are never there.
		fill: func(p []byte) {
			for i, x := range p {
				if x == 0 || x == 0x80 {
					p[i]++
				}
			}
		},
		call: func(in, _ []byte) (all uint64) {
			for _, c := range [...]byte{0, 0x7f, 0x80, 0xff} {
				all = all<<16 ^ uint64(bytealg.IndexByte(in, c))
			}
			return
		},
		want: func(in, _ []byte) (all uint64) {
			for _, c := range [...]byte{0, 0x7f, 0x80, 0xff} {
				all = all<<16 ^ uint64(bytes.IndexByte(in, c))
			}
			return
		},
		local: func() {
			var buf [200]byte
			sink += uint64(bytealg.IndexByte(buf[:], 1))
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			for i := 0; i < turns && !stop.Load(); i++ {
				sum += uint64(bytealg.IndexByte(in, 0))
			}
			return
		},
	},
	{
		kernel: "utf8_valid_up_to", unit: 1, align: 1,
		fill: textual,
		call: func(in, _ []byte) uint64 { return uint64(utf8.ValidUpTo(in)) },
		want: func(in, _ []byte) uint64 { return upTo(in) },
		local: func() {
			var buf [200]byte
			sink += uint64(utf8.ValidUpTo(buf[:]))
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			for i := 0; i < turns && !stop.Load(); i++ {
				sum += uint64(utf8.ValidUpTo(in))
			}
			return
		},
	},
	{
		kernel: "utf8_rune_count", unit: 1, align: 1,
		call: func(in, _ []byte) uint64 { return uint64(utf8.RuneCount(in)) },
		want: func(in, _ []byte) uint64 { return uint64(stdutf8.RuneCount(in)) },
		local: func() {
			var buf [200]byte
			sink += uint64(utf8.RuneCount(buf[:]))
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			for i := 0; i < turns && !stop.Load(); i++ {
				sum += uint64(utf8.RuneCount(in))
			}
			return
		},
	},
	{
		kernel: "probe_spill", unit: 8, align: 8, most: 1 << 10,
		call: func(in, _ []byte) uint64 { return probe.Spill(words(in), 3) },
		want: func(in, _ []byte) uint64 { return spilled(words(in), 3) },
		local: func() {
			var buf [64]uint64
			sink += probe.Spill(buf[:], 1)
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			p := words(in)
			for i := 0; i < turns && !stop.Load(); i++ {
				sum += probe.Spill(p, 1)
			}
			return
		},
	},
	{
		kernel: "probe_nothing", unit: 1, align: 1, wild: true,
		call: func(in, _ []byte) uint64 { return probe.Nothing(in, uint64(len(in))+1) },
		want: func(in, _ []byte) uint64 { return uint64(len(in)) + 1 },
		local: func() {
			var buf [8]byte
			sink += probe.Nothing(buf[:], 1)
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			for i := 0; i < turns && !stop.Load(); i++ {
				sum += probe.Nothing(in, 1)
			}
			return
		},
	},
}

// textual makes random bytes valid UTF-8: ASCII, pairs and what else there is place for.
func textual(p []byte) {
	for at := 0; at < len(p); {
		r := rune(p[at] & 0x7f)
		if seed := rune(p[at]); seed >= 0x80 {
			r = seed * seed * 17 // below 0x110000, and at most once in the range of surrogates, which become U+FFFD
		}
		if n := stdutf8.RuneLen(r); n < 0 || n > len(p)-at {
			r = '.'
		}
		at += stdutf8.EncodeRune(p[at:], r)
	}
}

// upTo is the definition of utf8's valid_up_to.
func upTo(p []byte) uint64 {
	for at := 0; at < len(p); {
		r, n := stdutf8.DecodeRune(p[at:])
		if r == stdutf8.RuneError && n == 1 {
			return uint64(at)
		}
		at += n
	}
	return uint64(len(p))
}

// spilled is the definition of probe's spill.
func spilled(p []uint64, rounds int) (mixed uint64) {
	if len(p) < 2 {
		return uint64(len(p))
	}
	rotate := func(x uint64, n int) uint64 { return x<<(n&63) | x>>(-n&63) }
	var s [16]uint64
	for i := range s {
		s[i] = rotate(p[0], i) ^ p[len(p)-1]
	}
	for range rounds {
		for _, x := range p {
			for i := range s {
				s[i] = rotate(s[i]+(s[(i+1)%len(s)]^x), i+1)
			}
		}
	}
	for _, x := range s {
		mixed ^= x
	}
	return mixed
}

// header is how a slice lies in memory.
type header struct {
	data     unsafe.Pointer
	len, cap int
}

// words returns the bytes as words of the machine's order. Not by unsafe.Slice, which refuses what [nowhere] makes.
func words(p []byte) []uint64 {
	h := header{unsafe.Pointer(unsafe.SliceData(p)), len(p) / 8, len(p) / 8}
	return *(*[]uint64)(unsafe.Pointer(&h))
}

// output returns room for a row's output of n bytes of input.
func (r row) output(n int) []byte {
	if r.room == nil {
		return nil
	}
	return make([]byte, r.room(n))
}

// fit cuts a length down to one that the row takes.
func (r row) fit(n int) int {
	if r.most != 0 {
		n = min(n, r.most)
	}
	return n / r.unit * r.unit
}

// input returns n bytes that r takes.
func (r row) input(n int) []byte {
	p := random(n)
	if r.fill != nil {
		r.fill(p)
	}
	return p
}

// random returns n bytes, the same at every run.
func random(n int) []byte {
	p := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(p)
	return p
}

// each runs a test for every row with every variant that this CPU can run, forced to serve.
func each(t *testing.T, test func(t *testing.T, r row)) {
	for _, r := range table {
		variants.Set{r.kernel}.Singly(t, func(t *testing.T) { test(t, r) })
	}
}

// Every kernel of the packages that the table imports has a row.
func TestTable(t *testing.T) {
	rows := map[string]bool{}
	for _, r := range table {
		rows[r.kernel] = true
	}
	for _, k := range impl.Kernels() {
		if !rows[k.Name] {
			t.Errorf("%s has no row", k.Name)
		}
	}
}
