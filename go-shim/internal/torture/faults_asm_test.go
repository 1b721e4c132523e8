//go:build (amd64 || arm64) && gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package torture

import code "github.com/widelane/widelane/go-shim/internal/torture/planted"

func init() {
	faults = &machine{spin: code.Long, hidden: code.Hidden, clobber: code.Clobber, deep: code.Deep, fault: code.Fault}
}
