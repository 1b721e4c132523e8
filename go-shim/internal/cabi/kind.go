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
		return 0, errors.New(tooWide())
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

// Load is the value of kind k at p as an argument. Compilers for C rely on narrow integers being extended by their sign.
func (k Kind) Load(p unsafe.Pointer) uintptr {
	switch k {
	case Bool, Uint8:
		return uintptr(*(*uint8)(p))
	case Int8:
		return uintptr(*(*int8)(p))
	case Uint16:
		return uintptr(*(*uint16)(p))
	case Int16:
		return uintptr(*(*int16)(p))
	case Uint32, Float32:
		return uintptr(*(*uint32)(p))
	case Int32:
		return uintptr(*(*int32)(p))
	case Float64:
		return uintptr(*(*uint64)(p))
	}
	return *(*uintptr)(p)
}

// Result is the value of kind k, which is that of R, among the registers in which C returns. Of bool C sets the lowest byte.
func Result[R any](k Kind, word uintptr, float float64) (r R) {
	p := unsafe.Pointer(&r)
	switch k {
	case Nothing:
	case Bool:
		*(*bool)(p) = word&0xff != 0
	case Int8, Uint8:
		*(*uint8)(p) = uint8(word)
	case Int16, Uint16:
		*(*uint16)(p) = uint16(word)
	case Int32, Uint32:
		*(*uint32)(p) = uint32(word)
	case Float32:
		*(*float32)(p) = ToFloat32(float)
	case Float64:
		*(*float64)(p) = float
	case Pointer:
		*(*unsafe.Pointer)(p) = *(*unsafe.Pointer)(unsafe.Pointer(&word))
	default:
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
