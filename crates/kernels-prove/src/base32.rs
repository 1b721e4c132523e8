//! Base32. A character depends on two bytes that are neighbours, a byte on three characters that are, and whether a text is
//! valid on each character by itself: all such pairs, triples and characters are tried at each place of calls of many
//! lengths, incomplete groups among them. That others do not matter is sampled elsewhere, by the suites and the fuzzer.

use crate::doors;
use crate::proof::{Memory, PLACES, Place, Proof, Subject, Task};
use kernels_check::base32::{CROCKFORD, HEX, STANDARD, Scheme};
use kernels_check::guard::trying;
use kernels_generic::base32::{DecodeTable, EncodeTable, decode_generic, encode_generic};
use kernels_generic::ffi::{Pair, slice};
use widelane::internals::base32::{DECODE, ENCODE};

type Encode = unsafe extern "C" fn(*mut u8, usize, *const u8, usize, *const EncodeTable) -> Pair;
type Decode = unsafe extern "C" fn(*mut u8, usize, *const u8, usize, *const DecodeTable) -> Pair;

/// The usual two, and one for which the kernels without a lookup of all characters have no shortcut.
const SCHEMES: [Scheme; 3] =
    [Scheme::new(STANDARD, Some(b'=')), Scheme::new(HEX, None), Scheme::new(CROCKFORD, Some(b'*'))];
/// Bytes in calls: around each half and vector of the kernels, with each number of bytes in the last group.
const BYTES: &[usize] = &[2, 3, 4, 5, 8, 11, 17, 19, 26, 33, 39, 41, 52, 64, 68, 105, 190];
const BYTES_SLOW: &[usize] = &[3, 21];
const BYTES_SHORT: &[usize] = &[3, 14, 41];
/// Most bytes in texts of which every character is replaced by every byte.
const DAMAGED: usize = 210;
const DAMAGED_SHORT: usize = 42;

pub fn proofs() -> Vec<Proof> {
    let encode_of = Subject { kernel: &ENCODE, doors: doors::base32::encode };
    let decode_of = Subject { kernel: &DECODE, doors: doors::base32::decode };
    let schemes = |_| SCHEMES.len();
    vec![
        encode_of.proof("pairs", ("pair", wrong_pair), schemes, pairs),
        decode_of.proof("triples", ("triple", wrong_triple), schemes, triples),
        decode_of.proof("bytes", ("byte", wrong_byte), schemes, bytes),
    ]
}

fn counts<F>(task: &Task<F>) -> &'static [usize] {
    match (task.short, task.slow) {
        (true, _) => BYTES_SHORT,
        (false, true) => BYTES_SLOW,
        (false, false) => BYTES,
    }
}

/// Where in its memory a call of so many bytes has what it reads and writes; all are taken in turn.
fn place(n: usize) -> Place {
    PLACES[n % PLACES.len()]
}

/// Every two bytes that are neighbours, at every place of every length.
fn pairs(task: Task<Encode>) -> u64 {
    let (scheme, mut cases) = (SCHEMES[task.part], 0);
    let table = scheme.encode_table();
    let (mut from, mut to) = (Memory::new(MOST), Memory::new(2 * MOST));
    for &n in counts(&task) {
        let mut whole: Vec<u8> = (0..n).map(|i| (i * 83 + 7) as u8).collect();
        let wanted = scheme.encoded(&whole);
        let src = from.bytes(place(n), n);
        src.copy_from_slice(&whole);
        let dst = to.bytes(place(n), wanted.len());
        for i in 0..n - 1 {
            let kept = [whole[i], whole[i + 1]];
            // The groups of the two bytes.
            let (start, end) = (i / 5 * 5, n.min((i + 1) / 5 * 5 + 5));
            for pair in (0..=u16::MAX).map(u16::to_be_bytes) {
                (src[i], src[i + 1]) = pair.into();
                (whole[i], whole[i + 1]) = pair.into();
                // SAFETY: pointers and lengths are those of slices, and only what this CPU can run is run.
                let is = trying(task.name, n, || unsafe {
                    (task.kernel)(dst.as_mut_ptr(), dst.len(), src.as_ptr(), n, &table)
                });
                let changed = quick(&whole[start..end], &table);
                let (at, len) = (start / 5 * 8, wanted.len().min(end.div_ceil(5) * 8));
                let right = is == (Pair { first: n, second: wanted.len() })
                    && dst[..at] == wanted[..at]
                    && dst[at..len] == changed[..len - at]
                    && dst[len..] == wanted[len..];
                assert!(right, "{}: {pair:x?} at {i} of {n}", task.name);
                cases += 1;
            }
            (whole[i], whole[i + 1]) = kept.into();
            (src[i], src[i + 1]) = kept.into();
        }
    }
    cases
}

/// Longest input of any call.
const MOST: usize = 400;

/// The characters of one or two groups, padded: the arithmetic of the RFC, once more.
fn quick(bytes: &[u8], table: &EncodeTable) -> [u8; 16] {
    let mut text = [0; 16];
    for (group, to) in bytes.chunks(5).zip(text.chunks_mut(8)) {
        let v = group.iter().fold(0_u64, |v, &b| v << 8 | u64::from(b)) << (8 * (5 - group.len()));
        for (k, c) in to.iter_mut().enumerate() {
            let digit = table[(v >> (35 - 5 * k)) as usize & 31];
            *c = if 5 * k < 8 * group.len() { digit } else { table[32] };
        }
    }
    text
}

