//go:build !(linux || darwin || windows)

package guard

// Supported reports whether accesses outside an arena fault on this system.
const Supported = false

// New returns ordinary memory of at least n bytes: pages cannot be protected here.
func New(n int) (*Arena, error) {
	const page = 4096
	all := make([]byte, max(n+page-1, page)/page*page)
	return &Arena{all, all}, nil
}

// Freeze does nothing here.
func (a *Arena) Freeze() error { return nil }

// Thaw does nothing here.
func (a *Arena) Thaw() error { return nil }

// Free does nothing here: the garbage collector does.
func (a *Arena) Free() error { return nil }
