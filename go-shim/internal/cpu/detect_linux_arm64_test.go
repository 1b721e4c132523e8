//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package cpu

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// The auxiliary vector and the ID register must say the same, where the kernel lets programs read the latter.
func TestTwoWitnesses(t *testing.T) {
	hwcap := hwcapOf(read("/proc/self/auxv"))
	if hwcap == 0 {
		t.Fatal("no AT_HWCAP in /proc/self/auxv")
	}
	const hwcapCPUID = 1 << 11
	if hwcap&hwcapCPUID == 0 {
		t.Skip("the kernel does not emulate ID registers")
	}
	has := [...]*bool{&ARMAES, &ARMCRC32, &ARMSHA3}
	old := [...]bool{ARMAES, ARMCRC32, ARMSHA3}
	detect()
	auxv := [...]bool{ARMAES, ARMCRC32, ARMSHA3}
	decode(isar0())
	if register := [...]bool{ARMAES, ARMCRC32, ARMSHA3}; register != auxv {
		t.Errorf("aes, crc32, sha3: auxiliary vector %v, ID register %v", auxv, register)
	}
	for i := range has {
		*has[i] = old[i]
	}
}

func TestAuxv(t *testing.T) {
	var auxv bytes.Buffer
	binary.Write(&auxv, binary.LittleEndian, []uint64{3, 0x40, atHWCAP, hwcapAES | hwcapPMULL, 6, 4096, 0, 0})
	if got := hwcapOf(auxv.Bytes()); got != hwcapAES|hwcapPMULL {
		t.Errorf("hwcap %#x", got)
	}
	for n := range 32 { // cut off before the entry's end
		if got := hwcapOf(auxv.Bytes()[:n]); got != 0 {
			t.Errorf("hwcap %#x from %d bytes", got, n)
		}
	}
	if read("/proc/self/no such file") != nil {
		t.Error("read something from nothing")
	}
}
