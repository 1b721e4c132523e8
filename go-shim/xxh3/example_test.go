package xxh3_test

import (
	"fmt"
	"io"
	"strings"

	"github.com/widelane/widelane/go-shim/xxh3"
)

func Example() {
	fmt.Printf("%016x\n", xxh3.HashString("hello"))
	fmt.Printf("%x\n", xxh3.HashString128("hello").Bytes())
	fmt.Printf("%016x\n", xxh3.HashStringSeed("hello", 42))
	// Output:
	// 9555e8555c62dcfd
	// b5e9c1ad071b3e7fc779cfaa5e523818
	// bafa072f07db7937
}

func ExampleHasher() {
	h := xxh3.New()
	if _, err := io.Copy(h, strings.NewReader("hello")); err != nil {
		panic(err) // of the reader: a Hasher never fails
	}
	fmt.Println(h.Sum64() == xxh3.HashString("hello"), h.Sum128() == xxh3.HashString128("hello"))
	// Output: true true
}