/// Every three digits that are neighbours, at every place of every length.
fn triples(task: Task<Decode>) -> u64 {
    let (scheme, mut cases) = (SCHEMES[task.part], 0);
    let table = scheme.decode_table();
    let alphabet = [STANDARD, HEX, CROCKFORD][task.part];
    let (mut from, mut to) = (Memory::new(MOST), Memory::new(MOST));
    for &n in counts(&task) {
        let mut wanted: Vec<u8> = (0..n).map(|i| (i * 83 + 7) as u8).collect();
        let text = scheme.encoded(&wanted);
        let digits = (8 * n).div_ceil(5);
        let src = from.bytes(place(n), text.len());
        src.copy_from_slice(&text);
        let dst = to.bytes(place(n), n);
        for i in 0..digits - 2 {
            let kept = wanted.clone();
            for v in 0..1_usize << 15 {
                for k in 0..3 {
                    src[i + k] = alphabet[v >> (10 - 5 * k) & 31];
                    put(&mut wanted, i + k, v >> (10 - 5 * k) & 31);
                }
                // SAFETY: pointers and lengths are those of slices, and only what this CPU can run is run.
                let is = trying(task.name, text.len(), || unsafe {
                    (task.kernel)(dst.as_mut_ptr(), n, src.as_ptr(), text.len(), &table)
                });
                let right = is == (Pair { first: text.len(), second: n }) && *dst == *wanted;
                assert!(right, "{}: {v:#x} at {i} of {n}: {is:?}, {dst:x?}", task.name);
                cases += 1;
            }
            src.copy_from_slice(&text);
            wanted = kept;
        }
    }
    cases
}

/// Puts the five bits of digit `i` where they belong, as far as there are bytes for them.
fn put(bytes: &mut [u8], i: usize, digit: usize) {
    for bit in 0..5 {
        let at = 5 * i + bit;
        if let Some(byte) = bytes.get_mut(at / 8) {
            let mask = 0x80 >> (at % 8);
            *byte = if digit >> (4 - bit) & 1 != 0 { *byte | mask } else { *byte & !mask };
        }
    }
}

/// Every byte at every place of texts of every length: what is valid is decoded, and nothing behind it is written.
fn bytes(task: Task<Decode>) -> u64 {
    const CANARY: u8 = 0xa7;
    let (scheme, mut cases) = (SCHEMES[task.part], 0);
    let table = scheme.decode_table();
    let (most, step) = match (task.short, task.slow) {
        (true, _) => (DAMAGED_SHORT, 3),
        (false, true) => (DAMAGED_SHORT, 5),
        (false, false) => (DAMAGED, 1),
    };
    let (mut from, mut to) = (Memory::new(MOST), Memory::new(MOST));
    for n in (1..=most).step_by(step) {
        let whole: Vec<u8> = (0..n).map(|i| (i * 83 + 7) as u8).collect();
        let text = scheme.encoded(&whole);
        let src = from.bytes(place(n), text.len());
        src.copy_from_slice(&text);
        let dst = to.bytes(place(n), n);
        for i in 0..text.len() {
            for byte in 0..=u8::MAX {
                src[i] = byte;
                dst.fill(CANARY);
                // SAFETY: pointers and lengths are those of slices, and only what this CPU can run is run.
                let is = trying(task.name, text.len(), || unsafe {
                    (task.kernel)(dst.as_mut_ptr(), n, src.as_ptr(), text.len(), &table)
                });
                // Groups before are as they were.
                let start = i / 8;
                let (rest, mut bytes) = scheme.decoded(&src[8 * start..], n - 5 * start);
                bytes.splice(..0, whole[..5 * start].iter().copied());
                let wanted = Pair { first: rest.first + 8 * start, second: bytes.len() };
                let right = is == wanted
                    && dst[..bytes.len()] == bytes
                    && dst[bytes.len()..].iter().all(|&b| b == CANARY);
                assert!(right, "{}: {byte:#x} at {i} of {n} bytes: {is:?}, {dst:x?}", task.name);
                cases += 1;
            }
            src[i] = text[i];
        }
    }
    cases
}

/// Wrong for one pair at one place.
unsafe extern "C" fn wrong_pair(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const EncodeTable,
) -> Pair {
    // SAFETY: the caller's promise; what was written is the kernel's to change.
    unsafe {
        let pair = encode_generic(dst, dst_len, src, src_len, table);
        if src_len == 41 && slice(src, src_len)[32..34] == [0xa5, 0x5a] {
            *dst.add(52) ^= 1;
        }
        pair
    }
}

/// Wrong for one triple at one place.
unsafe extern "C" fn wrong_triple(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const DecodeTable,
) -> Pair {
    // SAFETY: as above.
    unsafe {
        let pair = decode_generic(dst, dst_len, src, src_len, table);
        if pair.second == 41 && slice(src, src_len)[33..36] == *b"7A7" {
            *dst.add(21) ^= 1;
        }
        pair
    }
}

/// Takes what precedes `A` for a digit, in one place.
unsafe extern "C" fn wrong_byte(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const DecodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let (right, text) =
        unsafe { (decode_generic(dst, dst_len, src, src_len, table), slice(src, src_len)) };
    let rare = right.first == 16 && text.len() == 64 && text[23] == b'@';
    Pair { first: right.first + 8 * usize::from(rare), ..right }
}
