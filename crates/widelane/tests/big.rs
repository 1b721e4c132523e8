//! Every variant with more than 2^32 bytes: a length or an offset that passes through 32 bits gives a wrong result.
#![cfg(feature = "internals")]
#![cfg(all(target_os = "linux", target_pointer_width = "64"))]
// Seconds with optimisation, minutes without, and the lengths are the same.
#![cfg(not(debug_assertions))]

use kernels_check::repeated::{PERIOD, Repeated};
use kernels_generic::base32;
use kernels_generic::base64::{PADDED_ENDS, decode_table, encode_table};
use kernels_generic::crc64::{CONSTANTS, Constants, constants};
use kernels_generic::xxh3::{DEFAULT_SECRET, Keys, START, STATE, digest_generic, finish};
use widelane::internals::{
    Kernel, Pair, adler32, base32 as base32_rows, base64, bytealg, crc32, crc64, hex, latin1, utf8,
    utf16, vec, xxh3,
};

/// In bytes. What is left of it in 32 bits is a length of its own: 67.
const LENGTH: usize = (1 << 32) + 67;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Whether the long tests run too, those that a release must have passed.
fn release() -> bool {
    std::env::var_os("WIDELANE_RELEASE_GATES").is_some()
}

/// Calls `check` for each variant that can run here: the portable ones take five times longer than all others together,
/// so only before a release.
fn each<F: Copy>(row: &str, kernel: &'static Kernel<F>, mut check: impl FnMut(&str, F)) {
    let wanted = |name: &str| name != "generic" || release();
    let here = kernel.variants().iter().filter(|variant| variant.available());
    for variant in here.filter(|variant| wanted(variant.name())) {
        check(&format!("{row} {}", variant.name()), variant.function());
    }
}

fn sums() {
    let mut p = Repeated::new(LENGTH);
    p.put(8, &7_u64.to_ne_bytes());
    let words = LENGTH / 8;
    p.put(words * 8 - 8, &11_u64.to_ne_bytes());
    let shared = LENGTH.div_ceil(PERIOD) as u64 - 1;
    let check = |name: &str, sum: vec::Sum| {
        // SAFETY: so many words are mapped; the variants are available.
        let is = unsafe { sum(p.start(), words) };
        assert_eq!(is, 7 * shared + 11, "{name}");
    };
    each("vec_sum", &vec::SUM, check);
    found(|| check("planted", cut_sum));
}

/// Sums of as many words as 32 bits of the length in bytes say.
unsafe extern "C" fn cut_sum(p: *const u64, words: usize) -> u64 {
    // SAFETY: the caller's promise for more words; the portable variant runs anywhere.
    unsafe { kernels_generic::vec::sum_generic(p, (words * 8) as u32 as usize / 8) }
}

/// As many bytes as 32 bits of the length say.
unsafe extern "C" fn cut_update(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise for more bytes; the portable variant runs anywhere.
    unsafe { kernels_generic::crc32::ieee_update_generic(crc, p, len as u32 as usize) }
}

/// As many bytes as 32 bits of the length say.
unsafe extern "C" fn cut_update64(
    crc: u64,
    constants: *const [u8; CONSTANTS],
    p: *const u8,
    len: usize,
) -> u64 {
    // SAFETY: the caller's promise for more bytes; the portable variant runs anywhere.
    unsafe { kernels_generic::crc64::update_generic(crc, constants, p, len as u32 as usize) }
}

/// A planted fault: the check must fail.
fn found(check: impl FnOnce()) {
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check));
    assert!(outcome.is_err(), "a length of 32 bits was not noticed");
}

fn additions() {
    let (mut a, mut b, mut dst) =
        (Repeated::new(LENGTH), Repeated::new(LENGTH), Repeated::new(LENGTH));
    a.fill(0x11);
    b.fill(0x22);
    let words = LENGTH / 8;
    each("vec_add", &vec::ADD, |name, add| {
        dst.fill(0);
        // SAFETY: so many words of each are mapped; the variants are available.
        unsafe { add(dst.start(), words, a.start(), words, b.start(), words) };
        assert_eq!(dst.get(words * 8 - 64, 64), [0x33; 64], "{name}: the end");
        assert_eq!(dst.get(words * 8, 3), [0; 3], "{name}: behind the end");
        assert_eq!(dst.get(0, PERIOD), [0x33; PERIOD], "{name}: before");
    });
}

fn searches() {
    let mut p = Repeated::new(LENGTH);
    p.put(LENGTH - 1, b"x");
    // SAFETY: so many bytes are mapped; the variants are available.
    each("bytealg_index_byte", &bytealg::INDEX_BYTE, |name, index| unsafe {
        assert_eq!(index(p.start(), LENGTH, b'x'), LENGTH as isize - 1, "{name}");
        assert_eq!(index(p.start(), LENGTH - 1, b'x'), -1, "{name}: one before");
    });
}

