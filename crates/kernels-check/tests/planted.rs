//! Each check finds the fault it is there for: kernels with one planted each run in a child process, which must end
//! as the fault demands and name the kernel.
#![cfg(unix)]

use std::fs::File;
use std::io::Read;
use std::os::fd::FromRawFd;
use std::panic::{AssertUnwindSafe, catch_unwind};

use kernels_check::guard::Arena;
use kernels_check::{base32, bytealg, latin1, reader, utf8, utf16, vec, writer};
use kernels_generic::base32::{DecodeTable, EncodeTable, GROUP, decode_generic, encode_generic};
use kernels_generic::ffi::Pair;
use kernels_generic::latin1 as latin1_generic;
use kernels_generic::utf16::{from_utf8_generic, to_utf8_generic};

/// One after the other: what another thread holds when a process forks, the child never gets.
#[test]
fn planted_faults_are_found() {
    right_kernel_passes();
    over_read_and_under_read_are_found();
    write_into_the_source_is_found();
    wrong_result_is_found();
    wrong_on_some_contents_is_found();
    writers_faults_are_found();
    families_faults_are_found();
    arena_refuses_places_outside();
}

#[derive(Debug, PartialEq)]
enum End {
    Fine,
    Panicked,
    Killed,
}

/// Runs `f` in a fork of this process: how it ended, and its standard error.
fn in_child(f: impl FnOnce()) -> (End, String) {
    let mut pipe = [0; 2];
    // SAFETY: pipe writes two descriptors; the child touches nothing that another thread may hold but the allocator,
    // whose locks the C library renews in a fork, and leaves without running destructors.
    unsafe {
        assert_eq!(libc::pipe(pipe.as_mut_ptr()), 0);
        let child = libc::fork();
        assert!(child >= 0);
        if child == 0 {
            libc::dup2(pipe[1], libc::STDERR_FILENO);
            std::panic::set_hook(Box::new(|panic| {
                let text = panic.to_string();
                libc::write(libc::STDERR_FILENO, text.as_ptr().cast(), text.len());
            }));
            let ok = catch_unwind(AssertUnwindSafe(f)).is_ok();
            libc::_exit(if ok { 0 } else { 101 });
        }
        libc::close(pipe[1]);
        let (mut text, mut status) = (String::new(), 0);
        File::from_raw_fd(pipe[0]).read_to_string(&mut text).unwrap();
        assert_eq!(libc::waitpid(child, &mut status, 0), child);
        let end = match status {
            0 => End::Fine,
            _ if libc::WIFSIGNALED(status) => End::Killed,
            _ => End::Panicked,
        };
        (end, text)
    }
}

fn plain_sum(p: &[u8]) -> u64 {
    p.iter().map(|&b| u64::from(b)).sum()
}

/// Sum of the bytes from `from` to `to`, as seen from an argument of `n` bytes at `p`.
unsafe fn sum_between(p: *const u8, from: isize, to: isize) -> u64 {
    // SAFETY: not at all outside the argument, on purpose. Volatile, for the access to be made.
    (from..to).map(|i| u64::from(unsafe { p.offset(i).read_volatile() })).sum()
}

fn right_kernel_passes() {
    // SAFETY: within the argument.
    let all = |p: *const u8, n: usize| unsafe { sum_between(p, 0, n as isize) };
    assert_eq!(in_child(|| reader("right", all, plain_sum)), (End::Fine, String::new()));
}

/// One byte past the end, or before the start, that does not even change the result.
fn over_read_and_under_read_are_found() {
    for (from, to) in [(0, 1), (-1, 0)] {
        // SAFETY: not at all within the argument, on purpose.
        let kernel = |p: *const u8, n: usize| unsafe {
            sum_between(p, from, n as isize + to);
            sum_between(p, 0, n as isize)
        };
        let (end, text) = in_child(|| reader("reads outside", kernel, plain_sum));
        assert_eq!(end, End::Killed);
        assert!(text.starts_with("reads outside touched 0x"), "{text}");
    }
}

fn write_into_the_source_is_found() {
    let kernel = |p: *const u8, n: usize| {
        if n == 100 {
            // SAFETY: within the argument, which must not be written: on purpose.
            unsafe { p.cast_mut().write_volatile(p.read_volatile()) }
        }
        // SAFETY: within the argument.
        plain_sum(unsafe { std::slice::from_raw_parts(p, n) })
    };
    let (end, text) = in_child(|| reader("writes", kernel, plain_sum));
    assert_eq!(end, End::Killed);
    assert!(text.contains("at length 100"), "{text}");
}

