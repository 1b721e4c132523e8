//go:build linux || darwin

package guard

import "syscall"

// Supported reports whether accesses outside an arena fault on this system.
const Supported = true

// New returns an arena of at least n bytes, whole pages.
func New(n int) (*Arena, error) {
	page := syscall.Getpagesize()
	n = max(n+page-1, page) / page * page
	all, err := syscall.Mmap(-1, 0, n+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	a := &Arena{all, all[page : page+n : page+n]}
	for _, guard := range [][]byte{all[:page], all[page+n:]} {
		if err := syscall.Mprotect(guard, syscall.PROT_NONE); err != nil {
			a.Free()
			return nil, err
		}
	}
	return a, nil
}

// Freeze makes writes fault too.
func (a *Arena) Freeze() error { return syscall.Mprotect(a.inside, syscall.PROT_READ) }

// Thaw allows writes again.
func (a *Arena) Thaw() error {
	return syscall.Mprotect(a.inside, syscall.PROT_READ|syscall.PROT_WRITE)
}

// Free gives the memory back.
func (a *Arena) Free() error { return syscall.Munmap(a.all) }
