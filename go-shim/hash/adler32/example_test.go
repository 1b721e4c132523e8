package adler32_test

import (
	"fmt"
	"io"
	"strings"

	"github.com/widelane/widelane/go-shim/hash/adler32"
)

func ExampleChecksum() {
	fmt.Printf("%08x\n", adler32.Checksum([]byte("123456789")))
	// Output: 091e01de
}

func ExampleCombine() {
	head, tail := adler32.Checksum([]byte("1234")), adler32.Checksum([]byte("56789"))
	fmt.Printf("%08x\n", adler32.Combine(head, tail, 5))
	// Output: 091e01de
}

func ExampleNew() {
	h := adler32.New()
	io.Copy(h, strings.NewReader("123456789"))
	fmt.Printf("%x\n", h.Sum(nil))
	// Output: 091e01de
}
