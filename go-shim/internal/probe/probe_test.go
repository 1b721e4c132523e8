package probe

import "testing"

func TestNothing(t *testing.T) {
	for _, x := range []uint64{0, 1, 1<<64 - 1} {
		if got := Nothing(nil, x); got != x {
			t.Errorf("%d, want %d", got, x)
		}
	}
}

// The machine code and the Go code are two translations of one definition.
func TestSpill(t *testing.T) {
	p := make([]uint64, 100)
	for i := range p {
		p[i] = uint64(i+1) * 0x9e3779b97f4a7c15
	}
	for n := range p {
		for _, rounds := range []int{0, 1, 5} {
			if got, want := Spill(p[:n], rounds), spillGeneric(p[:n], rounds); got != want {
				t.Errorf("%d words, %d rounds: %#x, want %#x", n, rounds, got, want)
			}
		}
	}
}
