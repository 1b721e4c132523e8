//! The safe API of base32: published vectors, round trips, errors.
#![cfg(feature = "std")]

use quickcheck::quickcheck;
use widelane::base32::*;

fn encoding(name: &str) -> &'static Encoding {
    match name {
        "std" => &STANDARD,
        "hex" => &HEX,
        "rawstd" => &STANDARD_NO_PAD,
        "rawhex" => &HEX_NO_PAD,
        _ => panic!("no encoding {name}"),
    }
}

#[test]
fn vectors() {
    let mut seen = 0;
    for line in include_str!("../../../testdata/base32.txt").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fields: Vec<&str> = line.split(' ').map(|f| if f == "-" { "" } else { f }).collect();
        let (kind, name) = fields[0].split_once(':').unwrap_or(("", fields[0]));
        let bytes: Vec<u8> = fields[1]
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        let text = fields[2].replace("\\n", "\n").replace("\\r", "\r");
        let encoding = encoding(name);
        let decoded = encoding.decode(text.as_bytes());
        match kind {
            "" => {
                assert_eq!(encoding.encode(&bytes), text, "{line}");
                assert_eq!(decoded.as_ref(), Ok(&bytes), "{line}");
                assert_eq!(encoding.strict().decode(text.as_bytes()), Ok(bytes), "{line}");
            }
            "decode" => {
                assert_eq!(decoded.as_ref(), Ok(&bytes), "{line}");
                let error = encoding.strict().decode(text.as_bytes()).unwrap_err();
                assert_eq!(error.kind, DecodeErrorKind::TrailingBits, "{line}");
            }
            "lines" => {
                let at = text.find(['\r', '\n']);
                assert_eq!(Some(decoded.unwrap_err().offset), at, "{line}");
            }
            "bad" => assert_eq!(decoded.unwrap_err().written, bytes.len(), "{line}"),
            _ => panic!("no vector: {line}"),
        }
        seen += 1;
    }
    assert!(seen >= 40, "only {seen} vectors");
}

quickcheck! {
    fn round_trip(src: Vec<u8>) -> bool {
        [&STANDARD, &STANDARD_NO_PAD, &HEX, &HEX_NO_PAD].into_iter().all(|encoding| {
            let text = encoding.encode(&src);
            let mut exact = vec![0; src.len()];
            let mut place = text.clone().into_bytes();
            text.len() == encoding.encoded_len(src.len())
                && encoding.decoded_len(text.len()) >= src.len()
                && encoding.strict().decode(text.as_bytes()).as_ref() == Ok(&src)
                && encoding.decode_into(text.as_bytes(), &mut exact).is_ok_and(|bytes| bytes == src)
                && encoding.strict().decode_in_place(&mut place).is_ok_and(|bytes| bytes == src)
        })
    }

    /// A byte that is no digit is found at its place, whatever follows, and nothing behind its group is written.
    fn invalid(src: Vec<u8>, at: usize, byte: u8) -> bool {
        let mut text = HEX_NO_PAD.encode(&src).into_bytes();
        if text.is_empty() || matches!(byte, b'0'..=b'9' | b'A'..=b'V') {
            return true;
        }
        let at = at % text.len();
        text[at] = byte;
        let whole = at / 8 * 5;
        let error = DecodeError { kind: DecodeErrorKind::Byte, offset: at, written: whole };
        let mut dst = vec![0xa5; src.len()];
        let failed = HEX_NO_PAD.decode_into(&text, &mut dst).map(|_| ()) == Err(error);
        let copy = text.clone();
        failed
            && HEX_NO_PAD.decode(&text) == Err(error)
            && dst[..whole] == src[..whole]
            && dst[whole..].iter().all(|&b| b == 0xa5)
            && HEX_NO_PAD.decode_in_place(&mut text) == Err(error)
            && text[whole..] == copy[whole..]
    }
}

