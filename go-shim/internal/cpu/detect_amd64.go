//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package cpu

import "runtime"

var known = []feature{
	{name: "sse3", has: &SSE3, level: 2},
	{name: "ssse3", has: &SSSE3, level: 2, needs: []*bool{&SSE3}},
	{name: "sse41", has: &SSE41, level: 2, needs: []*bool{&SSSE3}},
	{name: "sse42", has: &SSE42, level: 2, needs: []*bool{&SSE41}},
	{name: "popcnt", has: &POPCNT, level: 2},
	{name: "avx", has: &AVX, level: 3, needs: []*bool{&SSE42}},
	{name: "avx2", has: &AVX2, level: 3, needs: []*bool{&AVX}},
	{name: "bmi1", has: &BMI1, level: 3},
	{name: "bmi2", has: &BMI2, level: 3},
	{name: "lzcnt", has: &LZCNT, level: 3},
	{name: "fma", has: &FMA, level: 3, needs: []*bool{&AVX}},
	{name: "aes", has: &AES},
	{name: "pclmulqdq", has: &PCLMULQDQ},
	{name: "vpclmulqdq", has: &VPCLMULQDQ, needs: []*bool{&AVX, &PCLMULQDQ}},
	{name: "avx512f", has: &AVX512F, level: 4, needs: []*bool{&AVX2, &FMA}},
	{name: "avx512bw", has: &AVX512BW, level: 4, needs: []*bool{&AVX512F}},
	{name: "avx512dq", has: &AVX512DQ, level: 4, needs: []*bool{&AVX512F}},
	{name: "avx512vl", has: &AVX512VL, level: 4, needs: []*bool{&AVX512F}},
	{name: "avx512vbmi", has: &AVX512VBMI, needs: []*bool{&AVX512BW}},
	{name: "avx512vbmi2", has: &AVX512VBMI2, needs: []*bool{&AVX512BW}},
}

// Bits of XCR0: which registers the operating system saves.
const (
	stateYMM = 1<<1 | 1<<2                   // SSE and the upper halves of YMM
	stateZMM = stateYMM | 1<<5 | 1<<6 | 1<<7 // opmasks, upper halves of ZMM0-15, ZMM16-31
)

// leaf is what CPUID answers to one question.
type leaf struct{ eax, ebx, ecx, edx uint32 }

func detect() {
	var info, extended, amd leaf
	var xcr0 uint32
	if ask(0).eax >= 1 {
		info = ask(1)
	}
	if info.ecx>>27&1 != 0 { // OSXSAVE: XGETBV may be executed
		xcr0, _ = xgetbv()
	}
	if ask(0).eax >= 7 {
		extended = ask(7)
	}
	if ask(0x8000_0000).eax >= 0x8000_0001 {
		amd = ask(0x8000_0001)
	}
	// Darwin sets the ZMM bits of XCR0 only after a thread's first use, and lost opmasks over signals before
	// macOS 12.2 (golang/go#49233).
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		xcr0 &^= stateZMM &^ stateYMM
	}
	decode(info, extended, amd, xcr0)
}

func ask(eax uint32) (l leaf) {
	l.eax, l.ebx, l.ecx, l.edx = cpuid(eax, 0)
	return l
}

// decode sets the features from the answers to 1, 7 and 0x80000001, and XCR0. Instructions encoded with VEX or EVEX
// count only with the registers they work on; the features' needs carry that on to whatever builds on AVX and AVX512F.
func decode(info, extended, amd leaf, xcr0 uint32) {
	bit := func(word uint32, n int) bool { return word>>n&1 != 0 }
	ymm, zmm := xcr0&stateYMM == stateYMM, xcr0&stateZMM == stateZMM

	SSE3, PCLMULQDQ, SSSE3 = bit(info.ecx, 0), bit(info.ecx, 1), bit(info.ecx, 9)
	SSE41, SSE42 = bit(info.ecx, 19), bit(info.ecx, 20)
	POPCNT, AES = bit(info.ecx, 23), bit(info.ecx, 25)
	FMA, AVX = ymm && bit(info.ecx, 12), ymm && bit(info.ecx, 28)
	AVX2 = ymm && bit(extended.ebx, 5)
	// BMI uses VEX on general registers: the operating system must have switched the encoding on, no more.
	BMI1, BMI2 = bit(extended.ebx, 3), bit(extended.ebx, 8)
	LZCNT = bit(amd.ecx, 5)
	VPCLMULQDQ = ymm && bit(extended.ecx, 10)

	AVX512F, AVX512DQ = zmm && bit(extended.ebx, 16), zmm && bit(extended.ebx, 17)
	AVX512BW, AVX512VL = zmm && bit(extended.ebx, 30), zmm && bit(extended.ebx, 31)
	AVX512VBMI, AVX512VBMI2 = zmm && bit(extended.ecx, 1), zmm && bit(extended.ecx, 6)
}

// cpuid executes CPUID with EAX and ECX as given.
func cpuid(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)

// xgetbv reads XCR0. Only where CPUID reports OSXSAVE.
func xgetbv() (eax, edx uint32)
