//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

#include "textflag.h"

// func Kept(x uint64) (y uint64)
TEXT ·Kept(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), AX
	INCQ AX
	MOVQ AX, y+8(FP)
	MOVQ AX, -8(SP)
	MOVQ AX, -64(SP)
	XORL DI, DI
	XORL R12, R12
	XORL R14, R14
	XORL R15, R15
	PCMPEQB X15, X15
	RET

// func MovedStack(x uint64) (y uint64)
TEXT ·MovedStack(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), AX
	INCQ AX
	MOVQ AX, y+8(FP)
	BYTE $0xc2; BYTE $0x10; BYTE $0x00 // ret 16

// func LostFrame(x uint64) (y uint64)
TEXT ·LostFrame(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), AX
	INCQ AX
	MOVQ AX, y+8(FP)
	BYTE $0x31; BYTE $0xed // xor ebp, ebp
	RET

// func Rounding(x uint64) (y uint64)
TEXT ·Rounding(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), AX
	INCQ AX
	MOVQ AX, y+8(FP)
	MOVL $0x3f80, -8(SP) // down
	LDMXCSR -8(SP)
	RET

// func Deeper(x uint64) (y uint64)
TEXT ·Deeper(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), AX
	INCQ AX
	MOVQ AX, y+8(FP)
	MOVQ AX, -72(SP)
	RET

// func Farther(x uint64) (y uint64)
TEXT ·Farther(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), AX
	INCQ AX
	MOVQ AX, y+8(FP)
	MOVQ AX, -2000(SP)
	RET

// func Argument(x uint64) (y uint64)
TEXT ·Argument(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), AX
	INCQ AX
	MOVQ AX, y+8(FP)
	MOVQ AX, x+0(FP)
	RET

// func Beyond(x uint64) (y uint64)
TEXT ·Beyond(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), AX
	INCQ AX
	MOVQ AX, y+8(FP)
	LEAQ y+8(FP), CX
	MOVQ AX, 8(CX)
	RET

// func TakesZero(x uint64) (y uint64)
TEXT ·TakesZero(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), AX
	MOVQ X15, CX
	INCQ CX
	ADDQ CX, AX
	MOVQ AX, y+8(FP)
	RET

// func TakesFlags(x uint64) (y uint64)
TEXT ·TakesFlags(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), AX
	ADCQ $1, AX
	MOVQ AX, y+8(FP)
	RET

// func Rounded(x uint64) (y uint64)
TEXT ·Rounded(SB), NOSPLIT, $0-16
	MOVQ $0x3fe8000000000000, CX // 0.75
	MOVQ CX, X1
	CVTSQ2SD x+0(FP), X0
	ADDSD X1, X0
	CVTSD2SQ X0, AX
	MOVQ AX, y+8(FP)
	RET

// func Backwards(x uint64) (y uint64)
TEXT ·Backwards(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), AX
	INCQ AX
	MOVQ AX, y+8(FP)
	STD
	RET

// func TakesG(x uint64) (y uint64)
TEXT ·TakesG(SB), NOSPLIT, $0-16
	ANDQ $1, R14 // addresses are even
	ADDQ x+0(FP), R14
	INCQ R14
	MOVQ R14, y+8(FP)
	RET

// func WideYMM(x uint64) (y uint64)
TEXT ·WideYMM(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), AX
	INCQ AX
	MOVQ AX, y+8(FP)
	VPCMPEQB Y1, Y1, Y1
	RET

// func WideZMM(x uint64) (y uint64)
TEXT ·WideZMM(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), AX
	INCQ AX
	MOVQ AX, y+8(FP)
	VPTERNLOGD $0xff, Z1, Z1, Z1
	RET
