package guard

import (
	"syscall"
	"unsafe"
)

// Supported reports whether accesses outside an arena fault on this system.
const Supported = true

var (
	kernel32       = syscall.NewLazyDLL("kernel32.dll")
	virtualAlloc   = kernel32.NewProc("VirtualAlloc")
	virtualProtect = kernel32.NewProc("VirtualProtect")
	virtualFree    = kernel32.NewProc("VirtualFree")
)

const (
	memCommit, memReserve, memRelease     = 0x1000, 0x2000, 0x8000
	pageNoAccess, pageReadOnly, pageWrite = 0x01, 0x02, 0x04
)

// New returns an arena of at least n bytes, whole pages.
func New(n int) (*Arena, error) {
	page := syscall.Getpagesize()
	n = max(n+page-1, page) / page * page
	address, _, err := virtualAlloc.Call(0, uintptr(n+2*page), memCommit|memReserve, pageWrite)
	if address == 0 {
		return nil, err
	}
	// The address is no pointer of Go's heap, so the conversion that vet warns of does no harm: nothing moves it.
	all := unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&address))), n+2*page)
	a := &Arena{all, all[page : page+n : page+n]}
	for _, guard := range [][]byte{all[:page], all[page+n:]} {
		if err := protect(guard, pageNoAccess); err != nil {
			a.Free()
			return nil, err
		}
	}
	return a, nil
}

func protect(pages []byte, access uintptr) error {
	var before uint32
	start := uintptr(unsafe.Pointer(unsafe.SliceData(pages)))
	done, _, err := virtualProtect.Call(start, uintptr(len(pages)), access, uintptr(unsafe.Pointer(&before)))
	if done == 0 {
		return err
	}
	return nil
}

// Freeze makes writes fault too.
func (a *Arena) Freeze() error { return protect(a.inside, pageReadOnly) }

// Thaw allows writes again.
func (a *Arena) Thaw() error { return protect(a.inside, pageWrite) }

// Free gives the memory back.
func (a *Arena) Free() error {
	done, _, err := virtualFree.Call(uintptr(unsafe.Pointer(unsafe.SliceData(a.all))), 0, memRelease)
	if done == 0 {
		return err
	}
	return nil
}
