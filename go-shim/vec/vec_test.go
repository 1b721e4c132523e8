package vec_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/widelane/widelane/go-shim/internal/fuzzfault"
	"github.com/widelane/widelane/go-shim/internal/variants"
	"github.com/widelane/widelane/go-shim/vec"
)

// lengths are those around every cutoff of the wrappers and kernels, and around one and two chunks.
func lengths() []int {
	var list []int
	for n := range 600 {
		list = append(list, n)
	}
	for _, chunk := range []int{8192, 2 * 8192} {
		list = append(list, chunk-9, chunk-1, chunk, chunk+1, chunk+9)
	}
	return list
}

func random(n int, seed uint64) []uint64 {
	source := rand.New(rand.NewPCG(seed, uint64(n)))
	p := make([]uint64, n)
	for i := range p {
		p[i] = source.Uint64()
	}
	return p
}

var sum, add = variants.Set{"vec_sum"}, variants.Set{"vec_add"}

func TestSum(t *testing.T) {
	sum.Run(t, func(t *testing.T) {
		for _, n := range lengths() {
			p := random(n+1, 1)[1:]
			want := uint64(0)
			for _, x := range p {
				want += x
			}
			if got := vec.Sum(p); got != want {
				t.Errorf("%d elements: %#x, want %#x", n, got, want)
			}
		}
		if got := vec.Sum(nil); got != 0 {
			t.Errorf("sum of nil: %d", got)
		}
	})
}

// Carries from each bit into the next, in every lane.
func TestSumCarries(t *testing.T) {
	sum.Run(t, func(t *testing.T) {
		for _, x := range []uint64{1<<32 - 1, 1 << 31, 1 << 63, math.MaxUint64, math.MaxUint64 >> 1} {
			p := slices.Repeat([]uint64{x}, 100)
			if got := vec.Sum(p); got != 100*x {
				t.Errorf("100 of %#x: %#x", x, got)
			}
		}
	})
}

func TestAdd(t *testing.T) {
	add.Run(t, func(t *testing.T) {
		for _, n := range lengths() {
			a, b := random(n, 1), random(n, 2)
			want := make([]uint64, n)
			for i := range want {
				want[i] = a[i] + b[i]
			}
			memory := slices.Repeat([]uint64{7}, n+2)
			dst := memory[1 : n+1]
			vec.Add(dst, a, b)
			if !slices.Equal(dst, want) || memory[0] != 7 || memory[n+1] != 7 {
				t.Fatalf("%d elements: wrong, or wrote outside", n)
			}
			over := func(x []uint64) []uint64 { return append(dst[:0], x...) }
			if vec.Add(over(a), dst, b); !slices.Equal(dst, want) {
				t.Errorf("%d elements, dst over a", n)
			}
			if vec.Add(over(b), a, dst); !slices.Equal(dst, want) {
				t.Errorf("%d elements, dst over b", n)
			}
			vec.Add(over(a), dst, dst)
			for i, x := range a {
				if dst[i] != 2*x {
					t.Fatalf("%d elements, dst over both", n)
				}
			}
		}
	})
}

func TestAddPanics(t *testing.T) {
	memory := make([]uint64, 40)
	at := func(i int) []uint64 { return memory[i : i+10] }
	for _, c := range []struct {
		dst, a, b []uint64
		want      any
	}{
		{at(0), at(10), at(20), nil},
		{at(10), at(0), at(20), nil}, // next to one another
		{at(0), at(0), at(0), nil},
		{at(20), at(0), at(5), nil}, // sources may overlap
		{nil, nil, nil, nil},
		{at(3)[:0], at(0)[:0], at(9)[:0], nil},
		{at(0), at(1), at(20), "vec: dst overlaps a source in part"},
		{at(1), at(0), at(20), "vec: dst overlaps a source in part"},
		{at(0), at(20), at(9), "vec: dst overlaps a source in part"},
		{at(9), at(20), at(0), "vec: dst overlaps a source in part"},
		{at(0), at(10)[:9], at(20), "vec: lengths differ"},
		{at(0), at(10), memory[20:31], "vec: lengths differ"},
		{at(0)[:9], at(10), at(20), "vec: lengths differ"},
		{nil, at(10), at(20), "vec: lengths differ"},
	} {
		func() {
			defer func() {
				if got := recover(); got != c.want {
					t.Errorf("lengths %d, %d, %d: panic %v, want %v", len(c.dst), len(c.a), len(c.b), got, c.want)
				}
			}()
			vec.Add(c.dst, c.a, c.b)
		}()
	}
}

