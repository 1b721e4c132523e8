//go:build gc && !purego && !noasm && !plan9 && !js && !wasip1 && !msan && !asan

package asmcall

import (
	"errors"
	"runtime"
	_ "unsafe" // for linkname
)

// iscgo says whether this program's threads are the C library's, by runtime/cgo or by a package that stands in for it.
//
//go:linkname iscgo runtime.iscgo
var iscgo bool

// errArch is why no call is made at all. C code may keep values in x28, where Go keeps g. Signal handlers fetch g from
// the thread's own storage on these systems always, and elsewhere only in programs with the C library; without it, a signal
// during a call would take the callee's value for g.
var errArch = func() error {
	switch runtime.GOOS {
	case "darwin", "ios", "openbsd", "windows":
		return nil
	}
	if iscgo {
		return nil
	}
	return errors.New("asmcall: on " + runtime.GOOS + "/arm64 a signal during a C call would find a wrong g in x28, unless the program " +
		"is built with cgo or with a package that stands in for it, as purego's does")
}()
