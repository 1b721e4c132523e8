//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

#include "textflag.h"

// func empty(p []byte, x uint64)
TEXT ·empty(SB), NOSPLIT, $0-32
	RET

// func bare(p []byte, x uint64) (ret uint64)
TEXT ·bare(SB), NOSPLIT, $0-40
	MOVQ x+24(FP), AX
	MOVQ AX, ret+32(FP)
	RET
