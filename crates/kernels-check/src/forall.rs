//! quickcheck over a property that captures: its own runner takes function pointers only.

use quickcheck::{Arbitrary, Gen};

/// Tries the property on random values, `QUICKCHECK_TESTS` of them or 1000, of a size of up to 1000 elements.
///
/// # Panics
/// With the smallest failing value that shrinking finds.
pub fn forall<A: Arbitrary + std::fmt::Debug>(property: impl Fn(&A) -> Result<(), String>) {
    let tests = std::env::var("QUICKCHECK_TESTS").ok().and_then(|n| n.parse().ok());
    let mut random = Gen::new(1000);
    for _ in 0..tests.unwrap_or(1000) {
        let value = A::arbitrary(&mut random);
        if let Err(reason) = property(&value) {
            let (value, reason) = smallest(value, reason, &property);
            panic!("{reason}\nfor {value:?}");
        }
    }
}

/// The last of a chain of ever smaller values that all fail.
fn smallest<A: Arbitrary>(
    mut value: A,
    mut reason: String,
    property: &impl Fn(&A) -> Result<(), String>,
) -> (A, String) {
    while let Some(smaller) =
        value.shrink().find_map(|v| property(&v).err().map(|reason| (v, reason)))
    {
        (value, reason) = smaller;
    }
    (value, reason)
}
