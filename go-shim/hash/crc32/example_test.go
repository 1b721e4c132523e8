package crc32_test

import (
	"fmt"
	"io"
	"strings"

	"github.com/widelane/widelane/go-shim/hash/crc32"
)

func ExampleChecksumIEEE() {
	fmt.Printf("%08x\n", crc32.ChecksumIEEE([]byte("123456789")))
	// Output: cbf43926
}

func ExampleUpdate() {
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	crc := crc32.Update(0, castagnoli, []byte("1234"))
	crc = crc32.Update(crc, castagnoli, []byte("56789"))
	fmt.Printf("%08x\n", crc)
	// Output: e3069283
}

func ExampleNew() {
	h := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	io.Copy(h, strings.NewReader("123456789"))
	fmt.Printf("%x\n", h.Sum(nil))
	// Output: e3069283
}
