// Package cpu knows which instruction-set extensions kernels may use: those that the CPU has and the operating system
// keeps the registers of, less those that GODEBUG switches off.
//
// The names in GODEBUG=cpu.NAME=off are those of Go's own runtime where it has one, and the rules are its rules: a
// comma-separated list of which the last word on a name counts, cpu.all for all names, "on" cannot add what the CPU
// lacks, and what the GOAMD64 level of the build guarantees cannot be switched off. In addition cpu.avx512 stands for
// all of AVX-512, and an extension falls with the ones it builds upon, because compiled code of the larger uses the
// smaller.
//
// Builds without machine code (purego, noasm, race, msan, asan, another compiler or architecture) have no features.
package cpu

import "syscall"

// What may be used, on any architecture. Those of the other architecture stay false.
var (
	SSE3, SSSE3, SSE41, SSE42, POPCNT     bool
	AVX, AVX2, BMI1, BMI2, LZCNT, FMA     bool
	AES, PCLMULQDQ, VPCLMULQDQ            bool
	AVX512F, AVX512BW, AVX512DQ, AVX512VL bool
	AVX512VBMI, AVX512VBMI2               bool
	ARMAES, ARMCRC32, ARMSHA3             bool
)

// Feature is one extension, for lists that people read.
type Feature struct {
	Name  string // as in GODEBUG: "avx512bw"
	Found bool   // the CPU has it and the operating system supports it
	Used  bool   // Found, and neither it nor what it builds upon is switched off
}

// Features lists the extensions that kernels of this architecture ask for, oldest first. It is empty in builds
// without machine code.
func Features() []Feature {
	list := make([]Feature, len(known))
	for i := range known {
		list[i] = Feature{known[i].name, known[i].found, *known[i].has}
	}
	return list
}

// feature is a row of the table known, which each architecture has in the order of dependence.
type feature struct {
	name  string
	has   *bool
	level int     // lowest GOAMD64 level that guarantees it, 0 if none does
	needs []*bool // what it builds upon directly, earlier in the table
	found bool
}

func init() {
	detect()
	godebug, _ := syscall.Getenv("GODEBUG")
	settle(known, godebug)
}

// settle decides what may be used from what was detected and from the text of GODEBUG.
func settle(known []feature, godebug string) {
	for i := range known {
		known[i].lean()
		known[i].found = *known[i].has
	}
	off := switchedOff(known, godebug)
	for i := range known {
		*known[i].has = *known[i].has && !off[i]
		known[i].lean()
	}
}

// lean lets f fall with what it builds upon, which stands earlier in the table.
func (f *feature) lean() {
	for _, need := range f.needs {
		*f.has = *f.has && *need
	}
}
