//! A planted fault: a dispatcher that does not ask the CPU. Run on a model of a CPU without AVX-512.

/// `avx512` calls a kernel of that level whatever the CPU is; `generic` calls the portable one.
fn main() {
    let p = std::hint::black_box(vec![3u64; 100]);
    let sum = match std::env::args().nth(1).as_deref() {
        // SAFETY: the slice is readable. That the CPU has AVX-512 is what is deliberately not made sure.
        Some("avx512") => unsafe { kernels_x86_avx512::vec::sum_avx512(p.as_ptr(), p.len()) },
        // SAFETY: the slice is readable.
        _ => unsafe { kernels_generic::vec::sum_generic(p.as_ptr(), p.len()) },
    };
    assert_eq!(sum, 300);
}
