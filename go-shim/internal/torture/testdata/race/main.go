// Command race has two goroutines on one buffer: one writes it, the other has a kernel read or write it. The second
// argument "lock" makes it right.
package main

import (
	"os"
	"strings"
	"sync"

	"github.com/widelane/widelane/go-shim/bytealg"
	"github.com/widelane/widelane/go-shim/encoding/base32"
	"github.com/widelane/widelane/go-shim/encoding/base64"
	"github.com/widelane/widelane/go-shim/encoding/hex"
	"github.com/widelane/widelane/go-shim/hash/adler32"
	"github.com/widelane/widelane/go-shim/hash/crc32"
	"github.com/widelane/widelane/go-shim/hash/crc64"
	"github.com/widelane/widelane/go-shim/unicode/latin1"
	"github.com/widelane/widelane/go-shim/unicode/utf16"
	"github.com/widelane/widelane/go-shim/unicode/utf8"
	"github.com/widelane/widelane/go-shim/vec"
	"github.com/widelane/widelane/go-shim/xxh3"
)

func main() {
	var (
		mu      sync.Mutex
		wait    sync.WaitGroup
		words   = make([]uint64, 100)
		others  = make([]uint64, 100)
		letters = []byte(strings.Repeat("A", 100))
		room    = make([]byte, 200)
		units   = make([]uint16, 100)
		text    = []byte(strings.Repeat("B", 100))
	)
	locked := func(f func()) func() {
		if len(os.Args) > 2 && os.Args[2] == "lock" {
			return func() { mu.Lock(); f(); mu.Unlock() }
		}
		return f
	}
	kernel := map[string]func(){
		"sum":   func() { println(vec.Sum(words)) },
		"add":   func() { vec.Add(words, others, others) },
		"index": func() { println(bytealg.IndexByte(letters, 1)) },

		"crc32":      func() { println(crc32.ChecksumIEEE(letters)) },
		"castagnoli": func() { println(crc32.Checksum(letters, crc32.MakeTable(crc32.Castagnoli))) },
		"digest":     func() { crc32.NewIEEE().Write(letters) },
		"xxh3":       func() { println(xxh3.Hash(letters)) },
		"adler32":    func() { println(adler32.Checksum(letters)) },
		"crc64":      func() { println(crc64.Checksum(letters, crc64.MakeTable(crc64.NVME))) },

		"latin1":      func() { latin1.AppendFromUTF8(room[:0], letters) },
		"latin1 from": func() { latin1.AppendFromUTF8(letters[:0], room[:60]) },
		"latin1 to":   func() { latin1.AppendToUTF8(letters[:0], room[:60]) },

		"utf16 from": func() { utf16.AppendFromUTF8(units[:0], letters) },
		"utf16 to":   func() { utf16.AppendToUTF8(letters[:0], units[:30]) },

		"valid": func() { println(utf8.Valid(letters)) },
		"runes": func() { println(utf8.RuneCount(letters)) },

		// What is read races in the first of each pair, what is written in the second.
		"encode":    func() { base64.StdEncoding.Encode(room, letters) },
		"encode to": func() { base64.StdEncoding.Encode(letters, room[:60]) },
		"decode":    func() { base64.StdEncoding.Decode(room, letters) },
		"decode to": func() { base64.StdEncoding.Decode(letters, text) },

		"base32":           func() { base32.StdEncoding.Encode(room, letters) },
		"base32 to":        func() { base32.StdEncoding.Encode(letters, room[:60]) },
		"base32 decode":    func() { base32.StdEncoding.Decode(room, letters[:96]) },
		"base32 decode to": func() { base32.StdEncoding.Decode(letters, text[:96]) },

		"hex":           func() { hex.Encode(room, letters[:30]) },
		"hex to":        func() { hex.Encode(letters, room[:30]) },
		"hex decode":    func() { hex.Decode(room, letters) },
		"hex decode to": func() { hex.Decode(letters, text) },
	}[os.Args[1]]
	wait.Go(locked(kernel))
	// The detector remembers four accesses of each eight bytes, so of eight reads of one byte it forgets some: a race on
	// one byte alone was reported in half of the runs.
	wait.Go(locked(func() { copy(words, others); copy(letters, text) }))
	wait.Wait()
}
