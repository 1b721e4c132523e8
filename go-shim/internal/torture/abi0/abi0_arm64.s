//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

#include "go_asm.h"
#include "funcdata.h"
#include "textflag.h"

// From one word of the watched stack to the next.
#define NEXT(X) MADD R2, R3, X, X
#define MAP MOVD $0x5851f42d4c957f2d, R2; MOVD $0x14057b7ef767814f, R3

// func enter()
//
// The frame has the watched stack at its lower end and what the function takes for its caller's frame above that. RSP
// goes up to there for the call, in a way that the assembler sees, so that the runtime's table knows.
TEXT ·enter(SB), 0, $const_local-0
	NO_LOCAL_POINTERS
	MOVD $·state(SB), R16

	// The word at RSP is the return address and stays.
	MAP
	MOVD shared_canary(R16), R0
	MOVD $8(RSP), R1
	MOVD $(const_room-8), R4
fill:
	MOVD.P R0, 8(R1)
	NEXT(R0)
	SUBS $8, R4
	BNE fill
	MOVD -8(R1), R0
	MOVD R0, shared_topHome(R16)

	ADD $const_room, RSP
	MOVD RSP, R0
	MOVD R0, shared_home(R16)
	MOVD g, shared_g(R16)
	MOVD $8(RSP), R1
	MOVD $shared_frame(R16), R2
	MOVD $const_Words, R4
frame:
	MOVD.P 8(R2), R0
	MOVD.P R0, 8(R1)
	SUBS $1, R4
	BNE frame

	MOVD FPCR, R0
	MOVD R0, shared_controlHome(R16)
	MOVD shared_control(R16), R0
	MOVD R0, FPCR
	MOVD $shared_vectors(R16), R0
	VLD1.P 64(R0), [V0.D2, V1.D2, V2.D2, V3.D2]
	VLD1.P 64(R0), [V4.D2, V5.D2, V6.D2, V7.D2]
	VLD1.P 64(R0), [V8.D2, V9.D2, V10.D2, V11.D2]
	VLD1.P 64(R0), [V12.D2, V13.D2, V14.D2, V15.D2]
	VLD1.P 64(R0), [V16.D2, V17.D2, V18.D2, V19.D2]
	VLD1.P 64(R0), [V20.D2, V21.D2, V22.D2, V23.D2]
	VLD1.P 64(R0), [V24.D2, V25.D2, V26.D2, V27.D2]
	VLD1.P 64(R0), [V28.D2, V29.D2, V30.D2, V31.D2]
	MOVD shared_fills(R16), R0
	CBZ R0, general
	MOVD shared_platform(R16), R18_PLATFORM
general:
	MOVD shared_flags(R16), R0
	MOVD R0, NZCV
	MOVD (shared_general+0)(R16), R0
	MOVD (shared_general+8)(R16), R1
	MOVD (shared_general+16)(R16), R2
	MOVD (shared_general+24)(R16), R3
	MOVD (shared_general+32)(R16), R4
	MOVD (shared_general+40)(R16), R5
	MOVD (shared_general+48)(R16), R6
	MOVD (shared_general+56)(R16), R7
	MOVD (shared_general+64)(R16), R8
	MOVD (shared_general+72)(R16), R9
	MOVD (shared_general+80)(R16), R10
	MOVD (shared_general+88)(R16), R11
	MOVD (shared_general+96)(R16), R12
	MOVD (shared_general+104)(R16), R13
	MOVD (shared_general+112)(R16), R14
	MOVD (shared_general+120)(R16), R15
	MOVD (shared_general+128)(R16), R17
	MOVD (shared_general+136)(R16), R19
	MOVD (shared_general+144)(R16), R20
	MOVD (shared_general+152)(R16), R21
	MOVD (shared_general+160)(R16), R22
	MOVD (shared_general+168)(R16), R23
	MOVD (shared_general+176)(R16), R24
	MOVD (shared_general+184)(R16), R25
	MOVD (shared_general+192)(R16), R26
	MOVD (shared_general+200)(R16), R27
	SUB $8, RSP, R29
	MOVD shared_function(R16), R16
	CALL (R16)

	// RSP first, opaque to the assembler, whose table is right already.
	MOVD $·state(SB), R16
	MOVD RSP, R17
	MOVD R17, shared_spAfter(R16)
	MOVD shared_home(R16), R17
	WORD $0x9100023f // mov sp, x17
	MOVD g, shared_gAfter(R16)
	MOVD shared_g(R16), g
	MOVD R29, shared_fpAfter(R16)
	MOVD R18_PLATFORM, shared_platformAfter(R16)
	MOVD FPCR, R0
	MOVD R0, shared_controlAfter(R16)
	MOVD shared_controlHome(R16), R0
	MOVD R0, FPCR

	MOVD -8(RSP), R0
	MOVD R0, shared_top(R16)
	MOVD $8(RSP), R1
	MOVD $shared_frame(R16), R2
	MOVD $const_Words, R4
back:
	MOVD.P 8(R1), R0
	MOVD.P R0, 8(R2)
	SUBS $1, R4
	BNE back
	SUB $const_room, RSP

	MAP
	MOVD shared_canary(R16), R0
	MOVD $8(RSP), R1
	MOVD $8, R4
look:
	MOVD.P 8(R1), R5
	CMP R0, R5
	BNE done
	NEXT(R0)
	ADD $8, R4
	CMP $const_room, R4
	BNE look
done:
	MOVD R4, shared_untouched(R16)
	RET
