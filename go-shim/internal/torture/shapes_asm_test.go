//go:build (amd64 || arm64) && gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package torture

import (
	"bytes"
	"encoding"
	stdbase32 "encoding/base32"
	std64 "encoding/base64"
	"encoding/binary"
	stdhex "encoding/hex"
	stdadler "hash/adler32"
	std32 "hash/crc32"
	sum64 "hash/crc64"
	"reflect"
	"sync"
	"unsafe"

	"github.com/widelane/widelane/go-shim/encoding/base32"
	"github.com/widelane/widelane/go-shim/encoding/base64"
	algebra "github.com/widelane/widelane/go-shim/internal/crc64"
	"github.com/widelane/widelane/go-shim/internal/torture/abi0"
)

// convention is what the machine code of a kernel expects of its caller and leaves to it.
type convention struct {
	row       row // for inputs and outputs
	arguments int // bytes of arguments, with the padding before the results
	width     int // bytes of a result

	// frame has the arguments for an input and an output. Where a narrow one leaves bits of its word, the seed decides
	// what is in them.
	frame func(in, out []byte, seed uint64) abi0.Frame
	// want fills out as the function has to, and returns its results.
	want func(arguments abi0.Frame, in, out []byte) []uint64
}

// conventions has every kernel.
var conventions = sync.OnceValue(func() map[string]convention {
	all := map[string]convention{
		"vec_sum":                 one(24, func(in, _ []byte, _ uint64) abi0.Frame { return framed(slice(in, 8)) }),
		"vec_add":                 {arguments: 72, width: 8, frame: addition, want: add},
		"bytealg_index_byte":      {arguments: 32, width: 8, frame: search, want: index},
		"adler32_update":          {arguments: 32, width: 4, frame: checksum, want: adler},
		"crc32_ieee_update":       {arguments: 32, width: 4, frame: checksum, want: crc(std32.IEEE)},
		"crc32_castagnoli_update": {arguments: 32, width: 4, frame: checksum, want: crc(std32.Castagnoli)},
		"crc64_update":            {arguments: 40, width: 8, frame: checksum64, want: crc64sum},
		"base32_encode":           {arguments: 56, width: 8, frame: text(base32.StdEncoding, "enc"), want: base32Encoded},
		"base32_decode":           {arguments: 56, width: 8, frame: text(base32.StdEncoding, "dec"), want: base32Decoded},
		"base64_encode":           {arguments: 56, width: 8, frame: text(base64.StdEncoding, "enc"), want: encoded},
		"base64_decode":           {arguments: 56, width: 8, frame: text(base64.StdEncoding, "dec"), want: decoded},
		"hex_encode":              {arguments: 48, width: 8, frame: characters, want: hexEncoded},
		"hex_decode":              {arguments: 48, width: 8, frame: characters, want: hexDecoded},
		"latin1_from_utf8":        {arguments: 48, width: 8, frame: characters, want: latinWanted},
		"latin1_to_utf8":          {arguments: 48, width: 8, frame: characters, want: latinTextWanted},
		"utf16_from_utf8":         {arguments: 48, width: 8, frame: unitsOf, want: unitsWanted},
		"utf16_to_utf8":           {arguments: 48, width: 8, frame: textOf, want: textWanted},
		"utf8_valid_up_to":        one(24, func(in, _ []byte, _ uint64) abi0.Frame { return framed(slice(in, 1)) }),
		"utf8_rune_count":         one(24, func(in, _ []byte, _ uint64) abi0.Frame { return framed(slice(in, 1)) }),
		"xxh3_digest":             {arguments: 72, width: 8, frame: hashed, want: digested},
		"xxh3_accumulate":         {arguments: 72, width: 8, frame: hashed, want: accumulated},
		"probe_spill":             one(32, func(in, _ []byte, _ uint64) abi0.Frame { return framed(slice(in, 8), rounds) }),
		"probe_nothing": one(32, func(in, _ []byte, _ uint64) abi0.Frame {
			return framed(slice(in, 1), []uint64{uint64(len(in)) + 1})
		}),
	}
	for _, r := range table {
		if c, ok := all[r.kernel]; ok {
			c.row = r
			if c.want == nil {
				c.want = func(_ abi0.Frame, in, out []byte) []uint64 { return []uint64{r.want(in, out)} }
			}
			all[r.kernel] = c
		}
	}
	return all
})

// one is the convention of a kernel whose row wants its one result.
func one(arguments int, frame func(in, out []byte, seed uint64) abi0.Frame) convention {
	return convention{arguments: arguments, width: 8, frame: frame}
}

// addsOne is the convention of what is planted.
var addsOne = convention{
	row: row{unit: 1}, arguments: 8, width: 8,
	frame: func(in, _ []byte, seed uint64) abi0.Frame { return abi0.Frame{seed<<16 + uint64(len(in))} },
	want:  func(x abi0.Frame, _, _ []byte) []uint64 { return []uint64{x[0] + 1} },
}

// framed puts arguments side by side.
func framed(arguments ...[]uint64) (f abi0.Frame) {
	at := 0
	for _, words := range arguments {
		at += copy(f[at:], words)
	}
	return f
}

// slice is a slice of elements of so many bytes.
func slice(p []byte, size int) []uint64 {
	n := uint64(len(p) / size)
	return []uint64{uint64(uintptr(unsafe.Pointer(unsafe.SliceData(p)))), n, n}
}

// wild are bits above the lowest n.
func wild(seed uint64, n int) uint64 { return (seed + 1) * 0x9e3779b97f4a7c15 << n }

// rounds is the argument that the row of spill passes.
var rounds = []uint64{3}