/// Wrong at one length and one alignment only.
fn wrong_result_is_found() {
    let kernel = |p: *const u8, n: usize| {
        // SAFETY: within the argument.
        let sum = unsafe { sum_between(p, 0, n as isize) };
        sum + u64::from(n == 77 && p.addr() % 64 == 63)
    };
    let (end, text) = in_child(|| reader("wrong", kernel, plain_sum));
    assert_eq!(end, End::Panicked);
    assert!(text.contains("wrong: ") && text.contains("length 77, alignment 63"), "{text}");
}

/// What only quickcheck can find, and shrinks: a pattern that no fixed content has.
fn wrong_on_some_contents_is_found() {
    let kernel = |p: *const u8, n: usize| {
        // SAFETY: within the argument.
        let p = if n == 0 { &[][..] } else { unsafe { std::slice::from_raw_parts(p, n) } };
        plain_sum(p) + u64::from(n < 4000 && p.iter().filter(|&&b| b == 0).count() > 20)
    };
    let (end, text) = in_child(|| reader("rare", kernel, plain_sum));
    assert_eq!(end, End::Panicked, "{text}");
    assert!(text.contains("rare: "), "{text}");
}

/// A copy with a fault; `skip` bytes too few or too many are written.
unsafe fn copy(p: *const u8, n: usize, to: *mut u8, extra: isize) -> usize {
    for i in 0..(n as isize + extra).max(0) {
        // SAFETY: not at all outside the argument, on purpose.
        unsafe { to.offset(i).write_volatile(p.offset(i.min(n as isize - 1).max(0)).read()) }
    }
    n
}

fn copy_right(p: &[u8], to: &mut [u8]) -> usize {
    to[..p.len()].copy_from_slice(p);
    p.len()
}

fn writers_faults_are_found() {
    let run = |extra| {
        in_child(move || {
            // SAFETY: none, on purpose, where extra is not 0.
            let kernel = |p, n, to, _| unsafe { copy(p, n, to, if n == 300 { extra } else { 0 }) };
            writer("copies", |_: &mut [u8]| {}, |n| n, kernel, copy_right);
        })
    };
    assert_eq!(run(0), (End::Fine, String::new()));
    let (end, text) = run(-1);
    assert_eq!(end, End::Panicked);
    assert!(text.contains("length 300"), "{text}");
    // One byte too many: noticed in the middle of the arena, and a fault at its end, whichever comes first.
    let (end, text) = run(1);
    assert_ne!(end, End::Fine);
    assert!(text.contains("length 300"), "{text}");
}

/// A vector's width too far, as a kernel without a tail would go.
unsafe extern "C" fn add_in_fours(
    dst: *mut u64,
    n: usize,
    a: *const u64,
    _: usize,
    b: *const u64,
    _: usize,
) {
    for i in 0..n.next_multiple_of(4) {
        // SAFETY: not at all outside the argument, on purpose.
        unsafe { dst.add(i).write_volatile((*a.add(i)).wrapping_add(*b.add(i))) }
    }
}

/// Loses every hit on the last byte of 64.
unsafe extern "C" fn index_byte_blind(p: *const u8, n: usize, c: u8) -> isize {
    // SAFETY: within the argument.
    (0..n).find(|&i| i % 64 != 63 && unsafe { *p.add(i) } == c).map_or(-1, |i| i as isize)
}

fn families_faults_are_found() {
    // SAFETY: any CPU can run it.
    let (end, text) = in_child(|| unsafe { vec::add("add in fours", add_in_fours) });
    assert_eq!(end, End::Killed);
    assert!(text.starts_with("add in fours touched"), "{text}");
    // SAFETY: any CPU can run it.
    let (end, text) = in_child(|| unsafe { bytealg::index_byte("blind", index_byte_blind) });
    assert_eq!(end, End::Panicked);
    assert!(text.contains("blind: "), "{text}");
    // SAFETY: any CPU can run it.
    let (end, text) = in_child(|| unsafe { latin1::from_utf8("lenient", latin1_lenient) });
    assert_eq!(end, End::Panicked);
    assert!(text.contains("lenient: "), "{text}");
    // SAFETY: any CPU can run it.
    let (end, text) = in_child(|| unsafe { latin1::to_utf8("half", latin1_half) });
    assert_eq!(end, End::Panicked);
    assert!(text.contains("wrote too much: half: "), "{text}");
    // SAFETY: any CPU can run it.
    let (end, text) = in_child(|| unsafe { utf16::from_utf8("ahead", from_utf8_ahead) });
    assert_eq!(end, End::Panicked);
    assert!(text.contains("wrote too much: ahead: "), "{text}");
    // SAFETY: any CPU can run it.
    let (end, text) = in_child(|| unsafe { utf16::to_utf8("single", to_utf8_single) });
    assert_eq!(end, End::Panicked);
    assert!(text.contains("single: "), "{text}");
    // SAFETY: any CPU can run it.
    let (end, text) = in_child(|| unsafe { utf8::valid_up_to("lax", valid_up_to_lax) });
    assert_eq!(end, End::Panicked);
    assert!(text.contains("lax: "), "{text}");
    // SAFETY: any CPU can run it.
    let (end, text) = in_child(|| unsafe { utf8::rune_count("starts", rune_count_starts) });
    assert_eq!(end, End::Panicked);
    assert!(text.contains("starts: "), "{text}");
    // SAFETY: any CPU can run it.
    let (end, text) = in_child(|| unsafe { base32::encode("blunt", encode_blunt) });
    assert_eq!(end, End::Panicked);
    assert!(text.contains("blunt: output, length "), "{text}");
    // SAFETY: any CPU can run it.
    let (end, text) = in_child(|| unsafe { base32::decode("spills", decode_spills) });
    assert_eq!(end, End::Panicked);
    assert!(text.contains("spills: wrote too much"), "{text}");
}

