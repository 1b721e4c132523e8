package hex_test

import (
	"fmt"

	"github.com/widelane/widelane/go-shim/encoding/hex"
)

func Example() {
	text := hex.EncodeToString([]byte("lane"))
	data, err := hex.DecodeString("6C616E65")
	fmt.Println(text, string(data), err)
	_, err = hex.DecodeString("6c61ne65")
	fmt.Println(err)
	// Output:
	// 6c616e65 lane <nil>
	// encoding/hex: invalid byte: U+006E 'n'
}