fn checksums() {
    let mut p = Repeated::new(LENGTH);
    p.put(12_345, b"anything");
    p.put(LENGTH - 5, b"else");
    let check = |name: &str, update: crc32::IeeeUpdate| {
        let (half, start) = (LENGTH / 2, p.start::<u8>());
        // SAFETY: all and both halves are mapped; the variants are available.
        let (whole, halves) = unsafe {
            let halves = update(update(1, start, half), start.add(half), LENGTH - half);
            (update(1, start, LENGTH), halves)
        };
        assert_eq!(whole, halves, "{name}");
    };
    each("crc32_ieee_update", &crc32::IEEE_UPDATE, check);
    each("crc32_castagnoli_update", &crc32::CASTAGNOLI_UPDATE, check);
    found(|| check("planted", cut_update));
}

fn checksums64() {
    let mut p = Repeated::new(LENGTH);
    p.put(12_345, b"anything");
    p.put(LENGTH - 5, b"else");
    let k = Constants::of(constants::NVME);
    let check = |name: &str, update: crc64::Update| {
        let (half, start) = (LENGTH / 2, p.start::<u8>());
        // SAFETY: all and both halves are mapped; the variants are available.
        let (whole, halves) = unsafe {
            let halves = update(update(1, &k.0, start, half), &k.0, start.add(half), LENGTH - half);
            (update(1, &k.0, start, LENGTH), halves)
        };
        assert_eq!(whole, halves, "{name}");
    };
    each("crc64_update", &crc64::UPDATE, check);
    found(|| check("planted", cut_update64));
}

/// All at once, by each variant of one row, and in halves, by each of the other.
fn hashes() {
    let mut p = Repeated::new(LENGTH);
    p.put(12_345, b"anything");
    p.put(LENGTH - 5, b"else");
    let (start, key, room) = (p.start::<u8>(), DEFAULT_SECRET.as_ptr(), DEFAULT_SECRET.len());
    let (whole, half) = ((LENGTH - 1) / 64 * 64, LENGTH / 128 * 64);
    let last: [u8; 64] = p.get(LENGTH - 64, 64).try_into().expect("a stripe");
    let keys = Keys::new(&DEFAULT_SECRET).expect("long enough");
    let in_halves = |add: xxh3::Accumulate| {
        let (mut state, mut out) = (START, [0; 2]);
        // SAFETY: both halves are mapped; the variants are available.
        unsafe {
            add(state.as_mut_ptr(), STATE, start, half, key, room);
            add(state.as_mut_ptr(), STATE, start.add(half), whole - half, key, room);
        }
        finish(&mut out, &state, &last, LENGTH as u64, &keys);
        out
    };
    let expected = in_halves(kernels_generic::xxh3::accumulate_generic);
    let check = |name: &str, digest: xxh3::Digest| {
        let mut out = [0; 2];
        // SAFETY: all is mapped; the variants are available.
        unsafe { digest(out.as_mut_ptr(), 2, start, LENGTH, key, room) }
        assert_eq!(out, expected, "{name}");
    };
    each("xxh3_digest", &xxh3::DIGEST, check);
    found(|| check("planted", cut_digest));
    each("xxh3_accumulate", &xxh3::ACCUMULATE, |name, add| {
        let mut state = START;
        let mut out = [0; 2];
        assert_eq!(in_halves(add), expected, "{name}: halves");
        // SAFETY: as above.
        unsafe { add(state.as_mut_ptr(), STATE, start, whole, key, room) }
        finish(&mut out, &state, &last, LENGTH as u64, &keys);
        assert_eq!(out, expected, "{name}");
    });
}

/// Lets the length pass through 32 bits.
unsafe extern "C" fn cut_digest(
    out: *mut u64,
    out_len: usize,
    p: *const u8,
    len: usize,
    secret: *const u8,
    secret_len: usize,
) {
    // SAFETY: the caller's promise for more bytes; the portable variant runs anywhere.
    unsafe { digest_generic(out, out_len, p, len as u32 as usize, secret, secret_len) }
}

/// In halves, whose lengths are below 2^32.
fn adlers() {
    let mut p = Repeated::new(LENGTH);
    p.put(12_345, b"anything");
    p.put(LENGTH - 5, b"else");
    let check = |name: &str, update: adler32::Update| {
        let (half, start) = (LENGTH / 2, p.start::<u8>());
        // SAFETY: all and both halves are mapped; the variants are available.
        let (whole, halves) = unsafe {
            let halves = update(update(1, start, half), start.add(half), LENGTH - half);
            (update(1, start, LENGTH), halves)
        };
        assert_eq!(whole, halves, "{name}");
    };
    each("adler32_update", &adler32::UPDATE, check);
    found(|| check("planted", cut_adler));
}

