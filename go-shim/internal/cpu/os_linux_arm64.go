//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package cpu

import (
	"encoding/binary"
	"syscall"
)

// Entry type and bits of the auxiliary vector, from the kernel's uapi headers.
const (
	atHWCAP     = 16
	hwcapAES    = 1 << 3
	hwcapPMULL  = 1 << 4
	hwcapCRC32  = 1 << 7
	hwcapSHA3   = 1 << 17
	hwcapSHA512 = 1 << 21
)

// detect reads the auxiliary vector where every process may read its own. Without /proc nothing is assumed: reading
// ID registers instead is emulated from Linux 4.11 on, and kills the process before.
func detect() {
	hwcap := hwcapOf(read("/proc/self/auxv"))
	ARMAES = hwcap&hwcapAES != 0 && hwcap&hwcapPMULL != 0
	ARMCRC32 = hwcap&hwcapCRC32 != 0
	ARMSHA3 = hwcap&hwcapSHA3 != 0 && hwcap&hwcapSHA512 != 0
}

// hwcapOf finds AT_HWCAP in an auxiliary vector: pairs of words, type and value.
func hwcapOf(auxv []byte) uint64 {
	for ; len(auxv) >= 16; auxv = auxv[16:] {
		if binary.LittleEndian.Uint64(auxv) == atHWCAP {
			return binary.LittleEndian.Uint64(auxv[8:])
		}
	}
	return 0
}

// read returns the start of a file, or nothing. Auxiliary vectors have some twenty entries; 64 fit.
func read(name string) []byte {
	fd, err := syscall.Open(name, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer syscall.Close(fd)
	buf := make([]byte, 64*16)
	n := 0
	for n < len(buf) {
		m, err := syscall.Read(fd, buf[n:])
		if err == syscall.EINTR {
			continue
		}
		if err != nil || m <= 0 {
			break
		}
		n += m
	}
	return buf[:n]
}
