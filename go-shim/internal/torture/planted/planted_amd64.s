//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

#include "textflag.h"

// func Long(n int)
TEXT ·Long(SB), NOSPLIT, $0-8
	MOVQ n+0(FP), AX
loop:
	DECQ AX
	JNE loop
	RET

// func Hidden(n int)
TEXT ·Hidden(SB), NOSPLIT, $0-8
	MOVQ n+0(FP), AX
	BYTE $0x48; BYTE $0x83; BYTE $0xec; BYTE $0x48 // sub rsp, 72
loop:
	DECQ AX
	JNE loop
	BYTE $0x48; BYTE $0x83; BYTE $0xc4; BYTE $0x48 // add rsp, 72
	RET

// func Fault()
TEXT ·Fault(SB), NOSPLIT, $0-0
	XORL AX, AX
	BYTE $0x48; BYTE $0x83; BYTE $0xec; BYTE $0x48 // sub rsp, 72
	MOVQ (AX), AX
	BYTE $0x48; BYTE $0x83; BYTE $0xc4; BYTE $0x48 // add rsp, 72
	RET

// func Deep()
TEXT ·Deep(SB), NOSPLIT, $0-0
	MOVQ SP, AX
	SUBQ $1600, AX
loop:
	MOVQ $0x5555, (AX)
	ADDQ $8, AX
	CMPQ AX, SP
	JNE loop
	RET

// func Clobber(n int)
TEXT ·Clobber(SB), NOSPLIT, $0-8
	MOVQ n+0(FP), AX
	STD
loop:
	DECQ AX
	JNE loop
	RET
