package torture

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
)

// stack is the functions of a profile's sample, the innermost first, and how often it was seen.
type stack struct {
	functions []string
	count     int
}

// stacks decodes a CPU profile: a compressed protocol buffer, of which samples, locations, functions and strings are of
// interest. Go has a decoder, but not for us to import.
func stacks(profile []byte) ([]stack, error) {
	zip, err := gzip.NewReader(bytes.NewReader(profile))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(zip)
	if err != nil {
		return nil, err
	}
	var (
		samples   []message
		lines     = map[uint64][]uint64{} // location to functions, the innermost first
		functions = map[uint64]uint64{}   // function to string
		names     []string
	)
	top, err := decode(text)
	for _, f := range top {
		switch f.number {
		case 2, 4, 5:
			m, e := decode(f.bytes)
			err = errors.Join(err, e)
			switch f.number {
			case 2:
				samples = append(samples, m)
			case 4:
				id := m.value(1)
				for _, line := range m {
					if line.number == 4 {
						l, e := decode(line.bytes)
						err = errors.Join(err, e)
						lines[id] = append(lines[id], l.value(1))
					}
				}
			case 5:
				functions[m.value(1)] = m.value(2)
			}
		case 6:
			names = append(names, string(f.bytes))
		}
	}
	var list []stack
	for _, m := range samples {
		values := m.values(2)
		if len(values) == 0 {
			return nil, errors.New("a sample without a value")
		}
		s := stack{count: int(values[0])}
		for _, location := range m.values(1) {
			for _, function := range lines[location] {
				name := functions[function]
				if name >= uint64(len(names)) {
					return nil, errors.New("a function without a name")
				}
				s.functions = append(s.functions, names[name])
			}
		}
		list = append(list, s)
	}
	return list, err
}

// field is a field of a protocol buffer: a number, or bytes.
type field struct {
	number uint64
	value  uint64
	bytes  []byte
}

type message []field

// decode splits a message into its fields. Profiles have numbers and bytes only.
func decode(p []byte) (m message, err error) {
	number := func() uint64 {
		x, n := binary.Uvarint(p)
		if n <= 0 {
			err, n = errors.New("a number is cut off"), len(p)
		}
		p = p[n:]
		return x
	}
	for len(p) > 0 && err == nil {
		key := number()
		f := field{number: key >> 3}
		switch key & 7 {
		case 0:
			f.value = number()
		case 2:
			n := number()
			if n > uint64(len(p)) {
				return nil, errors.New("a field is cut off")
			}
			f.bytes, p = p[:n], p[n:]
		default:
			return nil, errors.New("a field of unknown kind")
		}
		m = append(m, f)
	}
	return m, err
}

// value returns the number of a field that is there once.
func (m message) value(number uint64) uint64 {
	for _, f := range m {
		if f.number == number {
			return f.value
		}
	}
	return 0
}

// values returns the numbers of a repeated field, which may be packed.
func (m message) values(number uint64) (list []uint64) {
	for _, f := range m {
		if f.number != number {
			continue
		}
		if f.bytes == nil {
			list = append(list, f.value)
		}
		for p := f.bytes; len(p) > 0; {
			x, n := binary.Uvarint(p)
			if n <= 0 {
				return list
			}
			list, p = append(list, x), p[n:]
		}
	}
	return list
}
