package base32_test

import (
	"fmt"

	"github.com/widelane/widelane/go-shim/encoding/base32"
)

func Example() {
	text := base32.StdEncoding.EncodeToString([]byte("widelane"))
	fmt.Println(text)
	bytes, err := base32.StdEncoding.DecodeString("O5UWIZLM\r\nMFXGK===\r\n")
	fmt.Printf("%s %v\n", bytes, err)
	_, err = base32.HexEncoding.DecodeString("ETKM8pBC")
	fmt.Println(err)
	// Output:
	// O5UWIZLMMFXGK===
	// widelane <nil>
	// illegal base32 data at input byte 5
}
