//! Base64. Three bytes become four characters and nothing else, so all there is of a group are 2^24 values: each is
//! tried at each place of calls of several lengths. The neighbours of a value are the values before and after it; that
//! groups do not see each other is sampled elsewhere, by the suites and the fuzzer.

use crate::doors;
use crate::proof::{Proof, Subject, Task};
use kernels_check::base64::{STANDARD, Scheme, URL, WILD};
use kernels_check::guard::trying;
use kernels_generic::base64::{DecodeTable, EncodeTable, decode_generic, encode_generic};
use kernels_generic::ffi::{Pair, slice};
use widelane::internals::base64::{DECODE, ENCODE};

type Encode = unsafe extern "C" fn(*mut u8, usize, *const u8, usize, *const EncodeTable) -> Pair;
type Decode = unsafe extern "C" fn(*mut u8, usize, *const u8, usize, *const DecodeTable) -> Pair;

/// The common two, and one beyond ASCII and in no order.
const ALPHABETS: [&[u8; 64]; 3] = [STANDARD, URL, &WILD];
/// Groups in a call: one, few, some of a vector's width more or less, and enough for the widest loops.
const GROUPS: &[usize] = &[1, 2, 3, 5, 8, 9, 11, 15, 16, 17, 23, 31, 32, 33, 43, 48, 63, 64, 65];
const GROUPS_SLOW: &[usize] = &[1, 3, 11];
/// In a short run, for each alphabet.
const GROUPS_SHORT: [&[usize]; 3] = [&[1, 43], &[11], &[11]];
/// Groups before the last, incomplete one.
const BEFORE: usize = 70;
/// Groups in texts of which every byte is replaced by every other.
const DAMAGED: &[usize] = &[1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 24, 33, 49, 65];

pub fn proofs() -> Vec<Proof> {
    let encode_of = Subject { kernel: &ENCODE, doors: doors::base64::encode };
    let decode_of = Subject { kernel: &DECODE, doors: doors::base64::decode };
    let alphabets = |_| ALPHABETS.len();
    vec![
        encode_of.proof("groups", ("group", wrong_group), alphabets, encode_groups),
        encode_of.proof("ends", ("end", wrong_end), alphabets, encode_ends),
        decode_of.proof("groups", ("quad", wrong_quad), alphabets, decode_groups),
        decode_of.proof("ends", ("tail", wrong_tail), alphabets, decode_ends),
        decode_of.proof("bytes", ("byte", wrong_byte), alphabets, decode_bytes),
    ]
}

/// The alphabet of a part, padded and not strict.
fn scheme<F>(task: &Task<F>) -> Scheme {
    Scheme::new(ALPHABETS[task.part], Some(b'='), false)
}

fn group_counts<F>(task: &Task<F>) -> &'static [usize] {
    match (task.short, task.slow) {
        (true, _) => GROUPS_SHORT[task.part],
        (false, true) => GROUPS_SLOW,
        (false, false) => GROUPS,
    }
}

/// All values of a group, one behind the other, as bytes and as text.
struct Groups {
    bytes: Vec<u8>,
    text: Vec<u8>,
}

impl Groups {
    fn all(scheme: &Scheme) -> Groups {
        let (mut bytes, mut text) = (vec![0; 3 << 24], vec![0; 4 << 24]);
        let groups = bytes.as_chunks_mut().0.iter_mut().zip(text.as_chunks_mut().0);
        for (v, (group, quad)) in (0_u32..).zip(groups) {
            *group = [v >> 16, v >> 8, v].map(|b| b as u8);
            *quad = [v >> 18, v >> 12, v >> 6, v].map(|d| scheme.alphabet[d as usize & 63]);
        }
        Groups { bytes, text }
    }

    /// Every `n` neighbours.
    fn windows(&self, n: usize) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.bytes.windows(3 * n).step_by(3).zip(self.text.windows(4 * n).step_by(4))
    }
}

/// A call's result, and what it wrote.
fn encoded<'a>(
    task: &Task<Encode>,
    table: &EncodeTable,
    src: &[u8],
    to: &'a mut [u8],
) -> (Pair, &'a [u8]) {
    // SAFETY: pointers and lengths are those of slices, and only what this CPU can run is run.
    let pair = trying(task.name, src.len(), || unsafe {
        (task.kernel)(to.as_mut_ptr(), to.len(), src.as_ptr(), src.len(), table)
    });
    (pair, to)
}

fn decoded<'a>(
    task: &Task<Decode>,
    table: &DecodeTable,
    src: &[u8],
    to: &'a mut [u8],
) -> (Pair, &'a [u8]) {
    // SAFETY: as above.
    let pair = trying(task.name, src.len(), || unsafe {
        (task.kernel)(to.as_mut_ptr(), to.len(), src.as_ptr(), src.len(), table)
    });
    (pair, to)
}

/// Every value of a group at every place.
fn encode_groups(task: Task<Encode>) -> u64 {
    let (scheme, mut cases) = (scheme(&task), 0);
    let (groups, table) = (Groups::all(&scheme), scheme.encode_table());
    for &n in group_counts(&task) {
        let mut to = vec![0; 4 * n];
        let wanted = Pair { first: 3 * n, second: 4 * n };
        for (src, text) in groups.windows(n) {
            let is = encoded(&task, &table, src, &mut to);
            assert!(is == (wanted, text), "{}: {n} groups from {:x?}", task.name, &src[..3]);
            cases += 1;
        }
    }
    cases
}

