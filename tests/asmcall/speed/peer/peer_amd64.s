//go:build linux

#include "textflag.h"

TEXT ·Empty(SB), NOSPLIT|NOFRAME, $0-32
	RET

// What is saved is saved on g0 and read back from there.
TEXT ·BareOnG0(SB), NOSPLIT|NOFRAME, $0-32
	MOVQ fn+0(FP), AX
	MOVQ a+8(FP), DI
	MOVQ b+16(FP), SI
	MOVQ c+24(FP), DX
	MOVQ TLS, R12
	MOVQ 0(R12)(TLS*1), R12 // g
	MOVQ 48(R12), R13 // g.m
	MOVQ 0(R13), R13 // m.g0
	MOVQ 56(R13), R13 // g0.sched.sp
	SUBQ $16, R13
	ANDQ $-16, R13
	MOVQ SP, 8(R13)
	MOVQ R12, 0(R13)
	MOVQ R13, SP
	CALL AX
	MOVQ 8(SP), SP
	RET

TEXT ·BareInPlace(SB), NOSPLIT, $0-32
	MOVQ fn+0(FP), AX
	MOVQ a+8(FP), DI
	MOVQ b+16(FP), SI
	MOVQ c+24(FP), DX
	CALL AX
	RET
