//go:build (amd64 || arm64) && gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package planted

// Function is what the check of conventions is shown: it returns x+1.
type Function func(x uint64) (y uint64)

// Broken is a function that breaks one promise.
type Broken struct {
	Function Function
	Says     string // what must be said of it, among other words
}

// broken are those of both architectures.
var broken = []Broken{
	{MovedStack, "SP moved by 16"},
	{Rounding, rounding},
	{Deeper, "72 bytes of stack"},
	{Farther, "2000 bytes of stack"},
	{Argument, "word 0 of the arguments was"},
	{Beyond, "written to, 0 bytes behind the results"},
	{TakesZero, "wrong result"},
	{TakesFlags, "wrong result"},
	{Rounded, "wrong result"},
}

// Kept breaks no promise, with registers, vectors and 64 bytes of stack in use.
//
//go:noescape
func Kept(x uint64) (y uint64)

// MovedStack returns with the stack pointer 16 bytes too high.
//
//go:noescape
func MovedStack(x uint64) (y uint64)

// LostFrame loses the frame pointer.
//
//go:noescape
func LostFrame(x uint64) (y uint64)

// Rounding changes how its caller's floats are rounded.
//
//go:noescape
func Rounding(x uint64) (y uint64)

// Deeper uses 72 bytes of stack.
//
//go:noescape
func Deeper(x uint64) (y uint64)

// Farther writes a word 2000 bytes below its stack pointer, and nothing between.
//
//go:noescape
func Farther(x uint64) (y uint64)

// Argument writes to its argument.
//
//go:noescape
func Argument(x uint64) (y uint64)

// Beyond writes behind its result.
//
//go:noescape
func Beyond(x uint64) (y uint64)

// TakesZero takes a register for zero that is so where Go code has just come from.
//
//go:noescape
func TakesZero(x uint64) (y uint64)

// TakesFlags takes the carry flag for clear.
//
//go:noescape
func TakesFlags(x uint64) (y uint64)

// Rounded adds by floating point, so that its caller's rounding decides.
//
//go:noescape
func Rounded(x uint64) (y uint64)
