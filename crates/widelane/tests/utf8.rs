//! The safe functions against the standard library, and the reference of the checks against it as well.

use kernels_check::{Random, forall, utf8 as reference};
use widelane::utf8;

/// Random bytes of few values: most sequences of them are nearly valid.
fn nearly_valid(random: &mut Random, n: usize) -> Vec<u8> {
    const BYTES: [u8; 16] = [
        b'a', b'b', 0x80, 0x8f, 0x9f, 0xa0, 0xbf, 0xc3, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf1, 0xf4,
        0xff,
    ];
    (0..n).map(|_| BYTES[(random.bits() % 16) as usize]).collect()
}

fn compare(p: &[u8]) {
    let std = std::str::from_utf8(p);
    let up_to = std.map_or_else(|e| e.valid_up_to(), str::len);
    assert_eq!(reference::valid_up_to_reference(p), up_to, "the reference: {p:x?}");
    assert_eq!(utf8::valid_up_to(p), up_to, "{p:x?}");
    assert_eq!(utf8::from_utf8(p), std, "{p:x?}");
    assert_eq!(utf8::is_valid(p), std.is_ok(), "{p:x?}");
    assert_eq!(utf8::rune_count(p), reference::rune_count_reference(p), "{p:x?}");
    if let Ok(text) = std {
        assert_eq!(utf8::rune_count(p), text.chars().count(), "{text:?}");
    }
}

#[test]
fn as_the_standard_library() {
    let mut random = Random(7);
    for n in 0..400 {
        let bad = nearly_valid(&mut random, n);
        compare(&bad);
        // The valid text with the same faults: what a lossy conversion leaves.
        compare(String::from_utf8_lossy(&bad).as_bytes());
    }
    forall(|text: &String| {
        compare(text.as_bytes());
        Ok(())
    });
}

/// Alone, among ASCII and among other text, at each place of a block.
#[test]
fn published_sequences() {
    let text = include_str!("../../../testdata/utf8.txt");
    let mut lines = 0;
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let [hex, offset, runes] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("three fields: {line}")
        };
        let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        let bytes: Vec<u8> = (0..hex.len()).step_by(2).map(digit).collect();
        let (up_to, runes): (usize, usize) = match offset {
            "ok" => (bytes.len(), runes.parse().unwrap()),
            _ => (offset.parse().unwrap(), runes.parse().unwrap()),
        };
        assert_eq!((utf8::valid_up_to(&bytes), utf8::rune_count(&bytes)), (up_to, runes), "{line}");
        for place in 0..=130 {
            let before =
                if place % 2 == 1 { "é".repeat(place / 2) + "a" } else { "é".repeat(place / 2) };
            let p = [before.as_bytes(), &bytes, &[b'z'; 70]].concat();
            let all = if offset == "ok" { p.len() } else { place + up_to };
            assert_eq!(utf8::valid_up_to(&p), all, "{line} at {place}");
            let count = before.chars().count() + runes + 70;
            assert_eq!(utf8::rune_count(&p), count, "{line} at {place}");
        }
        lines += 1;
    }
    assert!(lines >= 80, "only {lines} sequences");
}

/// Every character, and every surrogate as it would be encoded, behind as many bytes as a block lacks.
#[test]
fn every_character() {
    let mut p = vec![b'a'; 62];
    for code in 0..=0x11_0000_u32 {
        p.truncate(62);
        match code {
            0..0x80 => p.push(code as u8),
            0x80..0x800 => p.extend([0xc0 | code >> 6, 0x80 | code & 0x3f].map(|b| b as u8)),
            0x800..0x1_0000 => p.extend(
                [0xe0 | code >> 12, 0x80 | code >> 6 & 0x3f, 0x80 | code & 0x3f].map(|b| b as u8),
            ),
            _ => p.extend(
                [
                    0xf0 | code >> 18,
                    0x80 | code >> 12 & 0x3f,
                    0x80 | code >> 6 & 0x3f,
                    0x80 | code & 0x3f,
                ]
                .map(|b| b as u8),
            ),
        }
        p.extend([b'z'; 64]);
        let valid = char::from_u32(code).is_some();
        assert_eq!(utf8::valid_up_to(&p), if valid { p.len() } else { 62 }, "{code:x}");
        let bytes = p.len() - 126;
        assert_eq!(utf8::rune_count(&p), 126 + if valid { 1 } else { bytes }, "{code:x}");
    }
}
