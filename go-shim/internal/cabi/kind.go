package cabi

import (
	"errors"
	"fmt"
	"reflect"
	"unsafe"
)

// Kind is how a Go type passes through a register.
type Kind uint8

// The kinds; Nothing is the result of a function that returns none.
const (
	Nothing Kind = iota
	Bool
	Int8
	Int16
	Int32
	Uint8
	Uint16
	Uint32
	Word
	Float32
	Float64
	Pointer
)

// Signature is what a function type amounts to.
type Signature struct {
	Args   [6]Kind
	Result Kind
	Floats uint64 // bit i for argument i, and [ResultBit]

	// Spare is how many bits a register has above each argument that is extended by its sign, and 0 for others.
	Spare [6]uint8
}

// Sign looks at the types of a C function, and panics with a sentence that begins with name if one of them does not pass
// through a register.
func Sign(name string, result reflect.Type, args ...reflect.Type) (s Signature) {
	for i, t := range args {
		kind, err := kindOf(t)
		if err != nil {
			panic(fmt.Sprintf("%s: argument %d: %v", name, i+1, err))
		}
		s.Args[i] = kind
		if signed := t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64; signed {
			s.Spare[i] = uint8(8 * (unsafe.Sizeof(uintptr(0)) - t.Size()))
		}
		if kind == Float32 || kind == Float64 {
			s.Floats |= 1 << i
		}
	}
	if result == reflect.TypeFor[struct{}]() {
		return s
	}
	kind, err := kindOf(result)
	if err != nil {
		panic(fmt.Sprintf("%s: the result: %v", name, err))
	}
	s.Result = kind
	if kind == Float32 || kind == Float64 {
		s.Floats |= 1 << ResultBit
	}
	return s
}

var ofKind = map[reflect.Kind]Kind{
	reflect.Bool: Bool, reflect.Int8: Int8, reflect.Int16: Int16, reflect.Int32: Int32,
	reflect.Uint8: Uint8, reflect.Uint16: Uint16, reflect.Uint32: Uint32,
	reflect.Float32: Float32, reflect.Float64: Float64, reflect.UnsafePointer: Pointer, reflect.Pointer: Pointer,
	reflect.Int: Word, reflect.Uint: Word, reflect.Int64: Word, reflect.Uint64: Word, reflect.Uintptr: Word,
}

func kindOf(t reflect.Type) (Kind, error) {
	kind, passes := ofKind[t.Kind()]
	switch {
	case !passes:
		return 0, fmt.Errorf("%v does not pass through a register of C", t)
	case t.Size() > unsafe.Sizeof(uintptr(0)):
		return 0, errors.New(tooWide)
	case t.Kind() == reflect.Pointer:
		if inside := foreign(t.Elem(), map[reflect.Type]bool{}); inside != nil {
			return 0, fmt.Errorf("%v points to memory with a %v in it, which C does not know", t, inside)
		}
	}
	return kind, nil
}

// foreign is a type within t whose memory only Go understands, or nil.
func foreign(t reflect.Type, seen map[reflect.Type]bool) reflect.Type {
	if seen[t] {
		return nil
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.String, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func, reflect.Interface:
		return t
	case reflect.Array, reflect.Pointer:
		return foreign(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if inside := foreign(t.Field(i).Type, seen); inside != nil {
				return inside
			}
		}
	}
	return nil
}

// Extend is x as an argument; spare is from [Signature]. Compilers for C rely on narrow integers being extended by their sign.
func Extend[T any](x T, spare uint8) uintptr {
	word := bitsOf(x)
	if unsafe.Sizeof(x) == unsafe.Sizeof(word) {
		return word
	}
	spare &= 63 // as the compiler would have to find out each time
	return uintptr(int(word<<spare) >> spare)
}

// bitsOf has one way for each instance: sizes are constants there.
func bitsOf[T any](x T) uintptr {
	p := unsafe.Pointer(&x)
	switch unsafe.Sizeof(x) {
	case 1:
		return uintptr(*(*uint8)(p))
	case 2:
		return uintptr(*(*uint16)(p))
	case 4:
		return uintptr(*(*uint32)(p))
	}
	return *(*uintptr)(p)
}

// Result is the value of kind k, which is that of R, among the registers in which C returns. Of bool C sets the lowest byte.
func Result[R any](k Kind, word uintptr, float float64) (r R) {
	p := unsafe.Pointer(&r)
	switch {
	case k == Float32:
		*(*float32)(p) = ToFloat32(float)
	case k == Float64:
		*(*float64)(p) = float
	case k == Bool:
		*(*bool)(p) = word&0xff != 0
	case unsafe.Sizeof(r) == 1:
		*(*uint8)(p) = uint8(word)
	case unsafe.Sizeof(r) == 2:
		*(*uint16)(p) = uint16(word)
	case unsafe.Sizeof(r) == 4:
		*(*uint32)(p) = uint32(word)
	case unsafe.Sizeof(r) != 0:
		*(*uintptr)(p) = word
	}
	return r
}

var (
	never bool
	sink  any
)

// Hold has what x points to live on the heap. The compiler does not see that an address in a word is still a pointer, and
// would leave the memory on a stack that moves; this it sees, and cannot know that it does not happen.
func Hold[T any](x T) {
	if never {
		sink = x
	}
}
