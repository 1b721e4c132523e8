package main

import (
	"fmt"
	"strings"
)

// g0Need is how much of g0 must be free: three quarters of the 16 KiB that it has without cgo.
const g0Need = 12 << 10

// areaARM64 is what a stub keeps above the callee, from the stack pointer upwards: the return address, where the runtime
// looks for it; 8 free; the caller's frame pointer and the return address once more, a link of the chain of frames; and g.
const areaARM64 = 48

func arm64() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n//go:build %s\n\n#include \"textflag.h\"\n#include \"funcdata.h\"\n", header, native)
	for _, s := range stubs() {
		if s.class == 0 {
			g0ARM64(&b, s)
		} else {
			stackARM64(&b, s)
		}
	}
	slotsARM64(&b, "callSlots", stack64K)
	slotsARM64(&b, "callSlotsNoSplit", 0)
	return b.String()
}

func loadARM64(b *strings.Builder, s stub) {
	b.WriteString("\tMOVD fn+0(FP), R16\n")
	for i := range s.args {
		fmt.Fprintf(b, "\tMOVD arg%d+%d(FP), R%d\n", i, 8*(1+i), i)
	}
}

// enterARM64 gives the class back to the callee and lays down the return address, a link of the chain of frames, and g.
func enterARM64(b *strings.Builder, class, link int, address bool) {
	if class != 0 {
		fmt.Fprintf(b, "\tADD $%d, RSP\n", class)
	}
	if address {
		b.WriteString("\tMOVD R30, 0(RSP)\n")
	}
	fmt.Fprintf(b, "\tMOVD R29, %d(RSP)\n\tMOVD R30, %d(RSP)\n\tMOVD g, %d(RSP)\n\tADD $%d, RSP, R29\n", link, link+8, link+16, link)
}

// leaveARM64 returns by hand: the assembler's own end would read the return address where the callee has written.
func leaveARM64(b *strings.Builder, link, size int) {
	fmt.Fprintf(b, "\tMOVD %d(RSP), R29\n\tMOVD %d(RSP), R30\n\tMOVD %d(RSP), g\n\tADD $%d, RSP\n", link, link+8, link+16, size)
}

// refuseARM64 stands at the beginning of every stub: where signal handlers take g from its register, the callee, which may
// use that register, cannot be let in.
const refuseARM64 = "\tMOVBU ·refused(SB), R17\n\tCBZ R17, admitted\n\tCALL ·refuseCall(SB)\n\tUNDEF\n\nadmitted:\n"

func stackARM64(b *strings.Builder, s stub) {
	fmt.Fprintf(b, "\nTEXT ·%s(SB), 0, $%d-%d\n\tNO_LOCAL_POINTERS\n%s", s.name, s.class+areaARM64-16, s.frame(), refuseARM64)
	loadARM64(b, s)
	// The frame pointer of the caller lies below the stack pointer, where the frame's own beginning put it.
	b.WriteString("\tMOVD -8(RSP), R29\n")
	enterARM64(b, s.class, 16, true)
	b.WriteString("\tBL (R16)\n")
	leaveARM64(b, 16, areaARM64)
	if s.results {
		fmt.Fprintf(b, "\tMOVD R0, %d(RSP) // ret\n", 8+s.ret())
	}
	b.WriteString("\tWORD $0xd65f03c0 // ret\n")
	rebumpARM64(b, s.class, areaARM64)
}

// rebumpARM64 tells the assembler that the frame stands again: behind the return it places the call that grows the stack,
// which runs before the frame does and is corrected for it.
func rebumpARM64(b *strings.Builder, class, size int) {
	if class != 0 {
		fmt.Fprintf(b, "\tSUB $%d, RSP // not reached\n", class)
	}
	fmt.Fprintf(b, "\tSUB $%d, RSP // not reached\n", size)
}

