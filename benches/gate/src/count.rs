//! Counts instructions by single steps: exactly, the same number in every run, whatever the instructions are. Emulators
//! that count, as valgrind's do, stop at AVX-512.

use anyhow::{Context, Result, bail};
use std::io::Error;
use std::ops::Range;

/// How many instructions of `code` a call of `work` executes, in a child process that goes step by step.
pub fn instructions(code: Range<u64>, work: impl Fn()) -> Result<u64> {
    // What the first call decides or faults in is not counted.
    work();
    // SAFETY: this process has one thread, so the child may do whatever the parent may.
    match unsafe { libc::fork() } {
        -1 => Err(Error::last_os_error()).context("fork"),
        0 => child(work),
        id => {
            let counted = steps(id, code);
            // SAFETY: the child is ours, and is waited for here, so that its number is not another's yet.
            unsafe {
                libc::kill(id, libc::SIGKILL);
                libc::waitpid(id, std::ptr::null_mut(), 0);
            }
            counted
        }
    }
}

/// Stops before the work and after it, and never returns.
fn child(work: impl Fn()) -> ! {
    // SAFETY: requests about this process itself; no memory is passed.
    unsafe {
        if libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) != 0 {
            libc::_exit(1);
        }
        libc::raise(libc::SIGSTOP);
        work();
        libc::raise(libc::SIGSTOP);
        libc::_exit(0)
    }
}

fn steps(id: libc::pid_t, code: Range<u64>) -> Result<u64> {
    if wait(id)? != libc::SIGSTOP {
        bail!("the counted process did not stop where it should");
    }
    let mut count = 0;
    loop {
        count += u64::from(code.contains(&instruction_pointer(id)?));
        // SAFETY: the child is stopped; nothing of this process's memory is passed.
        if unsafe { libc::ptrace(libc::PTRACE_SINGLESTEP, id, 0, 0) } != 0 {
            return Err(Error::last_os_error()).context("PTRACE_SINGLESTEP");
        }
        match wait(id)? {
            libc::SIGTRAP => {}
            libc::SIGSTOP if count > 0 => return Ok(count),
            libc::SIGSTOP => bail!("not one instruction of the library was executed"),
            signal => bail!("the counted process got signal {signal}"),
        }
    }
}

/// The signal that the child stopped with.
fn wait(id: libc::pid_t) -> Result<i32> {
    let mut status = 0;
    // SAFETY: status may be written to.
    if unsafe { libc::waitpid(id, &mut status, 0) } != id {
        return Err(Error::last_os_error()).context("waitpid");
    }
    if !libc::WIFSTOPPED(status) {
        bail!("this system does not let a process trace its own child (ptrace)");
    }
    Ok(libc::WSTOPSIG(status))
}

fn instruction_pointer(id: libc::pid_t) -> Result<u64> {
    let offset =
        std::mem::offset_of!(libc::user, regs) + std::mem::offset_of!(libc::user_regs_struct, rip);
    // SAFETY: errno is this thread's. The answer is a value of the child's, of which -1 is possible: errno decides.
    unsafe {
        *libc::__errno_location() = 0;
        let value = libc::ptrace(libc::PTRACE_PEEKUSER, id, offset, 0);
        if value == -1 && *libc::__errno_location() != 0 {
            return Err(Error::last_os_error()).context("PTRACE_PEEKUSER");
        }
        Ok(value as u64)
    }
}
