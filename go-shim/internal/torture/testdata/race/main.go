// Command race has two goroutines on one buffer: one writes it, the other has a kernel read or write it. The second
// argument "lock" makes it right.
package main

import (
	"os"
	"sync"

	"github.com/widelane/widelane/go-shim/bytealg"
	"github.com/widelane/widelane/go-shim/vec"
)

func main() {
	var (
		mu      sync.Mutex
		wait    sync.WaitGroup
		words   = make([]uint64, 100)
		others  = make([]uint64, 100)
		letters = make([]byte, 100)
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
	}[os.Args[1]]
	wait.Go(locked(kernel))
	wait.Go(locked(func() { words[50]++; letters[50] = 2 }))
	wait.Wait()
}