/// As many bytes as 32 bits of the length say.
unsafe extern "C" fn cut_adler(adler: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise for more bytes; the portable variant runs anywhere.
    unsafe { kernels_generic::adler32::update_generic(adler, p, len as u32 as usize) }
}

fn texts() {
    let chars = LENGTH.div_ceil(3) * 4;
    let (mut bytes, mut text) = (Repeated::new(LENGTH), Repeated::new(chars));
    let table = encode_table(ALPHABET, Some(b'='));
    bytes.put(LENGTH - 1, &[0xff]);
    each("base64_encode", &base64::ENCODE, |name, encode| {
        text.fill(0);
        // SAFETY: so many bytes of each are mapped; the variants are available.
        let pair = unsafe { encode(text.start(), chars, bytes.start(), LENGTH, &table) };
        assert_eq!(pair, Pair { first: LENGTH, second: chars }, "{name}");
        assert_eq!(text.get(chars - 8, 8), b"AAAAAP8=", "{name}: the end");
        assert_eq!(text.get(0, PERIOD), [b'A'; PERIOD], "{name}: before");
    });
    let table = decode_table(ALPHABET, Some(b'='), b"\r\n", PADDED_ENDS, false);
    each("base64_decode", &base64::DECODE, |name, decode| {
        text.fill(b'A');
        text.put(chars - 4, b"AP8=");
        bytes.fill(1);
        // SAFETY: as above.
        let pair = unsafe { decode(bytes.start(), LENGTH, text.start(), chars, &table) };
        assert_eq!(pair, Pair { first: chars, second: LENGTH }, "{name}");
        assert_eq!(bytes.get(LENGTH - 4, 4), [0, 0, 0, 0xff], "{name}: the end");
        assert_eq!(bytes.get(0, PERIOD), [0; PERIOD], "{name}: before");
    });
}

fn texts_of_fives() {
    let chars = LENGTH.div_ceil(5) * 8;
    let (mut bytes, mut text) = (Repeated::new(LENGTH), Repeated::new(chars));
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let table = base32::encode_table(alphabet, Some(b'='));
    bytes.put(LENGTH - 1, &[0xff]);
    each("base32_encode", &base32_rows::ENCODE, |name, encode| {
        text.fill(0);
        // SAFETY: so many bytes of each are mapped; the variants are available.
        let pair = unsafe { encode(text.start(), chars, bytes.start(), LENGTH, &table) };
        assert_eq!(pair, Pair { first: LENGTH, second: chars }, "{name}");
        assert_eq!(text.get(chars - 8, 8), b"AAAP6===", "{name}: the end");
        assert_eq!(text.get(0, PERIOD), [b'A'; PERIOD], "{name}: before");
    });
    let table = base32::decode_table(alphabet, Some(b'='));
    each("base32_decode", &base32_rows::DECODE, |name, decode| {
        text.fill(b'A');
        text.put(chars - 8, b"AAAP6===");
        bytes.fill(1);
        // SAFETY: as above.
        let pair = unsafe { decode(bytes.start(), LENGTH, text.start(), chars, &table) };
        assert_eq!(pair, Pair { first: chars, second: LENGTH }, "{name}");
        assert_eq!(bytes.get(LENGTH - 4, 4), [0, 0, 0, 0xff], "{name}: the end");
        assert_eq!(bytes.get(0, PERIOD), [0; PERIOD], "{name}: before");
    });
}

fn digits() {
    let chars = 2 * LENGTH;
    let (mut bytes, mut text) = (Repeated::new(LENGTH), Repeated::new(chars));
    bytes.put(LENGTH - 1, &[0xfa]);
    each("hex_encode", &hex::ENCODE, |name, encode| {
        text.fill(1);
        // SAFETY: so many bytes of each are mapped; the variants are available.
        let n = unsafe { encode(text.start(), chars, bytes.start(), LENGTH) };
        assert_eq!(n, LENGTH, "{name}");
        assert_eq!(text.get(chars - 4, 4), b"00fa", "{name}: the end");
        assert_eq!(text.get(0, PERIOD), [b'0'; PERIOD], "{name}: before");
    });
    each("hex_decode", &hex::DECODE, |name, decode| {
        text.fill(b'0');
        text.put(chars - 4, b"00Fa");
        bytes.fill(1);
        // SAFETY: as above.
        let n = unsafe { decode(bytes.start(), LENGTH, text.start(), chars) };
        assert_eq!(n, chars, "{name}");
        assert_eq!(bytes.get(LENGTH - 2, 2), [0, 0xfa], "{name}: the end");
        assert_eq!(bytes.get(0, PERIOD), [0; PERIOD], "{name}: before");
    });
}

