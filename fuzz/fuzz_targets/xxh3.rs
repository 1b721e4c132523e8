//! Both rows, any secret, any stripe of a block, any places, whole and cut in two.
#![no_main]

use arbitrary::Arbitrary;
use fuzz::{Memory, Place, agree, planted};
use kernels_generic::xxh3::{STATE, STRIPE};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use widelane::internals::xxh3;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    places: [Place; 2],
    state: [u64; STATE],
    wide: bool,
    cut: u16,
    secret: Vec<u8>,
    bytes: &'a [u8],
}

thread_local! {
    static MEMORY: RefCell<[Memory; 2]> = RefCell::default();
}

fuzz_target!(|input: Input| MEMORY.with_borrow_mut(|[first, second]| {
    let Input { bytes, secret, .. } = &input;
    let (n, m) = (bytes.len(), secret.len());
    let (p, key) = (first.input(bytes, input.places[0]), second.input(secret, input.places[1]));
    agree(&xxh3::DIGEST, planted::digest, |f| {
        let mut out = [7; 3];
        // SAFETY: as many bytes are readable, two words can be written, and only variants that this CPU can run are
        // handed over.
        unsafe { f(out.as_mut_ptr(), 1 + usize::from(input.wide), p, n, key, m) }
        out
    });
    let cut = usize::from(input.cut) % (n / STRIPE + 1) * STRIPE;
    agree(&xxh3::ACCUMULATE, planted::accumulate, |f| {
        let (mut whole, mut parts) = (input.state, input.state);
        // SAFETY: as above, and a state is nine words.
        unsafe {
            f(whole.as_mut_ptr(), STATE, p, n, key, m);
            f(parts.as_mut_ptr(), STATE, p, cut, key, m);
            f(parts.as_mut_ptr(), STATE, p.add(cut), n - cut, key, m);
        }
        (whole, parts)
    });
    assert_eq!(first.contents(p, n), *bytes, "the input was written to");
    assert_eq!(second.contents(key, m), *secret, "the secret was written to");
}));
