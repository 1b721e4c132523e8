package base64_test

import (
	"fmt"

	"github.com/widelane/widelane/go-shim/encoding/base64"
)

func Example() {
	text := base64.StdEncoding.EncodeToString([]byte("widelane"))
	fmt.Println(text)
	bytes, err := base64.StdEncoding.DecodeString("d2lk\r\nZWxhbmU=\r\n")
	fmt.Printf("%s %v\n", bytes, err)
	_, err = base64.URLEncoding.DecodeString("d2lk!mVs")
	fmt.Println(err)
	// Output:
	// d2lkZWxhbmU=
	// widelane <nil>
	// illegal base64 data at input byte 4
}
