package torture

import (
	"syscall"
	"testing"
	"unsafe"
)

// repeated returns n bytes that need little memory: the same period over and over, but for the last, which is itself.
// All are zero.
func repeated(t *testing.T, n, period int) []byte {
	t.Helper()
	const access = syscall.PROT_READ | syscall.PROT_WRITE
	two, err := syscall.Mmap(-1, 0, 2*period, access, syscall.MAP_SHARED|syscall.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(two)
	size := (n + period - 1) / period * period
	all, err := syscall.Mmap(-1, 0, size, syscall.PROT_NONE, syscall.MAP_PRIVATE|syscall.MAP_ANON|syscall.MAP_NORESERVE)
	if err != nil {
		t.Fatalf("%d bytes: %v", size, err)
	}
	t.Cleanup(func() { syscall.Munmap(all) })
	for at := 0; at < size; at += period {
		from := &two[0]
		if at == size-period {
			from = &two[period]
		}
		if errno := again(from, &all[at], period); errno != 0 {
			t.Fatalf("%d of %d bytes: %v", at, size, errno)
		}
	}
	return all[:n]
}

// again maps memory that is shared, and stays where it is, once more at another place.
func again(from, at *byte, bytes int) syscall.Errno {
	const mayMove, fixed = 1, 2
	_, _, errno := syscall.Syscall6(syscall.SYS_MREMAP, uintptr(unsafe.Pointer(from)), 0, uintptr(bytes), mayMove|fixed,
		uintptr(unsafe.Pointer(at)), 0)
	return errno
}

// ends are the two periods of what repeated returns, the last one up to its length.
func ends(p []byte, period int) [2][]byte { return [2][]byte{p[:period], p[(len(p)-1)/period*period:]} }