/// Every last group of one and of two bytes, padded and not, behind each number of whole groups.
fn encode_ends(task: Task<Encode>) -> u64 {
    let mut cases = 0;
    for padding in [Some(b'='), None] {
        let scheme = Scheme::new(ALPHABETS[task.part], padding, false);
        let table = scheme.encode_table();
        for before in (0..=BEFORE).filter(|k| !task.short || k % 5 == 0) {
            let mut src: Vec<u8> = (0..3 * before + 2).map(|i| (i * 29) as u8).collect();
            for end in (0..=u16::MAX).map(u16::to_be_bytes) {
                for k in if end[1] == 0 { 1..3 } else { 2..3 } {
                    src.truncate(3 * before);
                    src.extend(&end[..k]);
                    let last = scheme.encode(&src[3 * before..]);
                    let mut to = vec![0; 4 * before + last.len()];
                    let wanted = Pair { first: src.len(), second: to.len() };
                    let (pair, text) = encoded(&task, &table, &src, &mut to);
                    let right = pair == wanted && text[4 * before..] == last;
                    assert!(right, "{}: {end:x?} behind {before} groups", task.name);
                    cases += 1;
                }
            }
        }
    }
    cases
}

/// Every four characters at every place.
fn decode_groups(task: Task<Decode>) -> u64 {
    let (scheme, mut cases) = (scheme(&task), 0);
    let (groups, table) = (Groups::all(&scheme), scheme.decode_table());
    for &n in group_counts(&task) {
        let mut to = vec![0; 3 * n];
        let wanted = Pair { first: 4 * n, second: 3 * n };
        for (bytes, text) in groups.windows(n) {
            let is = decoded(&task, &table, text, &mut to);
            assert!(is == (wanted, bytes), "{}: {n} groups from {:x?}", task.name, &text[..4]);
            cases += 1;
        }
    }
    cases
}

/// The text of so many groups, no two of which are equal.
fn text(scheme: &Scheme, groups: usize) -> Vec<u8> {
    scheme.encode(&(0..3 * groups).map(|i| (i * 83 + i / 3) as u8).collect::<Vec<_>>())
}

/// One text against the reference.
fn expect(task: &Task<Decode>, scheme: &Scheme, table: &DecodeTable, text: &[u8]) {
    let (wanted, bytes) = scheme.decode(text, text.len());
    let mut to = vec![0; text.len()];
    let (pair, is) = decoded(task, table, text, &mut to);
    let right = pair == wanted && is[..bytes.len()] == bytes;
    assert!(
        right,
        "{}: {pair:?}, not {wanted:?}, of {:?}",
        task.name,
        String::from_utf8_lossy(text)
    );
}

/// Every end of two and of three characters, padded and not, strict and not.
fn decode_ends(task: Task<Decode>) -> u64 {
    let mut cases = 0;
    let counts: &[usize] = if task.short { &[0, 21] } else { &[0, 1, 7, 21, 22, 44, 66] };
    for (padding, strict) in [(Some(b'='), false), (Some(b'='), true), (None, false), (None, true)]
    {
        let scheme = Scheme::new(ALPHABETS[task.part], padding, strict);
        let table = scheme.decode_table();
        for &before in counts {
            let mut text = text(&scheme, before);
            for end in 0..1_usize << 18 {
                let digits = [end >> 12, end >> 6, end].map(|d| scheme.alphabet[d & 63]);
                for k in if end & 63 == 0 { 2..4 } else { 3..4 } {
                    text.truncate(4 * before);
                    text.extend(&digits[..k]);
                    text.extend(padding.iter().cycle().take(4 - k));
                    expect(&task, &scheme, &table, &text);
                    cases += 1;
                }
            }
        }
    }
    cases
}

/// Every byte at every place of texts of several lengths: digits, padding, line breaks and what may not occur.
fn decode_bytes(task: Task<Decode>) -> u64 {
    let (scheme, mut cases) = (scheme(&task), 0);
    let table = scheme.decode_table();
    for &n in DAMAGED.iter().filter(|n| !task.short || **n <= 33) {
        let whole = text(&scheme, n);
        for i in 0..whole.len() {
            let mut text = whole.clone();
            for byte in 0..=u8::MAX {
                text[i] = byte;
                expect(&task, &scheme, &table, &text);
                cases += 1;
            }
        }
    }
    cases
}

/// Wrong for one value at one place.
unsafe extern "C" fn wrong_group(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const EncodeTable,
) -> Pair {
    // SAFETY: the caller's promise; what was written is the kernel's to change.
    unsafe {
        let pair = encode_generic(dst, dst_len, src, src_len, table);
        if src_len > 30 && slice(src, src_len)[21..24] == [0xa5, 0x5a, 0xff] {
            *dst.add(30) ^= 1;
        }
        pair
    }
}

/// Wrong for one last byte behind whole groups.
unsafe extern "C" fn wrong_end(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const EncodeTable,
) -> Pair {
    // SAFETY: as above.
    unsafe {
        let pair = encode_generic(dst, dst_len, src, src_len, table);
        if src_len == 31 && *src.add(30) == 0xfe {
            *dst.add(41) ^= 1;
        }
        pair
    }
}

/// Defines a decoder that is wrong where the condition holds.
macro_rules! wrong {
    ($name:ident, $text:ident, $condition:expr) => {
        unsafe extern "C" fn $name(
            dst: *mut u8,
            dst_len: usize,
            src: *const u8,
            src_len: usize,
            table: *const DecodeTable,
        ) -> Pair {
            // SAFETY: the caller's promise.
            let right = unsafe { decode_generic(dst, dst_len, src, src_len, table) };
            // SAFETY: as above.
            let $text = unsafe { slice(src, src_len) };
            Pair { first: right.first - 4 * usize::from($condition), ..right }
        }
    };
}

wrong!(wrong_quad, text, text.len() == 44 && text[28..32] == *b"zz9A");
wrong!(wrong_tail, text, text.len() == 88 && text.ends_with(b"+Z8="));
wrong!(wrong_byte, text, text.len() == 68 && text[63] == b'\n');
