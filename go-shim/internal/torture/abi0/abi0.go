//go:build (amd64 || arm64) && gc && !purego && !noasm && !race && !msan && !asan && !openbsd

// Package abi0 calls a function of machine code with everything round it filled at random (registers, flags, the mode
// of rounding, the stack below it and its caller's frame above it) and looks at all of it afterwards.
//
// What it looks for is what Go's ABI0 promises and what the runtime relies on without saying so. Registers that ABI0
// leaves to the callee are filled too: a result that hangs on one of them is a wrong result.
package abi0

import (
	"fmt"
	"math/rand/v2"
	"sync"
)

const (
	// Words is how many words of its caller's frame a function gets. Those beyond its arguments and results must stay as
	// they are.
	Words = 16
	// room is how many bytes of stack below the call are watched.
	room = 4096
)

// Frame is what the caller of a function has on its stack: arguments and results as ABI0 places them, then words that
// are no business of the function's.
type Frame [Words]uint64

// Shape says what of a frame is whose, in bytes.
type Shape struct {
	Arguments int // with the padding before the results
	Size      int // with the results
}

// state is where enter finds what it fills with and puts what it saw. A variable of the package: when the function has
// returned, no register can be trusted to point anywhere.
var (
	one   sync.Mutex // guards state
	state shared
)

// enter calls state.function. It is assembly, so it is never preempted.
func enter()

// Call calls the machine code at an address. frame has the arguments, and the results afterwards. The seed decides all
// that is filled in. With an even one, rounding and the vector registers' upper halves are as a Go program has them,
// since what becomes of those can be seen only then.
//
// It returns how many bytes of stack below its return address the function has written to, and the first promise that
// it broke, "" if none.
func Call(function uintptr, frame *Frame, shape Shape, seed uint64) (stack int, broken string) {
	one.Lock()
	defer one.Unlock()
	random := rand.New(rand.NewPCG(seed, 1))
	before := *frame
	for i := (shape.Size + 7) / 8; i < Words; i++ {
		before[i] = random.Uint64()
	}
	state = shared{function: uint64(function), frame: before, canary: random.Uint64()}
	state.prepare(random, seed%2 == 0)
	enter()
	*frame = state.frame
	if broken = state.broken(); broken == "" {
		broken = shape.broken(&before, frame)
	}
	return max(room-int(state.untouched)-link, 0), broken
}

// broken says what the function wrote to in its caller's frame, and should not have.
func (s Shape) broken(before, after *Frame) string {
	for i := range before {
		switch at := i * 8; {
		case before[i] == after[i]:
		case at < s.Arguments:
			return fmt.Sprintf("word %d of the arguments was %#x, is %#x", i, before[i], after[i])
		case at >= s.Size:
			return fmt.Sprintf("the caller's frame was written to, %d bytes behind the results", at-s.Size)
		}
	}
	return ""
}
