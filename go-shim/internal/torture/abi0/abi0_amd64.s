//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

#include "go_asm.h"
#include "funcdata.h"
#include "textflag.h"

// From one word of the watched stack to the next.
#define NEXT(X) IMULQ R9, X; ADDQ R10, X
#define MAP MOVQ $0x5851f42d4c957f2d, R9; MOVQ $0x14057b7ef767814f, R10

// Loads registers A to D with the N-th four of the vectors.
#define LOAD(OP, N, A, B, C, D) \
	OP (shared_vectors+256*N)(DI), A; \
	OP (shared_vectors+256*N+64)(DI), B; \
	OP (shared_vectors+256*N+128)(DI), C; \
	OP (shared_vectors+256*N+192)(DI), D

// func enter()
//
// The frame has the watched stack at its lower end and what the function takes for its caller's frame above that. SP goes
// up to there for the call, by ADJSP, so that the runtime's table knows.
TEXT ·enter(SB), 0, $const_local-0
	NO_LOCAL_POINTERS
	LEAQ ·state(SB), DI

	MAP
	MOVQ shared_canary(DI), AX
	XORL CX, CX
fill:
	MOVQ AX, (SP)(CX*1)
	NEXT(AX)
	ADDQ $8, CX
	CMPQ CX, $const_room
	JNE fill

	ADJSP $-const_room
	MOVQ SP, shared_home(DI)
	XORL CX, CX
frame:
	MOVQ shared_frame(DI)(CX*8), AX
	MOVQ AX, (SP)(CX*8)
	INCQ CX
	CMPQ CX, $const_Words
	JNE frame

	STMXCSR shared_mxcsrHome(DI)
	LDMXCSR shared_mxcsr(DI)
	CMPL shared_fill(DI), $const_fillNone
	JLT xmm
	JEQ none
	CMPL shared_fill(DI), $const_fillYMM
	JEQ ymm
	LOAD(VMOVDQU64, 0, Z0, Z1, Z2, Z3)
	LOAD(VMOVDQU64, 1, Z4, Z5, Z6, Z7)
	LOAD(VMOVDQU64, 2, Z8, Z9, Z10, Z11)
	LOAD(VMOVDQU64, 3, Z12, Z13, Z14, Z15)
	LOAD(VMOVDQU64, 4, Z16, Z17, Z18, Z19)
	LOAD(VMOVDQU64, 5, Z20, Z21, Z22, Z23)
	LOAD(VMOVDQU64, 6, Z24, Z25, Z26, Z27)
	LOAD(VMOVDQU64, 7, Z28, Z29, Z30, Z31)
	LOAD(KMOVW, 0, K1, K2, K3, K4)
	LOAD(KMOVW, 1, K4, K5, K6, K7)
	JMP general

ymm:
	LOAD(VMOVDQU, 0, Y0, Y1, Y2, Y3)
	LOAD(VMOVDQU, 1, Y4, Y5, Y6, Y7)
	LOAD(VMOVDQU, 2, Y8, Y9, Y10, Y11)
	LOAD(VMOVDQU, 3, Y12, Y13, Y14, Y15)
	JMP general

none:
	VZEROALL
	JMP general

xmm:
	LOAD(MOVOU, 0, X0, X1, X2, X3)
	LOAD(MOVOU, 1, X4, X5, X6, X7)
	LOAD(MOVOU, 2, X8, X9, X10, X11)
	LOAD(MOVOU, 3, X12, X13, X14, X15)

general:
	PUSHQ shared_flags(DI)
	POPFQ
	MOVQ shared_function(DI), AX
	MOVQ (shared_general+0)(DI), BX
	MOVQ (shared_general+8)(DI), CX
	MOVQ (shared_general+16)(DI), DX
	MOVQ (shared_general+24)(DI), SI
	MOVQ (shared_general+40)(DI), R8
	MOVQ (shared_general+48)(DI), R9
	MOVQ (shared_general+56)(DI), R10
	MOVQ (shared_general+64)(DI), R11
	MOVQ (shared_general+72)(DI), R12
	MOVQ (shared_general+80)(DI), R13
	MOVQ (shared_general+88)(DI), R14
	MOVQ (shared_general+96)(DI), R15
	MOVQ (shared_general+104)(DI), BP
	MOVQ (shared_general+32)(DI), DI
	CALL AX

	// SP first, opaque to the assembler, whose table is right already: without it nothing can be pushed.
	LEAQ ·state(SB), DI
	MOVQ SP, shared_spAfter(DI)
	MOVQ BP, shared_bpAfter(DI)
	MOVQ shared_home(DI), AX
	BYTE $0x48; BYTE $0x89; BYTE $0xc4 // mov rsp, rax
	PUSHFQ
	POPQ AX
	CLD
	MOVQ AX, shared_flagsAfter(DI)
	STMXCSR shared_mxcsrAfter(DI)
	LDMXCSR shared_mxcsrHome(DI)
	CMPL shared_asks(DI), $0
	JEQ tidy
	MOVL $1, CX
	XGETBV
	MOVL AX, shared_inUse(DI)
tidy:
	CMPL shared_fill(DI), $const_fillXMM
	JEQ results
	VZEROUPPER

results:
	XORL CX, CX
back:
	MOVQ (SP)(CX*8), AX
	MOVQ AX, shared_frame(DI)(CX*8)
	INCQ CX
	CMPQ CX, $const_Words
	JNE back
	ADJSP $const_room

	MAP
	MOVQ shared_canary(DI), AX
	XORL CX, CX
look:
	CMPQ AX, (SP)(CX*1)
	JNE done
	NEXT(AX)
	ADDQ $8, CX
	CMPQ CX, $const_room
	JNE look
done:
	MOVQ CX, shared_untouched(DI)
	RET

// func saysInUse() bool
TEXT ·saysInUse(SB), NOSPLIT, $0-1
	MOVL $13, AX
	MOVL $1, CX
	CPUID
	SHRL $2, AX
	ANDL $1, AX
	MOVB AX, ret+0(FP)
	RET
