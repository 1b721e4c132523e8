use super::algebra::*;
use super::*;

const POLYS: [u32; 2] = [IEEE, CASTAGNOLI];

/// The definition: one bit at a time.
fn by_bits(poly: u32, crc: u32, p: &[u8]) -> u32 {
    let mut crc = !crc;
    for &b in p {
        crc ^= u32::from(b);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ poly } else { crc >> 1 };
        }
    }
    !crc
}

fn run(poly: u32, crc: u32, p: &[u8]) -> u32 {
    let kernel = if poly == IEEE { ieee_update_generic } else { castagnoli_update_generic };
    // SAFETY: pointer and length are a slice's.
    unsafe { kernel(crc, p.as_ptr(), p.len()) }
}

/// Bytes without a short period.
fn bytes<const N: usize>() -> [u8; N] {
    core::array::from_fn(|i| (i as u32).wrapping_mul(0x9e37_79b9).to_be_bytes()[0])
}

#[test]
fn equals_the_definition() {
    let data = bytes::<300>();
    for poly in POLYS {
        for start in 0..17 {
            for end in start..data.len() {
                let crc = (end as u32).wrapping_mul(0x85eb_ca6b);
                let p = &data[start..end];
                assert_eq!(run(poly, crc, p), by_bits(poly, crc, p), "{poly:#x} {start}..{end}");
            }
        }
    }
}

/// A CRC is affine in its input and linear in its state, so agreement on every single bit, and on no bit, is agreement
/// on all inputs of that length: an exhaustive proof for 32 bytes.
#[test]
fn equals_the_definition_on_a_basis() {
    for poly in POLYS {
        for bit in 0..=256 + 32 {
            let mut p = [0; 32];
            if bit < 256 {
                p[bit / 8] = 1 << (bit % 8);
            }
            let crc =
                if bit < 256 { 0 } else { 1u64.checked_shl(bit as u32 - 256).unwrap() as u32 };
            assert_eq!(run(poly, crc, &p), by_bits(poly, crc, &p), "{poly:#x} bit {bit}");
        }
    }
}

#[test]
fn null_of_length_0() {
    // SAFETY: length 0 allows any pointer.
    unsafe {
        assert_eq!(ieee_update_generic(0x1234_5678, core::ptr::null(), 0), 0x1234_5678);
        assert_eq!(castagnoli_update_generic(0x1234_5678, core::ptr::null(), 0), 0x1234_5678);
    }
}

#[test]
fn powers_of_x() {
    for poly in POLYS {
        let mut power = 1 << 31;
        for n in 0..700 {
            assert_eq!(x_pow(n, poly), power);
            assert_eq!(times(x_pow(n, poly), x_pow(-n, poly), poly), 1 << 31);
            power = times_x(power, poly);
        }
        // The order of x divides 2^32 - 1 for a primitive generator (IEEE's); Castagnoli's is (x+1) times a primitive
        // one of degree 31.
        let order = if poly == IEEE { (1 << 32) - 1 } else { (1 << 31) - 1 };
        assert_eq!(x_pow(order, poly), 1 << 31);
    }
}

/// The constants of Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel,
/// 2009, pages 16 and 22. They are printed with x^32 at bit 0, one more than here, and for the same distances.
#[test]
fn published_constants() {
    let shifted = |n| u64::from(x_pow(n, IEEE)) << 1;
    assert_eq!(shifted(4 * 128 + 32), 0x1_5444_2bd4);
    assert_eq!(shifted(4 * 128 - 32), 0x1_c6e4_1596);
    assert_eq!(shifted(128 + 32), 0x1_7519_97d0);
    assert_eq!(shifted(128 - 32), 0x0_ccaa_009e);
    assert_eq!(shifted(64), 0x1_63cd_6124);
    assert_eq!(barrett(IEEE)[1], 0x1_db71_0641);
    // The paper's u' is floor(x^64 / P): the upper 33 coefficients of floor(x^96 / P).
    assert_eq!(barrett(IEEE)[0] & 0x1_ffff_ffff, 0x1_f701_1641);
    // Fewer places, the same power: x^(n-1) at bit 31 is x^n at bit 32.
    assert_eq!(fold(512, IEEE), [x_pow(543, IEEE).into(), x_pow(479, IEEE).into()]);
}

/// The quotient times the generator is x^96 but for what the dropped constant term and the remainder hold, both of a
/// degree of 32 or less. The product has x^96 at bit 0, x^32 at bit 64.
#[test]
fn barrett_is_the_quotient() {
    for poly in POLYS {
        let [quotient, generator] = barrett(poly).map(u128::from);
        let product =
            (0..64).filter(|i| quotient >> i & 1 == 1).fold(0, |sum, i| sum ^ generator << i);
        assert_eq!(product as u64, 1, "{poly:#x}");
    }
}

#[test]
fn published_vectors() {
    let mut count = 0;
    for line in include_str!("../../../../testdata/crc32.txt").lines() {
        let mut fields = line.split_whitespace();
        let (Some(poly), Some(input), Some(crc)) = (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        if poly == "#" {
            continue;
        }
        let mut p = [0; 64];
        let p = decode(input, &mut p);
        let poly = if poly == "ieee" { IEEE } else { CASTAGNOLI };
        assert_eq!(run(poly, 0, p), u32::from_str_radix(crc, 16).unwrap(), "{line}");
        count += 1;
    }
    assert!(count >= 10, "{count} vectors");
}

/// Reads the notation of the vector file into `p`.
fn decode<'a>(field: &str, p: &'a mut [u8; 64]) -> &'a [u8] {
    let (digits, times) = field.split_once('*').unwrap_or((field, "1"));
    let digits = digits.trim_start_matches('-');
    let (bytes, times) = (digits.len() / 2, times.parse::<usize>().unwrap());
    for (i, p) in p[..bytes * times].iter_mut().enumerate() {
        let at = i % bytes * 2;
        *p = u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    }
    &p[..bytes * times]
}

/// Zeros that are skipped are as zeros that are read.
#[test]
fn zeros() {
    let zeros = [0; 300];
    for n in 0..=zeros.len() {
        let read = !update(&CASTAGNOLI_TABLES, !0x1234_5678, &zeros[..n]);
        assert_eq!(algebra::after_zeros(0x1234_5678, n as u64, CASTAGNOLI), read, "{n}");
    }
    // More zeros than anybody could read.
    let half = algebra::after_zeros(5, u64::MAX / 2, IEEE);
    let rest = algebra::after_zeros(half, u64::MAX / 2, IEEE);
    assert_eq!(algebra::after_zeros(rest, 1, IEEE), algebra::after_zeros(5, u64::MAX, IEEE));
}
