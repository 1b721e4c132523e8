package main

import (
	"fmt"
	"strings"
)

var (
	sysv      = []string{"DI", "SI", "DX", "CX", "R8", "R9"}
	microsoft = []string{"CX", "DX", "R8", "R9", "R10", "R12"}
)

// area is what a stub takes of the stack above the callee, and more: return addresses, and under Windows the home area of
// 32 bytes with arguments 5 and 6.
const area = 64

func amd64() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n//go:build %s\n\n", header, native)
	b.WriteString(`#include "textflag.h"
#include "funcdata.h"

// Above the callee: nothing, or Microsoft's home area and two arguments; and what makes a multiple of 16 of the stack
// pointer.
#ifdef GOOS_windows
#define ENTER_EVEN ADJSP $48
#define LEAVE_EVEN ADJSP $-48
#define ENTER_ODD ADJSP $56
#define LEAVE_ODD ADJSP $-56
#else
#define ENTER_EVEN
#define LEAVE_EVEN
#define ENTER_ODD ADJSP $8
#define LEAVE_ODD ADJSP $-8
#endif
`)
	for _, s := range stubs() {
		if s.class == 0 {
			g0AMD64(&b, s)
		} else {
			stackAMD64(&b, s)
		}
	}
	for _, way := range []struct {
		name  string
		class int
	}{{"callSlots", stack64K}, {"callSlotsNoSplit", 0}} {
		slotsAMD64(&b, way.name, way.class)
	}
	return b.String()
}

func loadAMD64(b *strings.Builder, s stub) {
	b.WriteString("\tMOVQ fn+0(FP), R11\n")
	if s.args == 0 {
		return
	}
	b.WriteString("#ifdef GOOS_windows\n")
	for i := range s.args {
		fmt.Fprintf(b, "\tMOVQ arg%d+%d(FP), %s\n", i, 8*(1+i), microsoft[i])
	}
	b.WriteString("#else\n")
	for i := range s.args {
		fmt.Fprintf(b, "\tMOVQ arg%d+%d(FP), %s\n", i, 8*(1+i), sysv[i])
	}
	b.WriteString("#endif\n")
}

// callAMD64 is the call itself; AL is how many vector registers hold arguments, for callees that are variadic.
func callAMD64(b *strings.Builder, s stub) {
	if s.args > 4 {
		b.WriteString("#ifdef GOOS_windows\n\tMOVQ R10, 32(SP)\n")
		if s.args > 5 {
			b.WriteString("\tMOVQ R12, 40(SP)\n")
		}
		b.WriteString("#endif\n")
	}
	b.WriteString("\tXORL AX, AX\n\tCALL R11\n")
}

// stackAMD64 compares the stack pointer with the goroutine's limit itself, which is what the assembler does in front of a
// declared frame; but a frame that is declared also saves the frame pointer and moves the stack pointer four times (two
// cycles of twelve). Where the stack is too small, and where the scheduler asks for the goroutine by raising its
// limit, the call passes through growAMD64 first. Go aligns the stack to 8 and C needs 16: one of two ways, because a stack
// pointer that is masked is one that the runtime cannot follow.
func stackAMD64(b *strings.Builder, s stub) {
	fmt.Fprintf(b, "\nTEXT ·%s(SB), NOSPLIT|NOFRAME, $0-%d\n\tNO_LOCAL_POINTERS\n", s.name, s.frame())
	checkAMD64(b, s.class+area)
	loadAMD64(b, s)
	b.WriteString("\tTESTB $8, AX\n\tJNE odd\n")
	for i, way := range []string{"EVEN", "ODD"} {
		if i == 1 { // in a line of its own: a cycle, for processors that foresee few branches in a line
			b.WriteString("\n\tPCALIGN $64\nodd:\n")
		}
		fmt.Fprintf(b, "\tENTER_%s\n", way)
		callAMD64(b, s)
		fmt.Fprintf(b, "\tLEAVE_%s\n", way)
		if s.results {
			fmt.Fprintf(b, "\tMOVQ AX, ret+%d(FP)\n", s.ret())
		}
		b.WriteString("\tRET\n")
	}
	growAMD64(b, s.name, s.class+area, s.frame())
}

// checkAMD64 leaves in AX what is a multiple of 16 if the stack pointer is one.
func checkAMD64(b *strings.Builder, room int) {
	fmt.Fprintf(b, `	MOVQ TLS, AX
	MOVQ 0(AX)(TLS*1), R13 // g
	LEAQ -%d(SP), AX
	CMPQ AX, 16(R13) // stackguard0
	JLS grow
	CMPB ·refused(SB), $0
	JNE refuse
`, room)
}

// growAMD64 declares the frame for the assembler's check, gives it back and begins again. The assembler lets 128 bytes of a
// frame lie beyond the limit, so this one is larger by as many: what passes here passes there.
func growAMD64(b *strings.Builder, name string, room, frame int) {
	fmt.Fprintf(b, "\ngrow:\n\tCMPB ·refused(SB), $0 // of another runtime's limit it is not known what it says\n\tJNE refuse\n\tJMP ·grow%s(SB)\n\nrefuse:\n\tJMP ·refuseCall(SB)\n", name)
	givenBack(b, "grow"+name, name, room+128, frame)
}

// givenBack is a function that only checks the stack, and is taken when the check has passed.
func givenBack(b *strings.Builder, name, next string, size, frame int) {
	fmt.Fprintf(b, "\nTEXT ·%s(SB), 0, $%d-%d\n\tNO_LOCAL_POINTERS\n\tADJSP $-%d\n\tPOPQ BP\n\tJMP ·%s(SB)\n\tADJSP $%d; ADJSP $8 // not reached\n",
		name, size, frame, size, next, size)
}

