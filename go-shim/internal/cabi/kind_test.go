package cabi

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unsafe"
)

type node struct {
	next *node
	data [4]uint16
}

type named struct {
	length int
	inner  struct{ name string }
}

func TestSign(t *testing.T) {
	s := Sign("Bind", reflect.TypeFor[*node](), reflect.TypeFor[float32](), reflect.TypeFor[unsafe.Pointer](), reflect.TypeFor[bool]())
	if want := (Signature{Args: [6]Kind{Float32, Pointer, Bool}, Result: Pointer, Floats: 1}); s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
	if s := Sign("Bind", reflect.TypeFor[float32]()); s.Floats != 1<<63 || s.Result != Float32 {
		t.Errorf("%+v", s)
	}
	if s := Sign("Bind", reflect.TypeFor[struct{}]()); s != (Signature{}) {
		t.Errorf("%+v", s)
	}
}

// TestRefusals: each type that C cannot take has its sentence, with the place where it stands.
func TestRefusals(t *testing.T) {
	word := reflect.TypeFor[uintptr]()
	for want, types := range map[string][]reflect.Type{
		"Bind: argument 1: string does not pass":                                    {word, reflect.TypeFor[string]()},
		"Bind: argument 2: []uint8 does not pass":                                   {word, word, reflect.TypeFor[[]byte]()},
		"Bind: argument 1: struct {} does not pass":                                 {word, reflect.TypeFor[struct{}]()},
		"Bind: argument 1: error does not pass":                                     {word, reflect.TypeFor[error]()},
		"Bind: argument 1: func() does not pass":                                    {word, reflect.TypeFor[func()]()},
		"Bind: the result: complex128 does not pass":                                {reflect.TypeFor[complex128]()},
		"Bind: the result: cabi.node does not pass":                                 {reflect.TypeFor[node]()},
		"Bind: the result: *[]int points to memory with a []int in it":              {reflect.TypeFor[*[]int]()},
		"Bind: argument 1: *cabi.named points to memory with a string in it":        {word, reflect.TypeFor[*named]()},
		"Bind: argument 1: **[2]map[int]int points to memory with a map[int]int in": {word, reflect.TypeFor[**[2]map[int]int]()},
	} {
		func() {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.HasPrefix(said, want) {
					t.Errorf("%q, want %q", said, want)
				}
			}()
			Sign("Bind", types[0], types[1:]...)
		}()
	}
}

func passed[T comparable](t *testing.T, x T) {
	t.Helper()
	kind, err := kindOf(reflect.TypeFor[T]())
	if err != nil {
		if unsafe.Sizeof(x) <= unsafe.Sizeof(uintptr(0)) {
			t.Errorf("%T: %v", x, err)
		}
		return
	}
	word := Extend(x, 0)
	if unsafe.Sizeof(x) < unsafe.Sizeof(word) {
		word |= 0x5a << (8 * (unsafe.Sizeof(word) - 1)) // what C leaves above a result
	}
	wide := uint64(word)
	if got := Result[T](kind, word, *(*float64)(unsafe.Pointer(&wide))); got != x {
		t.Errorf("%T: %v comes back as %v", x, x, got)
	}
}

func TestThereAndBack(t *testing.T) {
	passed(t, true)
	passed(t, false)
	passed(t, int8(-100))
	passed(t, uint8(200))
	passed(t, int16(-30000))
	passed(t, uint16(60000))
	passed(t, int32(-2000000000))
	passed(t, uint32(4000000000))
	passed(t, int64(-1<<62))
	passed(t, uint64(1<<63))
	passed(t, -5)
	passed(t, uint(5))
	passed(t, ^uintptr(0))
	passed(t, float32(-1.5))
	passed(t, celsius(2.5))
	passed(t, &node{})
	passed(t, unsafe.Pointer(&node{}))
	s := Sign("Bind", reflect.TypeFor[struct{}](), reflect.TypeFor[int8](), reflect.TypeFor[uint8](), reflect.TypeFor[int](), reflect.TypeFor[int16]())
	if Extend(int8(-1), s.Spare[0]) != ^uintptr(0) || Extend(uint8(255), s.Spare[1]) != 255 || Extend(-5, s.Spare[2]) != ^uintptr(4) ||
		Extend(int16(-300), s.Spare[3]) != ^uintptr(299) {
		t.Error("a narrow integer is not extended by its sign")
	}
}
