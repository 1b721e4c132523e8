//! What is measured: every exported kernel, with the input that its users give it.

use crate::library::Library;
use std::hint::black_box;

/// Bytes of input of what is timed: a short header, the usual sizes, a level of cache each.
pub const TIMED: &[usize] = &[16, 64, 256, 1 << 10, 4 << 10, 64 << 10, 1 << 20];

/// Bytes of input of what is counted. A step costs microseconds, so nothing long; crooked lengths, since the ends of a
/// kernel are where a change tends to forget what it costs.
pub const COUNTED: &[usize] = &[8, 16, 31, 64, 100, 256, 1000, 1 << 10, 4 << 10];

const LONGEST: usize = 1 << 20;

/// `n` calls with `size` bytes of input. The loop is part of it, so that a call costs what it costs in a loop of a user's.
pub type Work = Box<dyn Fn(u64, usize)>;

pub struct Case {
    /// The C name without `wl_`; with a word more where a kernel has several cases.
    pub name: &'static str,
    /// `None` if the library has no such function.
    pub bind: fn(&Library, &Arena) -> Option<Work>,
}

pub const CASES: &[Case] = &[
    Case { name: "vec_sum", bind: vec_sum },
    Case { name: "vec_add", bind: vec_add },
    Case { name: "bytealg_index_byte", bind: index_byte },
    Case { name: "latin1_from_utf8", bind: latin1_from_utf8 },
    Case { name: "latin1_to_utf8", bind: latin1_to_utf8 },
    Case { name: "utf16_from_utf8", bind: utf16_from_utf8 },
    Case { name: "utf16_to_utf8", bind: utf16_to_utf8 },
    Case { name: "utf8_valid_up_to", bind: |l, a| utf8(l, a, "wl_utf8_valid_up_to") },
    Case { name: "utf8_rune_count", bind: |l, a| utf8(l, a, "wl_utf8_rune_count") },
    Case { name: "adler32_update", bind: |l, a| checksum(l, a, "wl_adler32_update") },
    Case { name: "crc32_ieee_update", bind: |l, a| checksum(l, a, "wl_crc32_ieee_update") },
    Case {
        name: "crc32_castagnoli_update",
        bind: |l, a| checksum(l, a, "wl_crc32_castagnoli_update"),
    },
    Case { name: "crc64_update", bind: crc64 },
    Case { name: "base32_encode", bind: base32_encode },
    Case { name: "base32_decode", bind: base32_decode },
    Case { name: "base64_encode", bind: base64_encode },
    Case { name: "base64_decode", bind: base64_decode },
    Case { name: "base64_decode lines", bind: base64_decode_lines },
    Case { name: "hex_encode", bind: hex_encode },
    Case { name: "hex_decode", bind: hex_decode },
    Case { name: "xxh3_digest", bind: xxh3_digest },
    Case { name: "xxh3_accumulate", bind: xxh3_accumulate },
];

/// Memory that both libraries work on, so that neither has the better addresses. It lives as long as the process.
pub struct Arena {
    bytes: &'static [u8],
    words: &'static [u64],
    /// Base64 of `bytes`, without and with line breaks.
    text: &'static [u8],
    lines: &'static [u8],
    /// Digits, one for each of `bytes`.
    base32: &'static [u8],
    hex: &'static [u8],
    /// Characters of two bytes, so that no block is ASCII, and the same in Latin-1 and in UTF-16.
    utf8: &'static [u8],
    latin1: &'static [u8],
    utf16: &'static [u16],
    /// Written by one call at a time, read by nobody.
    out: *mut u64,
}