// g0AMD64: what can be refused is refused before the stack pointer moves, by a tail jump, for the runtime cannot unwind
// through a function that writes it. The offsets are those that verify has looked at. What is needed afterwards stays in
// registers that C preserves: read back from g0's stack, whose address comes from g, it made each call wait for the one
// before (9.0 ns an empty call; 3.0 this way).
func g0AMD64(b *strings.Builder, s stub) {
	fmt.Fprintf(b, "\nTEXT ·%s(SB), NOSPLIT|NOFRAME, $0-%d\n", s.name, s.frame())
	fmt.Fprintf(b, `	MOVQ TLS, AX
	MOVQ 0(AX)(TLS*1), R13 // g
	CMPQ SP, 16(R13) // stackguard0: the scheduler asks for this goroutine by raising it
	JLS checked
	CMPB ·refused(SB), $0
	JNE refuse
	MOVQ 48(R13), BX // g.m
	CMPQ R13, 72(R13) // g.sched.g: that of a signal handler does not point to itself
	JNE refuse
	MOVQ 0(BX), BX // m.g0
	CMPQ R13, BX
	JEQ refuse
	MOVQ 56(BX), AX // g0.sched.sp
	LEAQ -%d(AX), R14
	CMPQ R14, 0(BX) // g0.stack.lo
	JLT refuse
	MOVQ TLS, R14
	MOVQ BX, 0(R14)(TLS*1) // a fault is now one of the thread, and not the goroutine's panic
`, g0Need)
	loadAMD64(b, s)
	b.WriteString(`#ifdef GOOS_windows
	SUBQ $64, AX
#endif
	ANDQ $-16, AX
	MOVQ SP, R14
	MOVQ AX, SP
`)
	callAMD64(b, s)
	b.WriteString(`	MOVQ TLS, CX
	MOVQ R13, 0(CX)(TLS*1)
	MOVQ R14, SP
`)
	if s.results {
		fmt.Fprintf(b, "\tMOVQ AX, ret+%d(FP)\n", s.ret())
	}
	fmt.Fprintf(b, "\tRET\n\nchecked:\n\tCMPB ·refused(SB), $0\n\tJNE refuse\n\tJMP ·yield%s(SB)\n\nrefuse:\n", s.name)
	if s.results {
		fmt.Fprintf(b, "\tMOVQ $0, ret+%d(FP)\n", s.ret())
	}
	b.WriteString("\tJMP ·refuseG0(SB)\n")
	givenBack(b, "yield"+s.name, s.name, 120, s.frame())
}

// slotsAMD64 is the general way: up to 15 words, each an integer or a float by a bit of the mask. Its pointers are read
// after the stack has moved, if it had to.
func slotsAMD64(b *strings.Builder, name string, class int) {
	const above = 256
	fmt.Fprintf(b, "\nTEXT ·%s(SB), NOSPLIT|NOFRAME, $0-40\n\tNO_LOCAL_POINTERS\n", name)
	if class != 0 {
		checkAMD64(b, class+above+area)
	} else {
		b.WriteString("\tMOVQ SP, AX\n")
	}
	b.WriteString("\tMOVQ fn+0(FP), R11\n\tMOVQ slots+8(FP), R12\n\tMOVQ n+16(FP), R13\n\tMOVQ floats+24(FP), BX\n\tTESTB $8, AX\n\tJNE odd\n")
	for i, way := range []string{"even", "odd"} {
		down := above + 8*i
		if i == 1 {
			b.WriteString("\nodd:\n")
		}
		fmt.Fprintf(b, "\tADJSP $%d\n", down)
		placeAMD64(b, way)
		fmt.Fprintf(b, "\tCALL R11\n\tADJSP $-%d\n\tMOVQ res+32(FP), CX\n\tMOVQ AX, 0(CX)\n\tMOVSD X0, 8(CX)\n\tRET\n", down)
	}
	if class != 0 {
		growAMD64(b, name, class+above+area, 40)
	}
}

func placeAMD64(b *strings.Builder, way string) {
	fmt.Fprintf(b, `#ifdef GOOS_windows
	XORL R10, R10
%[1]sNext:
	CMPQ R10, R13
	JGE %[1]sLoad
	MOVQ (R12)(R10*8), AX
	MOVQ AX, 0(SP)(R10*8)
	INCQ R10
	JMP %[1]sNext
%[1]sLoad:
	MOVQ 0(SP), CX
	MOVQ 8(SP), DX
	MOVQ 16(SP), R8
	MOVQ 24(SP), R9
	MOVQ CX, X0
	MOVQ DX, X1
	MOVQ R8, X2
	MOVQ R9, X3
#else
	XORL R8, R8
	XORL R9, R9
	XORL R10, R10
%[1]sNext:
	DECQ R13
	JLT %[1]sLoad
	MOVQ (R12), AX
	ADDQ $8, R12
	SHRQ $1, BX
	JCS %[1]sFloat
	CMPQ R10, $6
	JGE %[1]sStack
	MOVQ AX, 128(SP)(R10*8)
	INCQ R10
	JMP %[1]sNext
%[1]sFloat:
	CMPQ R9, $8
	JGE %[1]sStack
	MOVQ AX, 176(SP)(R9*8)
	INCQ R9
	JMP %[1]sNext
%[1]sStack:
	MOVQ AX, 0(SP)(R8*8)
	INCQ R8
	JMP %[1]sNext
%[1]sLoad:
	MOVQ R9, AX
`, way)
	for i, r := range sysv {
		fmt.Fprintf(b, "\tMOVQ %d(SP), %s\n", 128+8*i, r)
	}
	for i := range 8 {
		fmt.Fprintf(b, "\tMOVSD %d(SP), X%d\n", 176+8*i, i)
	}
	b.WriteString("#endif\n")
}
