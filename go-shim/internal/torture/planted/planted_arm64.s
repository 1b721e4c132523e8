//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

#include "textflag.h"

// func Long(n int)
TEXT ·Long(SB), NOSPLIT, $0-8
	MOVD n+0(FP), R0
loop:
	SUBS $1, R0
	BNE loop
	RET

// func Hidden(n int)
TEXT ·Hidden(SB), NOSPLIT, $0-8
	MOVD n+0(FP), R0
	WORD $0xa9bb7bfd // stp x29, x30, [sp, #-80]!
	WORD $0xd2800afe // mov x30, #87: as a register that the compiler makes use of
loop:
	SUBS $1, R0
	BNE loop
	WORD $0xa8c57bfd // ldp x29, x30, [sp], #80
	RET

// func Fault()
TEXT ·Fault(SB), NOSPLIT, $0-0
	WORD $0xa9bb7bfd // stp x29, x30, [sp, #-80]!
	WORD $0xd2800afe // mov x30, #87
	MOVD ZR, R0
	MOVD (R0), R0
	WORD $0xa8c57bfd // ldp x29, x30, [sp], #80
	RET

// func Deep()
TEXT ·Deep(SB), NOSPLIT, $0-0
	MOVD RSP, R2
	SUB $1600, R2, R0
	MOVD $0x5555, R1
loop:
	MOVD R1, (R0)
	ADD $8, R0
	CMP R2, R0
	BNE loop
	RET

// func Clobber(n int)
TEXT ·Clobber(SB), NOSPLIT, $0-8
	MOVD n+0(FP), R0
	MOVD g, R1
	MOVD $1, g
loop:
	SUBS $1, R0
	BNE loop
	MOVD R1, g
	RET