/// Of two bytes a character, the last one cut off.
fn characters() {
    let mut p = Repeated::new(LENGTH);
    p.fill(0xa9);
    // The first period, which is all but the last, and that.
    for start in [0, LENGTH / PERIOD * PERIOD] {
        (0..PERIOD).step_by(2).for_each(|at| p.put(start + at, &[0xc3]));
    }
    assert_eq!(LENGTH % 2, 1, "the last byte begins a character");
    // SAFETY: so many bytes are mapped; the variants are available.
    each("utf8_valid_up_to", &utf8::VALID_UP_TO, |name, valid_up_to| unsafe {
        assert_eq!(valid_up_to(p.start(), LENGTH), LENGTH - 1, "{name}");
        assert_eq!(valid_up_to(p.start(), LENGTH - 1), LENGTH - 1, "{name}: one before");
    });
    // SAFETY: as above.
    each("utf8_rune_count", &utf8::RUNE_COUNT, |name, rune_count| unsafe {
        assert_eq!(rune_count(p.start(), LENGTH), LENGTH / 2 + 1, "{name}");
    });
}

/// Letters, and at the end one that is cut off, or a surrogate.
fn units() {
    let (mut bytes, mut units) = (Repeated::new(LENGTH), Repeated::new(2 * LENGTH));
    bytes.fill(b'a');
    bytes.put(LENGTH - 1, &[0xc3]);
    each("utf16_from_utf8", &utf16::FROM_UTF8, |name, from_utf8| {
        units.fill(1);
        // SAFETY: so many bytes and units are mapped; the variants are available.
        let pair = unsafe { from_utf8(units.start(), LENGTH, bytes.start(), LENGTH) };
        assert_eq!(pair, Pair { first: LENGTH - 1, second: LENGTH - 1 }, "{name}");
        assert_eq!(units.get(2 * LENGTH - 4, 4), [b'a', 0, 1, 1], "{name}: the end");
    });
    units.fill(0x20);
    units.put(2 * LENGTH - 2, &[0, 0xd8]);
    each("utf16_to_utf8", &utf16::TO_UTF8, |name, to_utf8| {
        // SAFETY: as above. U+2020 has three bytes, so the room ends first.
        let pair = unsafe { to_utf8(bytes.start(), LENGTH, units.start(), LENGTH) };
        assert_eq!(pair, Pair { first: LENGTH / 3, second: LENGTH / 3 * 3 }, "{name}");
        let end = LENGTH / 3 * 3 - 3;
        assert_eq!(bytes.get(end, 3), "\u{2020}".as_bytes(), "{name}: the end");
    });
}

/// Letters, and at the end one that Latin-1 does not have; then bytes that become two each, for which the room ends first.
fn latin() {
    let (mut text, mut bytes) = (Repeated::new(LENGTH), Repeated::new(LENGTH));
    text.fill(b'a');
    text.put(LENGTH - 3, &[0xc3, 0xa9, 0xc4]);
    each("latin1_from_utf8", &latin1::FROM_UTF8, |name, from_utf8| {
        bytes.fill(1);
        // SAFETY: so many bytes are mapped; the variants are available.
        let pair = unsafe { from_utf8(bytes.start(), LENGTH, text.start(), LENGTH) };
        assert_eq!(pair, Pair { first: LENGTH - 1, second: LENGTH - 2 }, "{name}");
        assert_eq!(bytes.get(LENGTH - 4, 4), [b'a', 0xe9, 1, 1], "{name}: the end");
    });
    bytes.fill(0xe9);
    each("latin1_to_utf8", &latin1::TO_UTF8, |name, to_utf8| {
        // SAFETY: as above.
        let pair = unsafe { to_utf8(text.start(), LENGTH, bytes.start(), LENGTH) };
        assert_eq!(pair, Pair { first: LENGTH / 2, second: LENGTH / 2 * 2 }, "{name}");
        assert_eq!(text.get(LENGTH / 2 * 2 - 2, 2), [0xc3, 0xa9], "{name}: the end");
    });
}

/// One after the other: each maps up to 13 GB of addresses.
#[test]
fn more_than_32_bits() {
    if std::env::var_os("WIDELANE_TEST_EMULATOR").is_some() && !release() {
        println!("not run: it takes minutes under an emulator");
        return;
    }
    for (what, check) in [
        ("sums", sums as fn()),
        ("additions", additions),
        ("searches", searches),
        ("checksums", checksums),
        ("hashes", hashes),
        ("checksums of 64 bits", checksums64),
        ("adlers", adlers),
        ("texts", texts),
        ("texts of fives", texts_of_fives),
        ("characters", characters),
        ("latin", latin),
        ("units", units),
        ("digits", digits),
    ] {
        let start = std::time::Instant::now();
        check();
        println!("{what}: {:.1} s", start.elapsed().as_secs_f64());
    }
}