// g0ARM64 keeps what it needs afterwards in registers that C preserves, g's among them: see g0AMD64.
func g0ARM64(b *strings.Builder, s stub) {
	fmt.Fprintf(b, "\nTEXT ·%s(SB), NOSPLIT|NOFRAME, $0-%d\n", s.name, s.frame())
	loadARM64(b, s)
	fmt.Fprintf(b, `	MOVBU ·refused(SB), R17
	CBNZ R17, refuse
	MOVD RSP, R9
	MOVD 16(g), R17 // stackguard0: the scheduler asks for this goroutine by raising it
	CMP R17, R9
	BLS checked
	MOVD 72(g), R17 // g.sched.g: that of a signal handler does not point to itself
	CMP g, R17
	BNE refuse
	MOVD 48(g), R10 // g.m
	MOVD 0(R10), R10 // m.g0
	CMP g, R10
	BEQ refuse
	MOVD 56(R10), R11 // g0.sched.sp
	MOVD 0(R10), R12 // g0.stack.lo
	SUB R12, R11, R12
	MOVD $%d, R17
	CMP R17, R12
	BLT refuse
	SUB $16, R11
	AND $~15, R11
	MOVD R29, R20
	MOVD R30, R21
	MOVD R9, R19
	MOVD g, R22
	MOVD R10, g // who calls from there is refused
	MOVD R11, RSP
	MOVD R29, 0(RSP) // a link of the chain of frames
	MOVD R30, 8(RSP)
	MOVD RSP, R29
	BL (R16)
	MOVD R22, g
	MOVD R20, R29
	MOVD R21, R30
	MOVD R19, RSP
`, g0Need)
	if s.results {
		fmt.Fprintf(b, "\tMOVD R0, ret+%d(FP)\n", s.ret())
	}
	fmt.Fprintf(b, "\tRET\n\nchecked:\n\tJMP ·yield%s(SB)\n\nrefuse:\n", s.name)
	if s.results {
		fmt.Fprintf(b, "\tMOVD ZR, ret+%d(FP)\n", s.ret())
	}
	b.WriteString("\tJMP ·refuseG0(SB)\n")
	fmt.Fprintf(b, "\nTEXT ·yield%s(SB), 0, $128-%d\n\tMOVD -8(RSP), R29\n\tMOVD 0(RSP), R30\n\tADD $144, RSP\n\tJMP ·%s(SB)\n\tSUB $144, RSP // not reached\n", s.name, s.frame(), s.name)
}

// slotsARM64 keeps 0 to 63 for arguments on the stack, then registers, then the link and g.
func slotsARM64(b *strings.Builder, name string, class int) {
	const size, link = 224, 192
	flags := "0"
	if class == 0 {
		flags = "NOSPLIT"
	}
	fmt.Fprintf(b, "\nTEXT ·%s(SB), %s, $%d-40\n\tNO_LOCAL_POINTERS\n%s", name, flags, class+size-16, refuseARM64)
	b.WriteString("\tMOVD fn+0(FP), R16\n\tMOVD slots+8(FP), R9\n\tMOVD n+16(FP), R10\n\tMOVD floats+24(FP), R11\n\tMOVD -8(RSP), R29\n")
	enterARM64(b, class, link, true)
	b.WriteString(`	MOVD RSP, R12 // next on the stack
	ADD $64, RSP, R13 // next integer register
	ADD $128, RSP, R14 // next float register
	ADD $128, RSP, R15
	ADD $192, RSP, R17

next:
	CBZ R10, load
	SUB $1, R10
	MOVD.P 8(R9), R8
	TBNZ $0, R11, float
	LSR $1, R11
	CMP R15, R13
	BHS stack
	MOVD.P R8, 8(R13)
	JMP next

float:
	LSR $1, R11
	CMP R17, R14
	BHS stack
	MOVD.P R8, 8(R14)
	JMP next

stack:
	MOVD.P R8, 8(R12)
	JMP next

load:
`)
	for i := 0; i < 8; i += 2 {
		fmt.Fprintf(b, "\tLDP %d(RSP), (R%d, R%d)\n\tFLDPD %d(RSP), (F%d, F%d)\n", 64+8*i, i, i+1, 128+8*i, i, i+1)
	}
	b.WriteString("\tBL (R16)\n")
	leaveARM64(b, link, size)
	b.WriteString("\tMOVD 40(RSP), R1 // res\n\tMOVD R0, 0(R1)\n\tFMOVD F0, 8(R1)\n\tWORD $0xd65f03c0 // ret\n")
	rebumpARM64(b, class, size)
}