impl Arena {
    pub fn new() -> Arena {
        let words: Vec<u64> =
            (1..=LONGEST as u64 / 8).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        // High bits, since the low ones of a multiple repeat; and no byte is 0, which is the byte that is searched for.
        let bytes: Vec<u8> =
            words.iter().flat_map(|w| (w >> 7).to_ne_bytes()).map(|b| b.max(1)).collect();
        let digits = |all: &[u8]| -> Vec<u8> {
            bytes.iter().map(|&byte| all[usize::from(byte) % all.len()]).collect()
        };
        let (hex, base32) =
            (digits(b"0123456789abcdef"), digits(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
        let text = digits(ALPHABET);
        let lines = text.chunks(76).flat_map(|line| [line, b"\r\n"].concat()).collect::<Vec<u8>>();
        let out = vec![0_u64; 2 * LONGEST / 8].leak().as_mut_ptr();
        Arena {
            bytes: bytes.leak(),
            words: words.leak(),
            text: text.leak(),
            lines: lines.leak(),
            base32: base32.leak(),
            hex: hex.leak(),
            utf8: "\u{e9}".repeat(LONGEST / 2).into_bytes().leak(),
            latin1: vec![0xe9; LONGEST].leak(),
            utf16: vec![0xe9; LONGEST / 2].leak(),
            out,
        }
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn vec_sum(library: &Library, arena: &Arena) -> Option<Work> {
    type Sum = unsafe extern "C" fn(*const u64, usize) -> u64;
    let (sum, p): (Sum, _) = (library.function("wl_vec_sum")?, arena.words);
    Some(Box::new(move |n, size| {
        let p = &p[..size / 8];
        for _ in 0..n {
            // SAFETY: a slice's pointer and length.
            black_box(unsafe { sum(black_box(p.as_ptr()), p.len()) });
        }
    }))
}

fn vec_add(library: &Library, arena: &Arena) -> Option<Work> {
    type Add = unsafe extern "C" fn(*mut u64, usize, *const u64, usize, *const u64, usize);
    let (add, p, out): (Add, _, _) = (library.function("wl_vec_add")?, arena.words, arena.out);
    Some(Box::new(move |n, size| {
        let (p, len) = (&p[..size / 8], size / 8);
        for _ in 0..n {
            // SAFETY: a slice's pointer and length, twice; `out` has room for more than the longest, and is apart.
            unsafe { add(black_box(out), len, black_box(p.as_ptr()), len, p.as_ptr(), len) };
        }
    }))
}

/// The byte is absent, so everything is read.
fn index_byte(library: &Library, arena: &Arena) -> Option<Work> {
    type Find = unsafe extern "C" fn(*const u8, usize, u8) -> isize;
    let (find, p): (Find, _) = (library.function("wl_bytealg_index_byte")?, arena.bytes);
    Some(Box::new(move |n, size| {
        let p = &p[..size];
        for _ in 0..n {
            // SAFETY: a slice's pointer and length.
            black_box(unsafe { find(black_box(p.as_ptr()), p.len(), 0) });
        }
    }))
}

/// Where the size is odd, the last character is cut off.
fn utf8(library: &Library, arena: &Arena, name: &str) -> Option<Work> {
    type Measure = unsafe extern "C" fn(*const u8, usize) -> usize;
    let (measure, text): (Measure, _) = (library.function(name)?, arena.utf8);
    Some(Box::new(move |n, size| {
        let p = &text[..size];
        for _ in 0..n {
            // SAFETY: a slice's pointer and length.
            black_box(unsafe { measure(black_box(p.as_ptr()), p.len()) });
        }
    }))
}

/// What was read and what was written.
#[repr(C)]
struct Pair([usize; 2]);

/// Where the size is odd, the last character is cut off.
fn latin1_from_utf8(library: &Library, arena: &Arena) -> Option<Work> {
    type Convert = unsafe extern "C" fn(*mut u8, usize, *const u8, usize) -> Pair;
    let convert: Convert = library.function("wl_latin1_from_utf8")?;
    let (text, out) = (arena.utf8, arena.out);
    Some(Box::new(move |n, size| {
        let p = &text[..size];
        for _ in 0..n {
            // SAFETY: a slice's pointer and length, and of the output a byte for each.
            black_box(unsafe { convert(out.cast(), p.len(), black_box(p.as_ptr()), p.len()) });
        }
    }))
}

/// So many bytes, each of which becomes two.
fn latin1_to_utf8(library: &Library, arena: &Arena) -> Option<Work> {
    type Convert = unsafe extern "C" fn(*mut u8, usize, *const u8, usize) -> Pair;
    let convert: Convert = library.function("wl_latin1_to_utf8")?;
    let (bytes, out) = (arena.latin1, arena.out);
    Some(Box::new(move |n, size| {
        let p = &bytes[..size];
        for _ in 0..n {
            // SAFETY: a slice's pointer and length, and of the output two bytes for each.
            black_box(unsafe { convert(out.cast(), 2 * p.len(), black_box(p.as_ptr()), p.len()) });
        }
    }))
}

/// Where the size is odd, the last character is cut off.
fn utf16_from_utf8(library: &Library, arena: &Arena) -> Option<Work> {
    type Convert = unsafe extern "C" fn(*mut u16, usize, *const u8, usize) -> Pair;
    let convert: Convert = library.function("wl_utf16_from_utf8")?;
    let (text, out) = (arena.utf8, arena.out);
    Some(Box::new(move |n, size| {
        let p = &text[..size];
        for _ in 0..n {
            // SAFETY: a slice's pointer and length, and of the output two bytes for each.
            black_box(unsafe { convert(out.cast(), p.len(), black_box(p.as_ptr()), p.len()) });
        }
    }))
}

/// So many bytes of units, each of which becomes two.
fn utf16_to_utf8(library: &Library, arena: &Arena) -> Option<Work> {
    type Convert = unsafe extern "C" fn(*mut u8, usize, *const u16, usize) -> Pair;
    let convert: Convert = library.function("wl_utf16_to_utf8")?;
    let (units, out) = (arena.utf16, arena.out);
    Some(Box::new(move |n, size| {
        let p = &units[..size / 2];
        for _ in 0..n {
            // SAFETY: a slice's pointer and length, and of the output two bytes for each unit.
            black_box(unsafe { convert(out.cast(), 2 * p.len(), black_box(p.as_ptr()), p.len()) });
        }
    }))
}

fn checksum(library: &Library, arena: &Arena, name: &str) -> Option<Work> {
    type Update = unsafe extern "C" fn(u32, *const u8, usize) -> u32;
    let (update, p): (Update, _) = (library.function(name)?, arena.bytes);
    Some(Box::new(move |n, size| {
        let p = &p[..size];
        for _ in 0..n {
            // SAFETY: a slice's pointer and length.
            black_box(unsafe { update(0, black_box(p.as_ptr()), p.len()) });
        }
    }))
}

/// With the library's own constants, since what is in them may differ between two revisions.
fn crc64(library: &Library, arena: &Arena) -> Option<Work> {
    type Named = extern "C" fn(u64) -> *const u8;
    type Update = unsafe extern "C" fn(u64, *const u8, *const u8, usize) -> u64;
    let named: Named = library.function("wl_crc64_named")?;
    let (update, p): (Update, _) = (library.function("wl_crc64_update")?, arena.bytes);
    let nvme = named(0x9a6c_9329_ac4b_c9b5);
    assert!(!nvme.is_null(), "the library has no constants of NVME");
    Some(Box::new(move |n, size| {
        let p = &p[..size];
        for _ in 0..n {
            // SAFETY: constants that the library made, and a slice's pointer and length.
            black_box(unsafe { update(0, nvme, black_box(p.as_ptr()), p.len()) });
        }
    }))
}

fn base32_encode(library: &Library, arena: &Arena) -> Option<Work> {
    to_text(library, arena, "wl_base32_to_text")
}

fn base32_decode(library: &Library, arena: &Arena) -> Option<Work> {
    let text = arena.base32;
    from_text(library, arena, "wl_base32_from_text", 0, move |size| &text[..size / 8 * 8])
}

fn base64_encode(library: &Library, arena: &Arena) -> Option<Work> {
    to_text(library, arena, "wl_base64_to_text")
}

/// Through the functions that check arguments, whose interface is stable; the tables that the kernels take are not.
fn to_text(library: &Library, arena: &Arena, name: &str) -> Option<Work> {
    type ToText = unsafe extern "C" fn(*mut u8, usize, *const u8, usize, u32) -> isize;
    let to_text: ToText = library.function(name)?;
    let (p, out) = (arena.bytes, arena.out.cast::<u8>());
    Some(Box::new(move |n, size| {
        let p = &p[..size];
        for _ in 0..n {
            // SAFETY: a slice's pointer and length; `out` has twice the room of the longest.
            black_box(unsafe { to_text(out, 2 * LONGEST, black_box(p.as_ptr()), p.len(), 0) });
        }
    }))
}

fn base64_decode(library: &Library, arena: &Arena) -> Option<Work> {
    let text = arena.text;
    from_text(library, arena, "wl_base64_from_text", 0, move |size| &text[..size / 4 * 4])
}

/// With a line break after every 76 characters, as mail has it.
fn base64_decode_lines(library: &Library, arena: &Arena) -> Option<Work> {
    const SKIP_LINE_BREAKS: u32 = 8;
    let lines = arena.lines;
    from_text(library, arena, "wl_base64_from_text", SKIP_LINE_BREAKS, move |size| {
        let (whole, rest) = (size / 78 * 78, size % 78);
        &lines[..whole + rest.min(76) / 4 * 4]
    })
}

fn from_text(
    library: &Library,
    arena: &Arena,
    name: &str,
    flags: u32,
    text: impl Fn(usize) -> &'static [u8] + 'static,
) -> Option<Work> {
    type FromText =
        unsafe extern "C" fn(*mut u8, usize, *const u8, usize, u32, *mut usize) -> isize;
    let decode: FromText = library.function(name)?;
    let out = arena.out.cast::<u8>();
    Some(Box::new(move |n, size| {
        let (p, read) = (text(size), std::ptr::null_mut());
        for _ in 0..n {
            // SAFETY: a slice's pointer and length; `out` has twice the room of the longest; `read` may be null.
            let written =
                unsafe { decode(out, 2 * LONGEST, black_box(p.as_ptr()), p.len(), flags, read) };
            assert!(written >= 0, "what is timed is the refusal of a text, not its decoding");
        }
    }))
}

type Hex = unsafe extern "C" fn(*mut u8, usize, *const u8, usize) -> usize;

fn hex_encode(library: &Library, arena: &Arena) -> Option<Work> {
    let encode: Hex = library.function("wl_hex_encode")?;
    let (p, out) = (arena.bytes, arena.out.cast::<u8>());
    Some(Box::new(move |n, size| {
        let p = &p[..size];
        for _ in 0..n {
            // SAFETY: a slice's pointer and length; `out` has twice the room of the longest.
            black_box(unsafe { encode(out, 2 * LONGEST, black_box(p.as_ptr()), p.len()) });
        }
    }))
}

fn hex_decode(library: &Library, arena: &Arena) -> Option<Work> {
    let decode: Hex = library.function("wl_hex_decode")?;
    let (text, out) = (arena.hex, arena.out.cast::<u8>());
    Some(Box::new(move |n, size| {
        let p = &text[..size / 2 * 2];
        for _ in 0..n {
            // SAFETY: as above.
            let digits = unsafe { decode(out, 2 * LONGEST, black_box(p.as_ptr()), p.len()) };
            assert!(digits == p.len(), "what is timed is the refusal of a text, not its decoding");
        }
    }))
}

/// Through the function for whole inputs, whose short ones need no kernel.
fn xxh3_digest(library: &Library, arena: &Arena) -> Option<Work> {
    type Hash = unsafe extern "C" fn(*const u8, usize, u64) -> u64;
    let (hash, p): (Hash, _) = (library.function("wl_xxh3_hash64")?, arena.bytes);
    Some(Box::new(move |n, size| {
        let p = &p[..size];
        for _ in 0..n {
            // SAFETY: a slice's pointer and length.
            black_box(unsafe { hash(black_box(p.as_ptr()), p.len(), 0) });
        }
    }))
}

/// Through the functions for pieces: two of them, of which the first may have to wait.
fn xxh3_accumulate(library: &Library, arena: &Arena) -> Option<Work> {
    type Init = unsafe extern "C" fn(*mut u64, u64);
    type Update = unsafe extern "C" fn(*mut u64, *const u8, usize);
    type Finish = unsafe extern "C" fn(*const u64) -> u64;
    let (init, update): (Init, Update) =
        (library.function("wl_xxh3_init")?, library.function("wl_xxh3_update")?);
    let (finish, p, state): (Finish, _, _) =
        (library.function("wl_xxh3_finish64")?, arena.bytes, arena.out);
    Some(Box::new(move |n, size| {
        let (first, second) = p[..size].split_at(size / 3);
        for _ in 0..n {
            // SAFETY: `out` has more room than a state needs; slices' pointers and lengths.
            unsafe {
                init(state, 0);
                update(state, black_box(first.as_ptr()), first.len());
                update(state, second.as_ptr(), second.len());
                black_box(finish(state));
            }
        }
    }))
}
