package main

import (
	std "encoding/base64"

	segmentio "github.com/segmentio/asm/base64"

	"github.com/widelane/widelane/go-shim/encoding/base64"
)

// A codec is what every implementation of base64 offers. Sizes are bytes of binary data.
type codec interface {
	Encode(dst, src []byte)
	Decode(dst, src []byte) (int, error)
}

// Peers that an ordinary build does not have; emmansun.go adds to them.
var base64Peers []struct {
	name  string
	codec codec
}

func init() {
	base64Peers = append(base64Peers, struct {
		name  string
		codec codec
	}{"segmentio/asm", segmentio.StdEncoding})
}

func base64Encode(size int) []contender {
	src := randomBytes(size)
	dst := make([]byte, std.StdEncoding.EncodedLen(size))
	contenders := []contender{
		{"widelane", func(n int) {
			for range n {
				base64.StdEncoding.Encode(dst, src)
			}
		}},
		{"encoding/base64", func(n int) {
			for range n {
				std.StdEncoding.Encode(dst, src)
			}
		}},
	}
	for _, peer := range base64Peers {
		contenders = append(contenders, contender{peer.name, func(n int) {
			for range n {
				peer.codec.Encode(dst, src)
			}
		}})
	}
	return contenders
}

func base64Decode(size int) []contender {
	return decoders([]byte(std.StdEncoding.EncodeToString(randomBytes(size))))
}

// base64DecodeMIME has a line break after every 76 characters, as RFC 2045 asks for.
func base64DecodeMIME(size int) []contender {
	var lines []byte
	for rest := std.StdEncoding.EncodeToString(randomBytes(size)); rest != ""; {
		n := min(76, len(rest))
		lines = append(append(lines, rest[:n]...), "\r\n"...)
		rest = rest[n:]
	}
	return decoders(lines)
}

func decoders(src []byte) []contender {
	dst := make([]byte, std.StdEncoding.DecodedLen(len(src)))
	contenders := []contender{
		{"widelane", func(n int) {
			for range n {
				written, _ := base64.StdEncoding.Decode(dst, src)
				sink += uint64(written)
			}
		}},
		{"encoding/base64", func(n int) {
			for range n {
				written, _ := std.StdEncoding.Decode(dst, src)
				sink += uint64(written)
			}
		}},
	}
	for _, peer := range base64Peers {
		contenders = append(contenders, contender{peer.name, func(n int) {
			for range n {
				written, _ := peer.codec.Decode(dst, src)
				sink += uint64(written)
			}
		}})
	}
	return contenders
}
