package hex

import (
	"encoding/hex"
	"io"
	"unsafe"
)

// The parts of a line: offset, two columns of eight bytes, and the characters between bars.
//
//	00000010  2e 2f 30 31 32 33 34 35  36 37 38 39 3a 3b 3c 3d  |./0123456789:;<=|
const (
	lineBytes = 16
	firstByte = 10 // the first byte's two digits
	rightSide = 60 // the bar before the characters
	lineChars = rightSide + 1 + lineBytes + 2
)

// Dump returns data as lines of offset, hexadecimal digits and printable characters, as hexdump -C writes them.
func Dump(data []byte) string {
	if len(data) == 0 {
		return ""
	}
	lines := (len(data)-1)/lineBytes + 1
	short := lines*lineBytes - len(data)
	text := make([]byte, lines*lineChars-short)
	for i := range lines {
		from := data[i*lineBytes:]
		dumpLine(text[i*lineChars:], uint32(i*lineBytes), from[:min(len(from), lineBytes)])
	}
	return unsafe.String(unsafe.SliceData(text), len(text))
}

// dumpLine writes the line of 1 to 16 bytes; a short one has as many characters less.
func dumpLine(line []byte, offset uint32, data []byte) {
	var text [2 * lineBytes]byte
	start := [4]byte{byte(offset >> 24), byte(offset >> 16), byte(offset >> 8), byte(offset)}
	encode(line[:8], start[:])
	encode(text[:], data)
	for i := 8; i < rightSide; i++ {
		line[i] = ' '
	}
	line[rightSide] = '|'
	for i, b := range data {
		at := firstByte + 3*i + i/8
		line[at], line[at+1] = text[2*i], text[2*i+1]
		if b < ' ' || b > '~' {
			b = '.'
		}
		line[rightSide+1+i] = b
	}
	end := line[rightSide+1+len(data):][:2]
	end[0], end[1] = '|', '\n'
}

// Dumper returns a writer that writes its data to w as [Dump] formats them; Close completes the last line. It is the
// standard library's, whose calls of w are part of what it promises: they are what the time goes to.
func Dumper(w io.Writer) io.WriteCloser { return hex.Dumper(w) }