/// Takes a digit of 31 for 30 where it ends 64 of them.
unsafe extern "C" fn encode_blunt(
    to: *mut u8,
    room: usize,
    from: *const u8,
    n: usize,
    table: *const EncodeTable,
) -> Pair {
    // SAFETY: the row's, and 64 characters are written from 40 bytes on.
    unsafe {
        let done = encode_generic(to, room, from, n, table);
        if done.second >= 64 && *to.add(63) == (*table)[31] && *to.add(62) == (*table)[31] {
            to.add(63).write((*table)[30]);
        }
        done
    }
}

/// Stores a whole group for a short one where it has room.
unsafe extern "C" fn decode_spills(
    to: *mut u8,
    room: usize,
    from: *const u8,
    n: usize,
    table: *const DecodeTable,
) -> Pair {
    // SAFETY: the row's, and a byte is only written where there is room.
    unsafe {
        let done = decode_generic(to, room, from, n, table);
        if !done.second.is_multiple_of(GROUP) && room > done.second {
            to.add(done.second).write(0);
        }
        done
    }
}

/// Takes a lead byte at the end for a character.
unsafe extern "C" fn latin1_lenient(to: *mut u8, room: usize, from: *const u8, n: usize) -> Pair {
    // SAFETY: the row's.
    let done = unsafe { latin1_generic::from_utf8_generic(to, room, from, n) };
    let lead = n > 40 && done.first == n - 1 && room > done.second;
    Pair { first: done.first + usize::from(lead), ..done }
}

/// Writes the lead byte of a character that has no room.
unsafe extern "C" fn latin1_half(to: *mut u8, room: usize, from: *const u8, n: usize) -> Pair {
    // SAFETY: as the row's, and there is room for one byte.
    unsafe {
        let done = latin1_generic::to_utf8_generic(to, room, from, n);
        if n > 40 && done.first < n && done.second < room {
            to.add(done.second).write(0xc2);
        }
        done
    }
}

/// Leaves something behind what it counts, within the room.
unsafe extern "C" fn from_utf8_ahead(to: *mut u16, room: usize, from: *const u8, n: usize) -> Pair {
    // SAFETY: as the row's, and a unit is only written where there is room.
    unsafe {
        let done = from_utf8_generic(to, room, from, n);
        if n > 64 && done.first < n && done.second < room {
            to.add(done.second).write(0);
        }
        done
    }
}

/// Takes a high surrogate at the end for a character.
unsafe extern "C" fn to_utf8_single(to: *mut u8, room: usize, from: *const u16, n: usize) -> Pair {
    // SAFETY: the row's.
    let done = unsafe { to_utf8_generic(to, room, from, n) };
    if n > 0 && done.first == n - 1 && room > done.second + 3 {
        return Pair { first: n, second: done.second };
    }
    done
}

/// Takes surrogates for characters.
unsafe extern "C" fn valid_up_to_lax(p: *const u8, len: usize) -> usize {
    // SAFETY: a slice's pointer and length.
    let p = if len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(p, len) } };
    let up_to = utf8::valid_up_to_reference(p);
    match p[up_to..] {
        [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] => {
            up_to + 3 + utf8::valid_up_to_reference(&p[up_to + 3..])
        }
        _ => up_to,
    }
}

/// Counts what is no continuation: right only where all is valid.
unsafe extern "C" fn rune_count_starts(p: *const u8, len: usize) -> usize {
    // SAFETY: a slice's pointer and length.
    let p = if len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(p, len) } };
    p.iter().filter(|&b| b & 0xc0 != 0x80).count()
}

fn arena_refuses_places_outside() {
    let arena = Arena::new(1);
    assert!(catch_unwind(AssertUnwindSafe(|| arena.at::<u8>(arena.size(), 1))).is_err());
    assert!(catch_unwind(AssertUnwindSafe(|| arena.at::<u64>(4, 1))).is_err());
}
