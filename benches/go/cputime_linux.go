package main

import (
	"syscall"
	"time"
	"unsafe"
)

const clockThreadCPUTimeID = 3

// cpuTime is the CPU time of this thread, to which main is locked.
func cpuTime() time.Duration {
	var t syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockThreadCPUTimeID, uintptr(unsafe.Pointer(&t)), 0)
	return time.Duration(t.Nano())
}
