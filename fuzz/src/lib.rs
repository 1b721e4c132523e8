//! What the targets share: every variant that this CPU can run against the portable one.

use std::fmt::Debug;
use widelane::internals::Kernel;

/// Bytes that an input may be moved by, so that its alignment is the fuzzer's to choose.
pub const SHIFTS: usize = 64;

/// Panics where a variant of the kernel gives another result than the portable one.
///
/// # Panics
/// That is the purpose.
pub fn agree<F: Copy, R: PartialEq + Debug>(kernel: &'static Kernel<F>, run: impl Fn(F) -> R) {
    let (portable, variants) = kernel.variants().split_last().expect("a row has variants");
    let expected = run(portable.function());
    for variant in variants.iter().filter(|variant| variant.available()) {
        assert_eq!(run(variant.function()), expected, "{} differs", variant.name());
    }
}

/// A copy of `bytes` in an allocation of its own, which ends where they end and starts `shift` bytes before them: a
/// sanitizer sees what a variant touches beyond.
pub fn shifted(bytes: &[u8], shift: u8) -> (Vec<u8>, usize) {
    let shift = usize::from(shift) % SHIFTS;
    let mut copy = vec![0; shift];
    copy.extend_from_slice(bytes);
    copy.shrink_to_fit();
    (copy, shift)
}
