//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

#include "textflag.h"

// func Kept(x uint64) (y uint64)
TEXT ·Kept(SB), NOSPLIT, $0-16
	MOVD x+0(FP), R0
	ADD $1, R0
	MOVD R0, y+8(FP)
	MOVD RSP, R1
	MOVD R0, -16(R1)
	MOVD R0, -64(R1)
	MOVD ZR, R3
	MOVD ZR, R20
	MOVD ZR, R26
	VEOR V15.B16, V15.B16, V15.B16
	RET

// func MovedStack(x uint64) (y uint64)
TEXT ·MovedStack(SB), NOSPLIT, $0-16
	MOVD x+0(FP), R0
	ADD $1, R0
	MOVD R0, y+8(FP)
	WORD $0x910043ff // add sp, sp, #16
	RET

// func LostFrame(x uint64) (y uint64)
TEXT ·LostFrame(SB), NOSPLIT, $0-16
	MOVD x+0(FP), R0
	ADD $1, R0
	MOVD R0, y+8(FP)
	WORD $0xd280001d // mov x29, #0
	RET

// func Rounding(x uint64) (y uint64)
TEXT ·Rounding(SB), NOSPLIT, $0-16
	MOVD x+0(FP), R0
	ADD $1, R0
	MOVD R0, y+8(FP)
	MOVD $(1<<22), R1 // up
	MOVD R1, FPCR
	RET

// func Deeper(x uint64) (y uint64)
TEXT ·Deeper(SB), NOSPLIT, $0-16
	MOVD x+0(FP), R0
	ADD $1, R0
	MOVD R0, y+8(FP)
	MOVD RSP, R1
	MOVD R0, -72(R1)
	RET

// func Farther(x uint64) (y uint64)
TEXT ·Farther(SB), NOSPLIT, $0-16
	MOVD x+0(FP), R0
	ADD $1, R0
	MOVD R0, y+8(FP)
	MOVD RSP, R1
	MOVD R0, -2000(R1)
	RET

// func Argument(x uint64) (y uint64)
TEXT ·Argument(SB), NOSPLIT, $0-16
	MOVD x+0(FP), R0
	ADD $1, R0
	MOVD R0, y+8(FP)
	MOVD R0, x+0(FP)
	RET

// func Beyond(x uint64) (y uint64)
TEXT ·Beyond(SB), NOSPLIT, $0-16
	MOVD x+0(FP), R0
	ADD $1, R0
	MOVD R0, y+8(FP)
	MOVD $y+8(FP), R1
	MOVD R0, 8(R1)
	RET

// func TakesZero(x uint64) (y uint64)
TEXT ·TakesZero(SB), NOSPLIT, $0-16
	MOVD x+0(FP), R0
	ADD R20, R0
	ADD $1, R0
	MOVD R0, y+8(FP)
	RET

// func TakesFlags(x uint64) (y uint64)
TEXT ·TakesFlags(SB), NOSPLIT, $0-16
	MOVD x+0(FP), R0
	ADC ZR, R0, R0
	ADD $1, R0
	MOVD R0, y+8(FP)
	RET

// func Rounded(x uint64) (y uint64)
TEXT ·Rounded(SB), NOSPLIT, $0-16
	MOVD x+0(FP), R0
	SCVTFD R0, F0
	FMOVD $0.75, F1
	FADDD F1, F0
	FRINTID F0, F0
	FCVTZSD F0, R0
	MOVD R0, y+8(FP)
	RET

// func LostG(x uint64) (y uint64)
TEXT ·LostG(SB), NOSPLIT, $0-16
	MOVD x+0(FP), R0
	ADD $1, R0
	MOVD R0, y+8(FP)
	MOVD ZR, g
	RET

// func Platform(x uint64) (y uint64)
TEXT ·Platform(SB), NOSPLIT, $0-16
	MOVD x+0(FP), R0
	ADD $1, R0
	MOVD R0, y+8(FP)
	MOVD ZR, R18_PLATFORM
	RET

// func SavedFrame(x uint64) (y uint64)
TEXT ·SavedFrame(SB), NOSPLIT, $0-16
	MOVD x+0(FP), R0
	ADD $1, R0
	MOVD R0, y+8(FP)
	MOVD RSP, R1
	STP (R0, R0), -16(R1)
	RET
