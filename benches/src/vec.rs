//! Integer slices beside the compiler's own vector code.

use crate::harness::{Row, contender, measure};
use crate::hidden;
use kernels_generic::vec::add_generic;
use std::hint::black_box;

fn words(size: usize) -> Vec<u64> {
    (0..size as u64 / 8).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect()
}

/// Of a length that is no number of elements there are no figures.
pub fn sum(size: usize) -> Vec<Row> {
    if !size.is_multiple_of(8) {
        return Vec::new();
    }
    let data = words(size);
    let elements = &data[..];
    let p = || hidden(&elements);
    measure(
        size,
        vec![
            contender("widelane", || widelane::vec::sum(p())),
            contender("portable", || kernels_generic::vec::sum(p())),
            contender("iter().sum()", || p().iter().fold(0_u64, |s, &x| s.wrapping_add(x))),
        ],
    )
}

pub fn add(size: usize) -> Vec<Row> {
    if !size.is_multiple_of(8) {
        return Vec::new();
    }
    let (a, b) = (words(size), words(size));
    let (mut ours, mut portable, mut theirs) = (words(size), words(size), words(size));
    measure(
        size,
        vec![
            contender("widelane", || {
                widelane::vec::add(black_box(&mut ours), black_box(&a), black_box(&b))
            }),
            contender("portable", || {
                let (d, a, b) = (black_box(&mut portable), black_box(&a), black_box(&b));
                // SAFETY: pointers and lengths of three slices apart.
                unsafe {
                    add_generic(d.as_mut_ptr(), d.len(), a.as_ptr(), a.len(), b.as_ptr(), b.len())
                }
            }),
            contender("zip loop", || {
                for ((d, a), b) in
                    black_box(&mut theirs).iter_mut().zip(black_box(&a)).zip(black_box(&b))
                {
                    *d = a.wrapping_add(*b);
                }
            }),
        ],
    )
}
