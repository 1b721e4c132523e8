//! Each kernel on memory of exactly its argument's length, without pages to protect: what an interpreter that watches
//! every access can run. Everything else is tested with `kernels-check`.

use kernels_generic::crc64::{Constants, constants::ECMA};
use kernels_generic::{
    adler32, base32, bytealg, crc32, crc64, hex, latin1, utf8, utf16, vec, xxh3,
};

/// Lengths around the kernels' strides, few enough for an interpreter.
const LENGTHS: &[usize] = &[0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 65];

fn bytes(n: usize) -> Box<[u8]> {
    (0..n).map(|i| (i as u8).wrapping_mul(37).wrapping_add(11)).collect()
}

fn words(n: usize) -> Box<[u64]> {
    (0..n as u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect()
}

/// CRC bit by bit, as the polynomial says.
fn crc(polynomial: u32, p: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (polynomial & (crc & 1).wrapping_neg());
    !p.iter().fold(!0, |crc, &b| (0..8).fold(crc ^ u32::from(b), step))
}

#[test]
fn crc32_reads_its_argument_and_no_more() {
    for &n in LENGTHS {
        let all = bytes(n);
        for start in 0..n.min(9) {
            let p = &all[start..];
            // SAFETY: a slice is readable for its length.
            let ieee = unsafe { crc32::ieee_update_generic(0, p.as_ptr(), p.len()) };
            // SAFETY: as above.
            let castagnoli = unsafe { crc32::castagnoli_update_generic(0, p.as_ptr(), p.len()) };
            assert_eq!(ieee, crc(0xedb8_8320, p), "{n} from {start}");
            assert_eq!(castagnoli, crc(0x82f6_3b78, p), "{n} from {start}");
        }
    }
}

#[test]
fn crc64_reads_its_arguments_and_no_more() {
    // On the heap and without what aligns it, so that nothing lies behind.
    let k = Box::new(Constants::of(ECMA).0);
    let step = |crc: u64, _| (crc >> 1) ^ (ECMA & (crc & 1).wrapping_neg());
    for &n in LENGTHS {
        let all = bytes(n);
        for start in 0..n.min(9) {
            let p = &all[start..];
            let wanted = !p.iter().fold(!0, |crc, &b| (0..8).fold(crc ^ u64::from(b), step));
            // SAFETY: a box of the constants' size, and a slice is readable for its length.
            let crc = unsafe { crc64::update_generic(0, &raw const *k, p.as_ptr(), p.len()) };
            assert_eq!(crc, wanted, "{n} from {start}");
        }
    }
}

#[test]
fn base32_reads_and_writes_its_arguments_and_no_more() {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for (padding, &n) in
        [None, Some(b'=')].into_iter().flat_map(|p| LENGTHS.iter().map(move |n| (p, n)))
    {
        let (to_text, to_bytes) =
            (base32::encode_table(alphabet, padding), base32::decode_table(alphabet, padding));
        let data = bytes(n);
        let mut text = vec![0; base32::encoded_len(n, &to_text)].into_boxed_slice();
        let chars = text.len();
        // SAFETY: slices are valid for their lengths, and the two are apart.
        let done =
            unsafe { base32::encode_generic(text.as_mut_ptr(), chars, data.as_ptr(), n, &to_text) };
        assert_eq!((done.first, done.second), (n, chars), "{n}");
        let mut back = vec![0; n].into_boxed_slice();
        let mut decode = |text: &[u8]| {
            back.fill(0);
            // SAFETY: as above.
            let done = unsafe {
                base32::decode_generic(back.as_mut_ptr(), n, text.as_ptr(), chars, &to_bytes)
            };
            (done.first, done.second, back.clone())
        };
        assert_eq!(decode(&text), (chars, n, data), "{n}");
        for wrong in 0..chars {
            let digit = std::mem::replace(&mut text[wrong], b'1');
            let (read, written, rest) = decode(&text);
            assert_eq!((read, written), (wrong / 8 * 8, wrong / 8 * 5), "{n} {wrong}");
            assert!(rest[written..].iter().all(|&b| b == 0), "{n} {wrong}");
            text[wrong] = digit;
        }
    }
}

#[test]
fn hex_reads_and_writes_its_arguments_and_no_more() {
    for &n in LENGTHS {
        let data = bytes(n);
        let mut text = vec![0; 2 * n].into_boxed_slice();
        // SAFETY: slices are valid for their lengths, and the two are apart.
        unsafe { hex::encode_generic(text.as_mut_ptr(), 2 * n, data.as_ptr(), n) };
        let want: String = data.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(*text, *want.as_bytes(), "{n}");
        let mut back = vec![0; n].into_boxed_slice();
        // SAFETY: as above.
        let digits = unsafe { hex::decode_generic(back.as_mut_ptr(), n, text.as_ptr(), 2 * n) };
        assert_eq!((digits, &back), (2 * n, &data), "{n}");
        for wrong in 0..2 * n {
            let digit = std::mem::replace(&mut text[wrong], b'g');
            back.fill(0);
            // SAFETY: as above.
            let digits = unsafe { hex::decode_generic(back.as_mut_ptr(), n, text.as_ptr(), 2 * n) };
            assert_eq!(digits, wrong, "{n}");
            assert_eq!(back[..wrong / 2], data[..wrong / 2], "{n} {wrong}");
            assert!(back[wrong / 2..].iter().all(|&b| b == 0), "{n} {wrong}");
            text[wrong] = digit;
        }
    }
}

#[test]
fn adler32_reads_its_argument_and_no_more() {
    for &n in LENGTHS {
        let all = bytes(n);
        for start in 0..n.min(9) {
            let p = &all[start..];
            // With so few bytes only the second sum comes to the modulus.
            let (a, b) =
                p.iter().fold((1, 0), |(a, b), &x| (a + u32::from(x), b + a + u32::from(x)));
            // SAFETY: a slice is readable for its length.
            let adler = unsafe { adler32::update_generic(1, p.as_ptr(), p.len()) };
            assert_eq!(adler, (b % 65521) << 16 | a, "{n} from {start}");
        }
    }
}

#[test]
fn index_byte_reads_its_argument_and_no_more() {
    for &n in LENGTHS {
        let p = bytes(n);
        for c in [11, 48, 255] {
            let want = p.iter().position(|&b| b == c).map_or(-1, |i| i as isize);
            // SAFETY: a slice is readable for its length.
            let found = unsafe { bytealg::index_byte_generic(p.as_ptr(), n, c) };
            assert_eq!(found, want, "{n} {c}");
        }
    }
}

#[test]
fn vec_reads_and_writes_its_arguments_and_no_more() {
    for &n in LENGTHS {
        let (a, b) = (words(n), words(n));
        let mut dst = vec![0; n].into_boxed_slice();
        // SAFETY: slices are valid for their lengths, and the three are apart.
        unsafe { vec::add_generic(dst.as_mut_ptr(), n, a.as_ptr(), n, b.as_ptr(), n) };
        // SAFETY: a slice is readable for its length.
        let sum = unsafe { vec::sum_generic(dst.as_ptr(), n) };
        assert_eq!(sum, a.iter().fold(0_u64, |s, &x| s.wrapping_add(x.wrapping_mul(2))), "{n}");
        assert!(dst.iter().zip(&a).all(|(&d, &x)| d == x.wrapping_mul(2)), "{n}");
    }
}

#[test]
fn utf8_reads_its_argument_and_no_more() {
    // Sequences of one to four bytes, each cut off somewhere by one of the lengths or starts.
    let text = "aé€😀".repeat(7);
    for &n in LENGTHS {
        let p: Box<[u8]> = text.as_bytes()[..n].into();
        for start in 0..n.min(5) {
            let p = &p[start..];
            let up_to = std::str::from_utf8(p).map_or_else(|e| e.valid_up_to(), str::len);
            // SAFETY: a slice is readable for its length.
            let valid = unsafe { utf8::valid_up_to_generic(p.as_ptr(), p.len()) };
            assert_eq!(valid, up_to, "{n} from {start}");
            let runes: usize = p
                .utf8_chunks()
                .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
                .sum();
            // SAFETY: as above.
            let count = unsafe { utf8::rune_count_generic(p.as_ptr(), p.len()) };
            assert_eq!(count, runes, "{n} from {start}");
        }
    }
}

#[test]
fn latin1_reads_and_writes_its_arguments_and_no_more() {
    for &n in LENGTHS {
        // ASCII and not, and text that is cut off within a character where the length is odd.
        let latin: Box<[u8]> = (0..n as u8).map(|i| i.wrapping_mul(117) ^ 0x80).collect();
        let text: String = latin.iter().map(|&b| char::from(b)).collect();
        let mut dst = vec![0; text.len()].into_boxed_slice();
        // SAFETY: slices are valid for their lengths, and apart.
        let done =
            unsafe { latin1::to_utf8_generic(dst.as_mut_ptr(), dst.len(), latin.as_ptr(), n) };
        assert_eq!((done.first, done.second), (n, text.len()), "{n}");
        assert_eq!(*dst, *text.as_bytes(), "{n}");
        let mut back = vec![0; n].into_boxed_slice();
        // SAFETY: as above.
        let done =
            unsafe { latin1::from_utf8_generic(back.as_mut_ptr(), n, dst.as_ptr(), dst.len()) };
        assert_eq!((done.first, done.second), (dst.len(), n), "{n}");
        assert_eq!(back, latin, "{n}");
        let cut: Box<[u8]> = "\u{e9}".repeat(n).as_bytes()[..n].into();
        let mut back = vec![0; n / 2].into_boxed_slice();
        // SAFETY: as above.
        let done = unsafe { latin1::from_utf8_generic(back.as_mut_ptr(), n / 2, cut.as_ptr(), n) };
        assert_eq!((done.first, done.second), (n / 2 * 2, n / 2), "{n}");
    }
}

#[test]
fn utf16_reads_and_writes_its_arguments_and_no_more() {
    // Characters of one to four bytes, each cut off somewhere by one of the lengths or starts.
    let text = "aé€😀".repeat(7);
    for &n in LENGTHS {
        let p: Box<[u8]> = text.as_bytes()[..n].into();
        for start in 0..n.min(5) {
            let p = &p[start..];
            let up_to = std::str::from_utf8(p).map_or_else(|e| e.valid_up_to(), str::len);
            let valid = std::str::from_utf8(&p[..up_to]).expect("it is valid up to there");
            let units: Vec<u16> = valid.encode_utf16().collect();
            let mut dst = vec![0; units.len()].into_boxed_slice();
            // SAFETY: slices are valid for their lengths, and apart.
            let done = unsafe {
                utf16::from_utf8_generic(dst.as_mut_ptr(), dst.len(), p.as_ptr(), p.len())
            };
            assert_eq!((done.first, done.second), (up_to, units.len()), "{n} from {start}");
            assert_eq!(*dst, *units, "{n} from {start}");
            let mut back = vec![0; up_to].into_boxed_slice();
            // SAFETY: as above.
            let done = unsafe {
                utf16::to_utf8_generic(back.as_mut_ptr(), up_to, dst.as_ptr(), dst.len())
            };
            assert_eq!((done.first, done.second), (units.len(), up_to), "{n} from {start}");
            assert_eq!(*back, p[..up_to], "{n} from {start}");
        }
    }
}

#[test]
fn xxh3_reads_its_arguments_and_no_more() {
    for &n in LENGTHS {
        let p = bytes(n);
        for m in [0, 135, 136, 147, 192] {
            let secret = bytes(m);
            let (mut out, mut state) = ([7; 2], xxh3::START);
            let (key, words) = (secret.as_ptr(), xxh3::STATE);
            // SAFETY: slices and arrays are valid for their lengths.
            unsafe {
                xxh3::digest_generic(out.as_mut_ptr(), 2, p.as_ptr(), n, key, m);
                xxh3::accumulate_generic(state.as_mut_ptr(), words, p.as_ptr(), n, key, m);
            }
            assert_eq!(out != [7; 2], n >= 64 && m >= 136, "{n} bytes, secret of {m}");
            assert_eq!(state != xxh3::START, n >= 64 && m >= 136, "{n} bytes, secret of {m}");
        }
    }
}

#[test]
fn null_is_an_argument_of_no_length() {
    let (bytes, words) = (std::ptr::null(), std::ptr::null());
    // SAFETY: the length is 0.
    assert_eq!(unsafe { crc32::ieee_update_generic(5, bytes, 0) }, 5);
    let k = Constants::of(ECMA).0;
    // SAFETY: the constants are readable, and the length is 0.
    assert_eq!(unsafe { crc64::update_generic(5, &k, bytes, 0) }, 5);
    // SAFETY: the length is 0.
    assert_eq!(unsafe { adler32::update_generic(u32::MAX, bytes, 0) }, u32::MAX);
    // SAFETY: the length is 0.
    assert_eq!(unsafe { bytealg::index_byte_generic(bytes, 0, 1) }, -1);
    // SAFETY: the lengths are 0.
    assert_eq!(unsafe { hex::encode_generic(std::ptr::null_mut(), 0, bytes, 0) }, 0);
    // SAFETY: the lengths are 0.
    assert_eq!(unsafe { hex::decode_generic(std::ptr::null_mut(), 0, bytes, 0) }, 0);
    let none = std::ptr::null_mut();
    // SAFETY: the lengths are 0.
    let done = unsafe { latin1::from_utf8_generic(std::ptr::null_mut(), 0, bytes, 0) };
    assert_eq!((done.first, done.second), (0, 0));
    // SAFETY: the lengths are 0.
    let done = unsafe { latin1::to_utf8_generic(std::ptr::null_mut(), 0, bytes, 0) };
    assert_eq!((done.first, done.second), (0, 0));
    // SAFETY: the lengths are 0.
    let done = unsafe { utf16::from_utf8_generic(none, 0, bytes, 0) };
    assert_eq!((done.first, done.second), (0, 0));
    // SAFETY: the lengths are 0.
    let done = unsafe { utf16::to_utf8_generic(none.cast(), 0, bytes.cast(), 0) };
    assert_eq!((done.first, done.second), (0, 0));
    // SAFETY: the length is 0.
    assert_eq!(unsafe { utf8::valid_up_to_generic(bytes, 0) }, 0);
    // SAFETY: the length is 0.
    assert_eq!(unsafe { utf8::rune_count_generic(bytes, 0) }, 0);
    // SAFETY: the length is 0.
    assert_eq!(unsafe { vec::sum_generic(words, 0) }, 0);
}