#[test]
fn errors() {
    use DecodeErrorKind::*;
    let strict = STANDARD.strict();
    let zeros = "A".repeat(1000);
    for (text, kind, offset, written) in [
        ("MZXW6YTB!ZXW6YTB", Byte, 8, 5),
        ("MZXW6YTBM!======", Byte, 9, 5),
        ("MZXW6YTB========", Padding, 8, 5),
        ("M=======", Padding, 1, 0),
        ("MZX=====", Padding, 3, 0),
        ("MZXW6Y==", Padding, 6, 0),
        ("MY=====", Length, 7, 0),
        ("MY====x=", Padding, 6, 0),
        ("MY=======", Padding, 8, 0),
        ("MY======MY======", Padding, 8, 0),
        ("MY", Length, 2, 0),
        ("MZXW6YTBMZXW6", Length, 13, 5),
        ("MZ======", TrailingBits, 1, 1),
        ("MZXW6YR=", TrailingBits, 6, 4),
        (&(zeros.clone() + "\u{e9}AAAAAA"), Byte, 1000, 625),
        (&(zeros + "A"), Length, 1001, 625),
    ] {
        let error = strict.decode(text.as_bytes()).unwrap_err();
        assert_eq!(error, DecodeError { kind, offset, written }, "{text:?}: {error}");
    }
    let raw = |text: &str| STANDARD_NO_PAD.decode(text.as_bytes()).unwrap_err();
    assert_eq!(raw("MY======"), DecodeError { kind: Byte, offset: 2, written: 0 });
    assert_eq!(raw("MZXW6YTBM"), DecodeError { kind: Length, offset: 9, written: 5 });
    assert_eq!(raw("MZX"), DecodeError { kind: Length, offset: 3, written: 0 });
    assert_eq!(
        raw("MZXW6Y\n").to_string(),
        "base32: a byte that is not in the alphabet, at byte 6"
    );
    assert_eq!(STANDARD.decode(b"MZ======"), Ok(b"f".to_vec()));
    // In place, the last group is overwritten by its own bytes.
    assert_eq!(strict.decode_in_place(&mut { *b"MZXW6YR=" }).unwrap_err().offset, 6);
}

#[test]
fn short_outputs() {
    let src = [7; 150];
    for len in 0..src.len() {
        let text = STANDARD.encode(&src[..len]);
        for room in 0..len {
            let mut dst = vec![1; room];
            let error = STANDARD.decode_into(text.as_bytes(), &mut dst).unwrap_err();
            let whole = room / 5 * 5;
            let kind = DecodeErrorKind::Output;
            let expected = DecodeError { kind, offset: whole / 5 * 8, written: whole };
            assert_eq!(error, expected, "{len} bytes, room {room}");
            assert!(dst[..whole].iter().all(|&b| b == 7) && dst[whole..].iter().all(|&b| b == 1));
        }
        for room in 0..text.len() {
            let mut dst = vec![1; room];
            let short = STANDARD.encode_into(&src[..len], &mut dst);
            assert_eq!(short, Err(ShortOutput { needed: text.len() }));
            assert!(dst.iter().all(|&b| b == 1));
        }
    }
}

#[test]
fn alphabets() {
    let mut alphabet = *b"0123456789abcdefghjkmnpqrstvwxyz";
    assert!(Encoding::new(&alphabet, Some(b'=')).is_ok());
    assert_eq!(Encoding::new(&alphabet, Some(b'q')), Err(AlphabetError { byte: b'q' }));
    assert_eq!(Encoding::new(&alphabet, Some(200)), Err(AlphabetError { byte: 200 }));
    alphabet[31] = b'0';
    assert_eq!(Encoding::new(&alphabet, None), Err(AlphabetError { byte: b'0' }));
    let most = usize::MAX / 8 * 5;
    let lengths = [most - 1, most, most + 1, usize::MAX].map(|n| STANDARD.encoded_len(n));
    assert_eq!(lengths, [usize::MAX - 7, usize::MAX - 7, usize::MAX, usize::MAX]);
    assert_eq!(HEX_NO_PAD.decoded_len(usize::MAX), usize::MAX / 8 * 5 + 4);
}
