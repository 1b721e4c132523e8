package vec

import "testing"

// A planted fault: a wrapper that does not ask the CPU. It must die where there is no AVX-512.
func TestPlantedUnasked(t *testing.T) {
	if sum := sumAVX512([]uint64{1, 2, 3}); sum != 6 {
		t.Fatalf("sum = %d", sum)
	}
}

// The same without the fault, so that nothing else can be what ends the other.
func TestPlantedAsked(t *testing.T) {
	if sum := Sum([]uint64{1, 2, 3}); sum != 6 {
		t.Fatalf("sum = %d", sum)
	}
}
