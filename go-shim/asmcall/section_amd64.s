//go:build gc && !purego && !noasm && !plan9 && !js && !wasip1 && !msan && !asan

#include "textflag.h"
#include "funcdata.h"

TEXT ·getg(SB), NOSPLIT, $0-8
	MOVQ TLS, CX
	MOVQ 0(CX)(TLS*1), AX
	MOVQ AX, ret+0(FP)
	RET

// 64 KiB for the callee and 2 KiB for what Go does on the way into and out of a system call.
TEXT ·reserve(SB), 0, $67600-8
	NO_LOCAL_POINTERS
	MOVQ e+0(FP), AX
	ADJSP $-67584
	MOVQ AX, 0(SP)
	CALL ·section(SB)
	ADJSP $67584
	RET

TEXT ·CallArgs(SB), NOSPLIT|NOFRAME, $0-56
	JMP ·callArgs(SB)

TEXT ·CallBlocking(SB), NOSPLIT|NOFRAME, $0-56
	JMP ·blocking(SB)
