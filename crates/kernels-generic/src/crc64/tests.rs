use super::{
    constants::{ECMA, ISO, NVME, after_zeros, times, times_x},
    *,
};

fn crc(poly: u64, crc: u64, p: &[u8]) -> u64 {
    update(crc, &Constants::of(poly).0, p)
}

/// One bit at a time.
fn by_bits(poly: u64, crc: u64, p: &[u8]) -> u64 {
    !p.iter().fold(!crc, |crc, &b| (0..8).fold(crc ^ u64::from(b), |crc, _| times_x(crc, poly)))
}

#[test]
fn published_vectors() {
    let (mut count, word) = (0, |field| u64::from_str_radix(field, 16).unwrap());
    for line in include_str!("../../../../testdata/crc64.txt").lines() {
        let mut fields = line.split_whitespace().filter(|_| !line.starts_with('#'));
        let mut next = || fields.next();
        let (Some(poly), Some(start), Some(end)) = (next(), next(), next()) else { continue };
        let (Some(input), Some(sum)) = (next(), next()) else { panic!("{line}") };
        let mut p = [0; 4096];
        let register = !crc(word(poly), !word(start), decode(input, &mut p));
        assert_eq!(register ^ word(end), word(sum), "{line}");
        count += 1;
    }
    assert!(count >= 14, "{count} vectors");
}

/// Reads the notation of the vector file into `p`.
fn decode<'a>(field: &str, p: &'a mut [u8]) -> &'a [u8] {
    let (digits, times) = field.split_once('*').unwrap_or((field, "1"));
    let digits = digits.trim_start_matches('-');
    let (bytes, times) = (digits.len() / 2, times.parse::<usize>().unwrap());
    for (i, p) in p[..bytes * times].iter_mut().enumerate() {
        let at = i % bytes * 2;
        *p = u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    }
    &p[..bytes * times]
}

#[test]
fn as_bit_by_bit() {
    let p: [u8; 67] = core::array::from_fn(|i| (i * i * 7 + 3) as u8);
    for poly in [ISO, ECMA, NVME, 0, 1, 1 << 63, !0, 0x1234_5678_9abc_def0] {
        for n in 0..=p.len() {
            assert_eq!(
                crc(poly, n as u64, &p[..n]),
                by_bits(poly, n as u64, &p[..n]),
                "{poly:#x} {n}"
            );
        }
    }
}

/// One is x^63 at bit 0 turned around, and x^64 is the generator.
#[test]
fn algebra() {
    let (one, x) = (1 << 63, 1 << 62);
    for poly in [ECMA, NVME, 1] {
        assert_eq!(times(one, 0x1234, poly), 0x1234);
        assert_eq!(times(x, 0x1235, poly), times_x(0x1235, poly));
        assert_eq!(times(x, 1, poly), poly);
    }
}

/// Zeros that are skipped are as zeros that are read.
#[test]
fn zeros() {
    let zeros = [0; 300];
    for n in 0..=zeros.len() {
        let read = !crc(NVME, !0x1234_5678_9abc_def0, &zeros[..n]);
        assert_eq!(after_zeros(0x1234_5678_9abc_def0, n as u64, NVME), read, "{n}");
    }
    // More zeros than anybody could read.
    let half = after_zeros(5, u64::MAX / 2, ECMA);
    assert_eq!(
        after_zeros(after_zeros(half, u64::MAX / 2, ECMA), 1, ECMA),
        after_zeros(5, u64::MAX, ECMA)
    );
}

/// The constants are those that are made in Go, whose test has the same numbers.
#[test]
fn as_in_go() {
    for (poly, sum) in [
        (ISO, 0x2f1b_2d32_a21f_b7e1),
        (ECMA, 0x350d_1f51_2880_29bc),
        (NVME, 0xddd9_8a87_a6f0_efb8),
        (0x1234_5678_9abc_def0, 0xecee_877f_956d_49f2),
    ] {
        assert_eq!(crc(ECMA, 0, &Constants::of(poly).0), sum, "{poly:#x}");
    }
}
