//! The safe API of base64: published vectors, round trips, errors.
#![cfg(feature = "std")]

use quickcheck::quickcheck;
use widelane::base64::*;

fn encoding(name: &str) -> Encoding {
    let encoding = match name {
        "std" => STANDARD.clone(),
        "url" => URL_SAFE.clone(),
        "rawstd" => STANDARD_NO_PAD.clone(),
        "rawurl" => URL_SAFE_NO_PAD.clone(),
        "strict" => STANDARD.strict(),
        _ => panic!("no encoding {name}"),
    };
    encoding.skipping(b"\r\n")
}

#[test]
fn vectors() {
    let mut seen = 0;
    for line in include_str!("../../../testdata/base64.txt").lines() {
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
            }
            "decode" => assert_eq!(decoded.as_ref(), Ok(&bytes), "{line}"),
            _ => assert_eq!(decoded.unwrap_err().written, bytes.len(), "{line}"),
        }
        seen += 1;
    }
    assert!(seen >= 40, "only {seen} vectors");
}

quickcheck! {
    fn round_trip(src: Vec<u8>) -> bool {
        [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD].into_iter().all(|encoding| {
            let text = encoding.encode(&src);
            let mut exact = vec![0; src.len()];
            let mut place = text.clone().into_bytes();
            text.len() == encoding.encoded_len(src.len())
                && encoding.strict().decode(text.as_bytes()).as_ref() == Ok(&src)
                && encoding.decode_into(text.as_bytes(), &mut exact).is_ok_and(|bytes| bytes == src)
                && encoding.decode_in_place(&mut place).is_ok_and(|bytes| bytes == src)
        })
    }

    fn skipped(src: Vec<u8>, line: u8) -> bool {
        let text = STANDARD.encode(&src);
        let lines: Vec<&[u8]> = text.as_bytes().chunks(usize::from(line) + 1).collect();
        STANDARD.skipping(b" \n").decode(&lines.join(&b" \n"[..])) == Ok(src)
    }
}

#[test]
fn errors() {
    use DecodeErrorKind::*;
    let mime = STANDARD.skipping(b"\n").strict();
    let zeros = "A".repeat(1000);
    for (text, kind, offset, written) in [
        ("Zm9v!m9v", Byte, 4, 3),
        ("Zm9v\nZ!==", Byte, 6, 3),
        ("Zm9v====", Padding, 4, 3),
        ("Zg=", Padding, 3, 0),
        ("Zg=\nx=", Padding, 4, 0),
        ("Zg", Length, 2, 0),
        ("Zm9vY\n", Length, 6, 3),
        ("Zh==", TrailingBits, 1, 0),
        ("Zm9=", TrailingBits, 2, 0),
        ("Zg==\nZg==", AfterEnd, 5, 1),
        (&(zeros.clone() + "\u{e9}AAA"), Byte, 1000, 750),
        (&(zeros + "A"), Length, 1001, 750),
    ] {
        let error = mime.decode(text.as_bytes()).unwrap_err();
        assert_eq!(error, DecodeError { kind, offset, written }, "{text:?}: {error}");
    }
    assert_eq!(STANDARD.decode(b"Zg\n==").unwrap_err().kind, Byte);
    assert_eq!(STANDARD_NO_PAD.decode(b"Zg==").unwrap_err().kind, Byte);
    assert_eq!(STANDARD.decode(b"Zh=="), Ok(b"f".to_vec()));
}

#[test]
fn short_outputs() {
    let src = [7; 200];
    for len in 0..src.len() {
        let text = STANDARD.encode(&src[..len]);
        for room in 0..len {
            let mut dst = vec![1; room];
            let error = STANDARD.decode_into(text.as_bytes(), &mut dst).unwrap_err();
            let whole = room / 3 * 3;
            let expected = DecodeError {
                kind: DecodeErrorKind::Output,
                offset: whole / 3 * 4,
                written: whole,
            };
            assert_eq!(error, expected, "{len} bytes, room {room}");
            assert!(dst[..whole].iter().all(|&b| b == 7));
        }
        for room in 0..text.len() {
            let mut dst = vec![1; room];
            assert_eq!(
                STANDARD.encode_into(&src[..len], &mut dst),
                Err(ShortOutput { needed: text.len() })
            );
            assert!(dst.iter().all(|&b| b == 1));
        }
    }
}

#[test]
fn alphabets() {
    let mut alphabet = *b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    assert!(Encoding::new(&alphabet, Some(b'=')).is_ok());
    assert_eq!(Encoding::new(&alphabet, Some(b'Q')), Err(AlphabetError { byte: b'Q' }));
    assert_eq!(Encoding::new(&alphabet, Some(200)), Err(AlphabetError { byte: 200 }));
    alphabet[63] = b'.';
    assert_eq!(Encoding::new(&alphabet, None), Err(AlphabetError { byte: b'.' }));
    let most = usize::MAX / 4 * 3;
    let lengths = [most - 1, most, most + 1, usize::MAX].map(|n| STANDARD.encoded_len(n));
    assert_eq!(lengths, [usize::MAX - 3, usize::MAX - 3, usize::MAX, usize::MAX]);
    assert_eq!(STANDARD.decoded_len(usize::MAX), usize::MAX / 4 * 3 + 2);
}
