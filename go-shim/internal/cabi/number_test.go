package cabi

import (
	"math"
	"testing"
	"unsafe"
)

type celsius float64

func TestNumbers(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) == 4 {
		defer func() {
			if recover() == nil {
				t.Error("64 bits are said to fit into 32")
			}
		}()
		Bits(int64(1))
	}
	if Bits(int32(-1)) != ^uintptr(0) || Bits(int8(-128)) != ^uintptr(127) || Bits(uint32(1<<31)) != 1<<31 ||
		Bits(float32(1.5)) != uintptr(math.Float32bits(1.5)) || uint64(Bits(celsius(1.5))) != math.Float64bits(1.5) {
		t.Error("a number is not its bits")
	}
	if FloatBit[celsius](3) != 8 || FloatBit[float32](ResultBit) != 1<<63 || FloatBit[uint8](0) != 0 {
		t.Error("what is a float is not told")
	}
}

// TestResults: what lies above a result's width is cut, and the sign of what is left is kept.
func TestResults(t *testing.T) {
	dirty := ^uintptr(0) &^ 0xff
	if From[uint8](dirty|7, 0) != 7 || From[int8](dirty|0x80, 0) != -128 || From[int16](^uintptr(0), 0) != -1 {
		t.Error("an integer is not cut to its width")
	}
	half := math.Float64frombits(0xdeadbeef00000000 | uint64(math.Float32bits(1.5)))
	if From[float32](0, half) != 1.5 || From[celsius](0, 1.5) != 1.5 {
		t.Error("a floating-point number does not come back")
	}
}
