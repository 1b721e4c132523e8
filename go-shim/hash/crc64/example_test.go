package crc64_test

import (
	"fmt"
	"io"
	"strings"

	"github.com/widelane/widelane/go-shim/hash/crc64"
)

func ExampleUpdate() {
	ecma := crc64.MakeTable(crc64.ECMA)
	crc := crc64.Update(0, ecma, []byte("1234"))
	crc = crc64.Update(crc, ecma, []byte("56789"))
	fmt.Printf("%016x\n", crc)
	// Output: 995dc9bbdf1939fa
}

func ExampleCombine() {
	nvme := crc64.MakeTable(crc64.NVME)
	head, tail := crc64.Checksum([]byte("1234"), nvme), crc64.Checksum([]byte("56789"), nvme)
	fmt.Printf("%016x\n", crc64.Combine(head, tail, nvme, 5))
	// Output: ae8b14860a799888
}

func ExampleNew() {
	h := crc64.New(crc64.MakeTable(crc64.NVME))
	io.Copy(h, strings.NewReader("123456789"))
	fmt.Printf("%x\n", h.Sum(nil))
	// Output: ae8b14860a799888
}
