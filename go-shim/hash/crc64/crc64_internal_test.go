package crc64

import (
	"bytes"
	std "hash/crc64"
	"testing"
)

// A table of the standard library's is recognised though nobody has asked this package for one.
func TestForeignTable(t *testing.T) {
	ecma.Store(nil)
	foreign := std.MakeTable(std.ECMA)
	if got := Update(0, foreign, []byte("123456789")); got != 0x995dc9bbdf1939fa {
		t.Errorf("%#x", got)
	}
	if k := ecma.Load(); k == nil || k.table != foreign {
		t.Error("the table was not recognised")
	}
}

// Whose table is whose.
func TestLookup(t *testing.T) {
	long := makeConstants
	copied, odd := *std.MakeTable(NVME), *std.MakeTable(0x95ac9329ac4bc9b5)
	if k := lookup(&copied, compare); k != nvme.Load() || k == nil {
		t.Error("a copy is not recognised")
	}
	if lookup(&copied, compare-1) != nil {
		t.Error("a short input pays for a comparison")
	}
	other := odd
	if k := lookup(&other, long); k == nil || *k.table != other || lookup(&other, compare) != k {
		t.Error("constants are not made, or not kept")
	}
	for b := range odd {
		odd[b] ^= 1 << 17
		if lookup(&odd, long) != nil {
			t.Fatalf("with entry %d wrong the table is taken for a polynomial's", b)
		}
		odd[b] ^= 1 << 17
	}
}

// The constants are those that are made in Rust, whose test has the same numbers.
func TestConstants(t *testing.T) {
	for poly, want := range map[uint64]uint64{
		ISO: 0x2f1b2d32a21fb7e1, ECMA: 0x350d1f51288029bc, NVME: 0xddd98a87a6f0efb8, 0x123456789abcdef0: 0xecee877f956d49f2,
	} {
		k := newKnown(poly, std.MakeTable(poly))
		if got := std.Checksum(k.constants[:], std.MakeTable(ECMA)); got != want {
			t.Errorf("%#x: %#x, want %#x", poly, got, want)
		}
	}
}

// The portable kernel goes by the constants alone.
func TestGenericKernel(t *testing.T) {
	p := bytes.Repeat([]byte("widelane"), 20)
	for _, poly := range []uint64{ISO, 1, 1 << 63} {
		k := newKnown(poly, std.MakeTable(poly))
		for n := range p {
			if got, want := updateGeneric(3, k.constants, p[:n]), std.Update(3, k.table, p[:n]); got != want {
				t.Fatalf("%#x, %d bytes: %#x, want %#x", poly, n, got, want)
			}
		}
	}
}
