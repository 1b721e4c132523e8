//! Contents: the same at every run.

use quickcheck::Arbitrary;

/// What a kernel reads or writes: any bits are a value.
pub trait Element: Arbitrary + Copy + PartialEq + std::fmt::Debug {
    /// The value of the lowest of these bits.
    fn from_bits(bits: u64) -> Self;
}

impl Element for u8 {
    fn from_bits(bits: u64) -> Self {
        bits as u8
    }
}

impl Element for u16 {
    fn from_bits(bits: u64) -> Self {
        bits as u16
    }
}

impl Element for u64 {
    fn from_bits(bits: u64) -> Self {
        bits
    }
}

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn fill<T: Element>(&mut self, to: &mut [T]) {
        to.fill_with(|| T::from_bits(self.bits()));
    }
}