// TestAddDistances tries short slices at every distance from each other: next to each other, one element too near, the same.
func TestAddDistances(t *testing.T) {
	const middle = 16
	var before, memory [3 * middle]uint64
	for i := range before {
		before[i] = uint64(i) * 0x9e3779b97f4a7c15
	}
	for n := range 10 {
		for from := range 2 * middle {
			for _, swap := range []bool{false, true} {
				memory = before
				dst, near := memory[middle:][:n], memory[from:][:n]
				a, b := near, dst
				if swap {
					a, b = b, a
				}
				distance := max(from-middle, middle-from)
				shifted := distance != 0 && distance < n
				if panics(func() { vec.Add(dst, a, b) }) != shifted {
					t.Fatalf("length %d, %d elements apart: panic: %v", n, distance, !shifted)
				}
				want := before
				for i := 0; i < n && !shifted; i++ {
					want[middle+i] += before[from+i]
				}
				if memory != want {
					t.Fatalf("length %d, %d elements apart: wrong sums", n, distance)
				}
			}
		}
	}
}

func panics(f func()) (is bool) {
	defer func() { is = recover() != nil }()
	f()
	return
}

// words returns the elements that bytes make, and what is left over.
func words(p []byte) ([]uint64, []byte) {
	list := make([]uint64, len(p)/8)
	for i := range list {
		list[i] = binary.LittleEndian.Uint64(p[8*i:])
	}
	return list, p[8*len(list):]
}

// Whatever the lengths and contents, every variant gives what a loop gives.
func FuzzSum(f *testing.F) {
	f.Add([]byte("eight bytes and some more, no vector's width"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, _ := words(raw)
		want := uint64(fuzzfault.Planted(raw))
		for _, x := range p {
			want += x
		}
		sum.Each(t, func(variant string) {
			if got := vec.Sum(p); got != want {
				t.Errorf("%s, planted %d: %d elements: %d, want %d", variant, fuzzfault.Planted(raw), len(p), got, want)
			}
		})
	})
}

// The same of sums of pairs: into a slice of its own, onto the first source, and onto the second.
func FuzzAdd(f *testing.F) {
	f.Add([]byte("two halves, of which each is a source; eight bytes are an element"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, _ := words(raw)
		a, b := p[:len(p)/2], p[len(p)/2:len(p)/2*2]
		want := make([]uint64, len(a))
		for i := range want {
			want[i] = a[i] + b[i] + uint64(fuzzfault.Planted(raw))
		}
		add.Each(t, func(variant string) {
			own, onA, onB := make([]uint64, len(a)), slices.Clone(a), slices.Clone(b)
			vec.Add(own, a, b)
			vec.Add(onA, onA, b)
			vec.Add(onB, a, onB)
			for i, got := range [][]uint64{own, onA, onB} {
				if !slices.Equal(got, want) {
					t.Errorf("%s, planted %d, way %d: %v, want %v", variant, fuzzfault.Planted(raw), i, got, want)
				}
			}
		})
	})
}

func ExampleSum() {
	fmt.Println(vec.Sum([]uint64{1, 2, 3, 4}))
	// Output: 10
}

func ExampleAdd() {
	x := []uint64{1, 2, 3}
	vec.Add(x, x, []uint64{10, 20, 30}) // in place
	fmt.Println(x)
	// Output: [11 22 33]
}
