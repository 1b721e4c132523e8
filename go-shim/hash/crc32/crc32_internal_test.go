package crc32

import (
	std "hash/crc32"
	"testing"
)

// A table of the standard library's is recognised though nobody has asked this package for one.
func TestForeignCastagnoliTable(t *testing.T) {
	castagnoli.Store(nil)
	foreign := std.MakeTable(std.Castagnoli)
	p := []byte("123456789")
	if got := Update(0, foreign, p); got != 0xe3069283 {
		t.Errorf("%#x", got)
	}
	if castagnoli.Load() != foreign {
		t.Error("the table was not recognised")
	}
}

// A table that merely has the entry by which Castagnoli's is recognised keeps its own meaning.
func TestTableLikeCastagnoli(t *testing.T) {
	castagnoli.Store(nil)
	odd := *std.MakeTable(std.Castagnoli)
	odd[1]++
	p := make([]byte, 4*makeSlices)
	for i := range p {
		p[i] = byte(i)
	}
	if got, want := Update(3, &odd, p), std.Update(3, &odd, p); got != want {
		t.Errorf("%#x, want %#x", got, want)
	}
}
