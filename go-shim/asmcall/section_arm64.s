//go:build gc && !purego && !noasm && !plan9 && !js && !wasip1 && !msan && !asan

#include "textflag.h"
#include "funcdata.h"

TEXT ·getg(SB), NOSPLIT, $0-8
	MOVD g, ret+0(FP)
	RET

// 64 KiB for the callee and 2 KiB for what Go does on the way into and out of a system call. The return address and the
// link of the chain of frames are laid down again where the stack pointer then is.
TEXT ·reserve(SB), 0, $67632-8
	NO_LOCAL_POINTERS
	MOVD e+0(FP), R0
	MOVD -8(RSP), R29
	ADD $67584, RSP
	MOVD R30, 0(RSP)
	MOVD R0, 8(RSP)
	MOVD R29, 24(RSP)
	MOVD R30, 32(RSP)
	ADD $24, RSP, R29
	CALL ·section(SB)
	MOVD 24(RSP), R29
	MOVD 32(RSP), R30
	ADD $64, RSP
	WORD $0xd65f03c0 // ret
	SUB $67584, RSP // not reached: behind it the assembler counts on the frame
	SUB $64, RSP

TEXT ·CallArgs(SB), NOSPLIT|NOFRAME, $0-56
	JMP ·callArgs(SB)

TEXT ·CallBlocking(SB), NOSPLIT|NOFRAME, $0-56
	JMP ·blocking(SB)