func addition(in, out []byte, _ uint64) abi0.Frame {
	return framed(slice(out, 8), slice(in[:len(in)/2], 8), slice(in[len(in)/2:], 8))
}

func add(_ abi0.Frame, in, out []byte) []uint64 {
	rowOf("vec_add").want(in, out)
	return nil
}

func search(in, _ []byte, seed uint64) abi0.Frame {
	return framed(slice(in, 1), []uint64{seed&0xff | wild(seed, 8)})
}

func index(f abi0.Frame, in, _ []byte) []uint64 {
	return []uint64{uint64(bytes.IndexByte(in, byte(f[3])))}
}

func checksum(in, _ []byte, seed uint64) abi0.Frame {
	return framed([]uint64{0x12345678 ^ seed | wild(seed, 32)}, slice(in, 1))
}

// adler continues from any halves, which the standard library's package does only for a state that was saved.
func adler(f abi0.Frame, in, _ []byte) []uint64 {
	h := stdadler.New()
	state := binary.BigEndian.AppendUint32([]byte("adl\x01"), uint32(f[0]))
	if err := h.(encoding.BinaryUnmarshaler).UnmarshalBinary(state); err != nil {
		panic(err)
	}
	h.Write(in)
	return []uint64{uint64(h.Sum32())}
}

func crc(poly uint32) func(f abi0.Frame, in, _ []byte) []uint64 {
	table := std32.MakeTable(poly)
	return func(f abi0.Frame, in, _ []byte) []uint64 {
		return []uint64{uint64(std32.Update(uint32(f[0]), table, in))}
	}
}

// constants are those of the polynomial below.
var constants = sync.OnceValue(func() *algebra.Constants {
	c := new(algebra.Constants)
	c.Fill(sum64.ECMA)
	return c
})

func checksum64(in, _ []byte, seed uint64) abi0.Frame {
	at := uint64(uintptr(unsafe.Pointer(constants())))
	return framed([]uint64{0x123456789abcdef0 ^ wild(seed, 0), at}, slice(in, 1))
}

func crc64sum(f abi0.Frame, in, _ []byte) []uint64 {
	return []uint64{sum64.Update(f[0], sum64.MakeTable(sum64.ECMA), in)}
}

// text is the frame of a codec, with the table that an Encoding has under that name.
func text(encoding any, table string) func(in, out []byte, seed uint64) abi0.Frame {
	at := reflect.ValueOf(encoding).Elem().FieldByName(table).UnsafeAddr()
	return func(in, out []byte, _ uint64) abi0.Frame {
		return framed(slice(out, 1), slice(in, 1), []uint64{uint64(at)})
	}
}

func encoded(_ abi0.Frame, in, out []byte) []uint64 {
	std64.StdEncoding.Encode(out, in)
	return []uint64{uint64(len(in)), uint64(len(out))}
}

func decoded(_ abi0.Frame, in, out []byte) []uint64 {
	n, err := std64.StdEncoding.Decode(out, in)
	if err != nil {
		panic(err) // every input here is valid
	}
	return []uint64{uint64(len(in)), uint64(n)}
}

func base32Encoded(_ abi0.Frame, in, out []byte) []uint64 {
	stdbase32.StdEncoding.Encode(out, in)
	return []uint64{uint64(len(in)), uint64(len(out))}
}

func base32Decoded(_ abi0.Frame, in, out []byte) []uint64 {
	n, err := stdbase32.StdEncoding.Decode(out, in)
	if err != nil {
		panic(err) // every input here is valid
	}
	return []uint64{uint64(len(in)), uint64(n)}
}

func characters(in, out []byte, _ uint64) abi0.Frame {
	return framed(slice(out, 1), slice(in, 1))
}

func hexEncoded(_ abi0.Frame, in, out []byte) []uint64 {
	stdhex.Encode(out, in)
	return []uint64{uint64(len(in))}
}

func hexDecoded(_ abi0.Frame, in, out []byte) []uint64 {
	if _, err := stdhex.Decode(out, in); err != nil {
		panic(err) // every input here is valid
	}
	return []uint64{uint64(len(in))}
}

func latinWanted(_ abi0.Frame, in, out []byte) []uint64 {
	read, written := latinMade(in, out)
	return []uint64{read, written}
}

func latinTextWanted(_ abi0.Frame, in, out []byte) []uint64 {
	return []uint64{uint64(len(in)), latinText(in, out)}
}

// unitsOf and textOf are frames with as much room as the rows give.
func unitsOf(in, out []byte, _ uint64) abi0.Frame { return framed(slice(out, 2), slice(in, 1)) }

func textOf(in, out []byte, _ uint64) abi0.Frame { return framed(slice(out, 1), slice(in, 2)) }

func unitsWanted(_ abi0.Frame, in, out []byte) []uint64 {
	read, written := unitsMade(in, out)
	return []uint64{read, written}
}

func textWanted(_ abi0.Frame, in, out []byte) []uint64 {
	return []uint64{uint64(len(in) / 2), rowOf("utf16_to_utf8").want(in, out)}
}

// hashed is the frame of both rows of xxh3, with the secret that their rows use.
func hashed(in, out []byte, _ uint64) abi0.Frame {
	return framed(slice(out, 8), slice(in, 1), slice(xxh3Secret, 1))
}

func digested(_ abi0.Frame, in, out []byte) []uint64 {
	xxh3Digest(in, out)
	return nil
}

func accumulated(_ abi0.Frame, in, out []byte) []uint64 {
	xxh3Accumulate(in, out)
	return nil
}

// rowOf returns the row of a kernel.
func rowOf(kernel string) (found row) {
	for _, r := range table {
		if r.kernel == kernel {
			found = r
		}
	}
	return found
}
