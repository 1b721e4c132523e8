//! The safe functions against the standard library.
#![cfg(feature = "std")]

use kernels_check::{Random, forall};
use widelane::utf16::{self, Error, ErrorKind};

/// Bytes of few values, most sequences of which are nearly valid.
fn nearly_valid(random: &mut Random, n: usize) -> Vec<u8> {
    const BYTES: [u8; 16] = [
        b'a', b'b', 0x80, 0x8f, 0x9f, 0xa0, 0xbf, 0xc3, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf1, 0xf4,
        0xff,
    ];
    (0..n).map(|_| BYTES[(random.bits() % 16) as usize]).collect()
}

/// Letters and surrogates.
fn nearly_paired(random: &mut Random, n: usize) -> Vec<u16> {
    const UNITS: [u16; 8] = [0x61, 0xe9, 0x20ac, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000];
    (0..n).map(|_| UNITS[(random.bits() % 8) as usize]).collect()
}

fn compare_bytes(p: &[u8]) {
    let lossy: Vec<u16> = String::from_utf8_lossy(p).encode_utf16().collect();
    assert_eq!(utf16::from_utf8_lossy(p), lossy, "{p:x?}");
    let wanted = match std::str::from_utf8(p) {
        Ok(text) => {
            assert_eq!(utf16::encode(text), lossy, "{text:?}");
            assert_eq!(utf16::encoded_len(text), lossy.len(), "{text:?}");
            let mut exact = vec![0; lossy.len()];
            assert_eq!(utf16::encode_into(text, &mut exact).as_deref(), Ok(&lossy[..]), "{text:?}");
            Ok(lossy)
        }
        Err(e) => {
            let (offset, kind) = (e.valid_up_to(), ErrorKind::Utf8);
            let written = std::str::from_utf8(&p[..offset]).unwrap().encode_utf16().count();
            Err(Error { kind, offset, written })
        }
    };
    assert_eq!(utf16::from_utf8(p), wanted, "{p:x?}");
    let mut dst = vec![0xa7a7; p.len() + 3];
    let is = utf16::from_utf8_into(p, &mut dst).map(|units| units.to_vec());
    assert_eq!(is, wanted, "{p:x?}");
    let done = wanted.map_or_else(|e| e.written, |units| units.len());
    assert!(dst[done..].iter().all(|&u| u == 0xa7a7), "{p:x?}");
}

fn compare_units(u: &[u16]) {
    let lossy = String::from_utf16_lossy(u);
    assert_eq!(utf16::decode_lossy(u), lossy, "{u:x?}");
    assert_eq!(utf16::decoded_len(u), lossy.len(), "{u:x?}");
    let is = utf16::decode(u);
    match (String::from_utf16(u), is) {
        (Ok(text), is) => {
            assert_eq!(is.as_ref(), Ok(&text), "{u:x?}");
            let mut exact = vec![0; text.len()];
            assert_eq!(utf16::decode_into(u, &mut exact).as_deref(), Ok(&text[..]), "{u:x?}");
        }
        (Err(_), Err(e)) => {
            let before = String::from_utf16(&u[..e.offset]).expect("what is before is valid");
            assert_eq!((e.kind, e.written), (ErrorKind::Surrogate, before.len()), "{u:x?}");
            let next = u.get(e.offset + 1).map_or(&u[e.offset..], |_| &u[e.offset..e.offset + 2]);
            let first = char::decode_utf16(next.iter().copied()).next();
            assert!(first.expect("there is one").is_err(), "{u:x?}");
            let mut dst = vec![0xa7; 3 * u.len()];
            assert_eq!(utf16::decode_into(u, &mut dst).map(|_| ()), Err(e), "{u:x?}");
            assert!(dst[e.written..].iter().all(|&b| b == 0xa7), "{u:x?}");
        }
        (_, is) => panic!("{is:?} of {u:x?}"),
    }
}

#[test]
fn as_the_standard_library() {
    let mut random = Random(7);
    for n in 0..400 {
        let bad = nearly_valid(&mut random, n);
        compare_bytes(&bad);
        // The valid text with the same faults: what a lossy conversion leaves.
        let good = String::from_utf8_lossy(&bad).into_owned();
        compare_bytes(good.as_bytes());
        compare_units(&good.encode_utf16().collect::<Vec<_>>());
        compare_units(&nearly_paired(&mut random, n));
    }
    forall(|text: &String| {
        compare_bytes(text.as_bytes());
        compare_units(&text.encode_utf16().collect::<Vec<_>>());
        Ok(())
    });
}

/// Characters of all kinds behind as many bytes and units as a block lacks, and surrogates alone; `cargo xtask prove` has every
/// unit and pair, and every three bytes.
#[test]
fn characters_across_blocks() {
    let all = (0..0x1000).chain((0x1000..=0x10_ffff).step_by(61)).chain([0xffff, 0x10_ffff]);
    for code in all {
        let mut units = vec![0x62; 33];
        let Some(c) = char::from_u32(code) else {
            units[30] = code as u16;
            let error = Error { kind: ErrorKind::Surrogate, offset: 30, written: 30 };
            assert_eq!(utf16::decode(&units), Err(error), "{code:x}");
            continue;
        };
        let text = format!("{:a<61}{c}{:z<9}", "", "");
        let units: Vec<u16> = text.encode_utf16().collect();
        assert_eq!(utf16::encode(&text), units, "{code:x}");
        assert_eq!(utf16::decode(&units).as_deref(), Ok(&*text), "{code:x}");
    }
}

/// With less room than is needed, the character that has none is named, and nothing behind those before is written.
#[test]
fn short_outputs() {
    let text = "aé€😀".repeat(30);
    let units: Vec<u16> = text.encode_utf16().collect();
    for room in 0..units.len() {
        let mut dst = vec![0; room];
        let error = utf16::encode_into(&text, &mut dst).unwrap_err();
        let fits = room - usize::from(room % 5 == 4);
        let offset = String::from_utf16(&units[..fits]).unwrap().len();
        assert_eq!(error, Error { kind: ErrorKind::Output, offset, written: fits }, "{room}");
    }
    for room in 0..text.len() {
        let mut dst = vec![0; room];
        let error = utf16::decode_into(&units, &mut dst).unwrap_err();
        let fits = text.floor_char_boundary(room);
        let offset = text[..fits].encode_utf16().count();
        assert_eq!(error, Error { kind: ErrorKind::Output, offset, written: fits }, "{room}");
    }
    let error = utf16::encode_into("lane", &mut [0; 3]).unwrap_err();
    assert_eq!(error.to_string(), "utf16: the output is too short, at index 3");
    let error = utf16::decode(&[0x61, 0xd800]).unwrap_err();
    assert_eq!(error.to_string(), "utf16: a surrogate without its partner, at index 1");
    let error = utf16::from_utf8(b"lane\xff").unwrap_err();
    assert_eq!(error.to_string(), "utf16: invalid UTF-8, at index 4");
}
