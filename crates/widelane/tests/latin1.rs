//! The safe functions against the standard library.
#![cfg(feature = "std")]

use kernels_check::Random;
use widelane::latin1::{self, Error, ErrorKind};

/// What `p` is in Latin-1, or what stops it, by the standard library.
fn wanted(p: &[u8]) -> Result<Vec<u8>, Error> {
    let valid = match std::str::from_utf8(p) {
        Ok(text) => text,
        Err(e) => std::str::from_utf8(&p[..e.valid_up_to()]).expect("it is valid up to there"),
    };
    let mut made = Vec::new();
    for (offset, c) in valid.char_indices() {
        let Ok(byte) = u8::try_from(c) else {
            return Err(Error { kind: ErrorKind::Above, offset, written: made.len() });
        };
        made.push(byte);
    }
    match valid.len() {
        n if n == p.len() => Ok(made),
        offset => Err(Error { kind: ErrorKind::Utf8, offset, written: made.len() }),
    }
}

fn compare_text(p: &[u8]) {
    let wanted = wanted(p);
    assert_eq!(latin1::from_utf8(p), wanted, "{p:x?}");
    let mut dst = vec![0xa7; p.len() + 3];
    let is = latin1::from_utf8_into(p, &mut dst).map(|made| made.to_vec());
    assert_eq!(is, wanted, "{p:x?}");
    let done = wanted.as_ref().map_or_else(|e| e.written, |made| made.len());
    assert!(dst[done..].iter().all(|&b| b == 0xa7), "{p:x?}");
    if let Ok(text) = std::str::from_utf8(p) {
        assert_eq!(latin1::encode(text), wanted, "{text:?}");
        let Ok(made) = wanted else { return };
        assert_eq!(latin1::encoded_len(text), made.len(), "{text:?}");
        let mut exact = vec![0; made.len()];
        assert_eq!(latin1::encode_into(text, &mut exact).as_deref(), Ok(&made[..]), "{text:?}");
        assert_eq!(latin1::decode(&made), text, "{text:?}");
    }
}

fn compare_bytes(p: &[u8]) {
    let text: String = p.iter().map(|&b| char::from(b)).collect();
    assert_eq!(latin1::decoded_len(p), text.len(), "{p:x?}");
    let is = latin1::decode(p);
    assert_eq!((&is, is.capacity()), (&text, text.len()), "{p:x?}");
    let mut exact = vec![0; text.len()];
    assert_eq!(latin1::decode_into(p, &mut exact).as_deref(), Ok(&text[..]), "{p:x?}");
}

#[test]
fn as_the_standard_library() {
    let mut random = Random(11);
    for n in 0..400 {
        let one_in = 1 + random.bits() % 20;
        let mut byte = || {
            let bits = random.bits();
            bits as u8 & if (bits >> 8).is_multiple_of(one_in) { 0xff } else { 0x7f }
        };
        let mut p: Vec<u8> = (0..n).map(|_| byte()).collect();
        compare_bytes(&p);
        let text: String = p.iter().map(|&b| char::from(b)).collect();
        compare_text(text.as_bytes());
        compare_text(&text.as_bytes()[..text.len() * 3 / 4]);
        compare_text(&p);
        p = text.into_bytes();
        for other in ["\u{100}", "\u{7ff}", "\u{20ac}", "\u{1f600}"] {
            let i = (random.bits() % (n as u64 + 1)) as usize;
            let mut bad = p.clone();
            bad.splice(i..i, other.bytes());
            compare_text(&bad);
        }
    }
    // Sums of bytes do not overflow.
    compare_bytes(&vec![0xff; 3 * 255 * 8 + 7]);
}

#[test]
fn room_ends_before_a_character() {
    let text = "n\u{e9}\u{ff}a".repeat(40);
    let p = latin1::encode(&text).unwrap();
    for room in 0..p.len() {
        let mut dst = vec![0; room];
        let error = latin1::encode_into(&text, &mut dst).unwrap_err();
        let offset = text.char_indices().nth(room).unwrap().0;
        assert_eq!(error, Error { kind: ErrorKind::Output, offset, written: room });
        assert_eq!(dst, p[..room]);
    }
    for room in 0..text.len() {
        let mut dst = vec![0; room];
        let error = latin1::decode_into(&p, &mut dst).unwrap_err();
        let written = text.floor_char_boundary(room);
        let offset = text[..written].chars().count();
        assert_eq!(error, Error { kind: ErrorKind::Output, offset, written });
        assert_eq!(dst[..written], text.as_bytes()[..written]);
        assert!(dst[written..].iter().all(|&b| b == 0), "{room}");
    }
}

/// Where the room ends before a mistake, the mistake is named: more room would not help.
#[test]
fn a_mistake_counts_before_the_room() {
    for (p, kind) in [
        (&b"ab\xc4\x80"[..], ErrorKind::Above),
        (b"ab\xf0\x9d\x84\x9e", ErrorKind::Above),
        (b"ab\xff", ErrorKind::Utf8),
        (b"ab\xc3", ErrorKind::Utf8),
        (b"ab\xc3\xa9", ErrorKind::Output),
    ] {
        let error = latin1::from_utf8_into(p, &mut [0; 2]).unwrap_err();
        assert_eq!(error, Error { kind, offset: 2, written: 2 }, "{p:x?}");
    }
}

#[test]
fn messages() {
    let error = latin1::encode("5 \u{20ac}").unwrap_err();
    assert_eq!(error.to_string(), "latin1: a character above U+00FF, at index 2");
    let error = latin1::from_utf8(b"lan\xc3").unwrap_err();
    assert_eq!(error.to_string(), "latin1: invalid UTF-8, at index 3");
    let error = latin1::decode_into(b"lan\xe9", &mut [0; 4]).unwrap_err();
    assert_eq!(error.to_string(), "latin1: the output is too short, at index 3");
}
