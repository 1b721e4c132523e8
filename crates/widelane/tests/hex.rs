//! The safe API of hexadecimal: published vectors, round trips, errors.
#![cfg(feature = "std")]

use quickcheck::quickcheck;
use widelane::hex::*;

#[test]
fn vectors() {
    let mut seen = 0;
    for line in include_str!("../../../testdata/hex.txt").lines().filter(|l| !l.starts_with('#')) {
        let fields: Vec<&str> = line.split(' ').map(|f| if f == "-" { "" } else { f }).collect();
        let error = |text: &str, kind, offset| {
            let error = DecodeError { kind, offset, written: offset / 2 };
            assert_eq!(decode(text.as_bytes()), Err(error), "{line}");
        };
        match fields[..] {
            ["plain", plain, text] => {
                assert_eq!(encode(plain.as_bytes()), text, "{line}");
                assert_eq!(decode(text.as_bytes()).as_deref(), Ok(plain.as_bytes()), "{line}");
                let upper = text.to_uppercase();
                assert_eq!(decode(upper.as_bytes()).as_deref(), Ok(plain.as_bytes()), "{line}");
            }
            ["byte", text, at] => error(text, DecodeErrorKind::Byte, at.parse().unwrap()),
            ["length", text] => error(text, DecodeErrorKind::Length, text.len()),
            _ => panic!("no vector: {line}"),
        }
        seen += 1;
    }
    assert!(seen >= 25, "only {seen} vectors");
}

quickcheck! {
    fn round_trip(src: Vec<u8>) -> bool {
        let text = encode(&src);
        let mut place = text.clone().into_bytes();
        let mut exact = vec![0; src.len()];
        text.len() == encoded_len(src.len())
            && decoded_len(text.len()) == src.len()
            && decode(text.to_uppercase().as_bytes()).as_ref() == Ok(&src)
            && decode_into(text.as_bytes(), &mut exact).is_ok_and(|bytes| bytes == src)
            && decode_in_place(&mut place).is_ok_and(|bytes| bytes == src)
    }

    /// A byte that is no digit is found at its place, whatever follows, and nothing behind its pair is written.
    fn invalid(src: Vec<u8>, at: usize, byte: u8) -> bool {
        let mut text = encode(&src).into_bytes();
        if text.is_empty() || byte.is_ascii_hexdigit() {
            return true;
        }
        let at = at % text.len();
        text[at] = byte;
        let error = DecodeError { kind: DecodeErrorKind::Byte, offset: at, written: at / 2 };
        let mut dst = vec![0xa5; src.len()];
        let failed = decode_into(&text, &mut dst).map(|_| ()) == Err(error);
        failed
            && decode(&text) == Err(error)
            && dst[..at / 2] == src[..at / 2]
            && dst[at / 2..].iter().all(|&b| b == 0xa5)
            && decode_in_place(&mut text) == Err(error)
            && text[at] == byte
    }
}

#[test]
fn wrong_ends() {
    let error =
        |text: &str, room: usize| decode_into(text.as_bytes(), &mut vec![0; room]).map(|_| ());
    let at = |kind, offset, written| Err(DecodeError { kind, offset, written });
    use DecodeErrorKind::*;
    assert_eq!(error("a", 0), at(Length, 1, 0));
    assert_eq!(error("abc", 9), at(Length, 3, 1));
    assert_eq!(error("abc", 1), at(Length, 3, 1));
    assert_eq!(error("g", 0), at(Byte, 0, 0));
    assert_eq!(error("abg", 1), at(Byte, 2, 1));
    assert_eq!(error("abcd", 1), at(Output, 2, 1));
    assert_eq!(error("abcde", 1), at(Output, 2, 1));
    assert_eq!(error("abgd", 1), at(Byte, 2, 1));
    assert_eq!(error("ab", 0), at(Output, 0, 0));
    let short = encode_into(b"lane", &mut [0; 7]).unwrap_err();
    assert_eq!(short, ShortOutput { needed: 8 });
    assert_eq!(short.to_string(), "hex: the output needs 8 bytes");
    assert_eq!(
        decode(b"abxd").unwrap_err().to_string(),
        "hex: a byte that is no hexadecimal digit, at byte 2"
    );
}
