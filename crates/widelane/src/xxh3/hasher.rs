//! Data that comes in pieces.

use super::{Secret, join, long, long128};
use crate::raw;
use kernels_generic::xxh3::{Keys, SECRET, SHORT, START, STATE, STRIPE, derive, finish, short};

/// Bytes that wait: more than the longest input that needs no state, and whole stripes.
const ROOM: usize = 256;

/// A hash of data that comes in pieces; 64 and 128 bits at the end of the same pieces. A copy is a checkpoint.
///
/// ```
/// use widelane::xxh3::{Hasher, hash64, hash128};
/// let mut hasher = Hasher::new();
/// for _ in 0..100 {
///     hasher.update(b"0123456789");
/// }
/// assert_eq!(hasher.finish64(), hash64(&b"0123456789".repeat(100)));
/// assert_eq!(hasher.finish128(), hash128(&b"0123456789".repeat(100)));
/// ```
///
/// With feature `std` it is a [`Write`](std::io::Write), so that `std::io::copy` can fill it; as a
/// [`core::hash::Hasher`] it serves hash tables, of which it is not the fastest.
#[derive(Clone, Debug)]
pub struct Hasher<'a> {
    state: [u64; STATE],
    total: u64,
    len: usize,
    /// Its end keeps the last stripe that was taken.
    buffer: [u8; ROOM],
    key: Key<'a>,
}

#[derive(Clone, Debug)]
enum Key<'a> {
    Secret(Secret<'a>),
    /// With the secret that long input meets.
    Seed(u64, [u8; SECRET]),
}

impl Key<'_> {
    fn long(&self) -> &[u8] {
        match self {
            Key::Secret(secret) => secret.whole,
            Key::Seed(_, derived) => derived,
        }
    }

    /// Seed and secret of short input.
    fn short(&self) -> (u64, &[u8; super::SECRET_MIN]) {
        match self {
            Key::Secret(secret) => (0, secret.start),
            Key::Seed(seed, _) => (*seed, Secret::DEFAULT.start),
        }
    }
}

impl Default for Hasher<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl Hasher<'static> {
    /// Of nothing so far, with a seed. Seed 0 is none.
    pub fn with_seed(seed: u64) -> Self {
        if seed == 0 { Self::new() } else { Self::with_key(Key::Seed(seed, derive(seed))) }
    }
}

impl<'a> Hasher<'a> {
    /// Of nothing so far.
    pub const fn new() -> Self {
        Self::with_secret(Secret::DEFAULT)
    }

    /// Of nothing so far, with a secret.
    pub const fn with_secret(secret: Secret<'a>) -> Self {
        Self::with_key(Key::Secret(secret))
    }

    const fn with_key(key: Key<'a>) -> Self {
        Self { state: START, total: 0, len: 0, buffer: [0; ROOM], key }
    }

    /// Forgets the data; seed or secret stay.
    pub const fn reset(&mut self) {
        (self.state, self.total, self.len) = (START, 0, 0);
    }

    /// Adds `p`.
    pub fn update(&mut self, mut p: &[u8]) {
        self.total = self.total.wrapping_add(p.len() as u64);
        let free = self.buffer.get_mut(self.len..).unwrap_or_default();
        if let Some(free) = free.get_mut(..p.len()) {
            copy(free, p);
            self.len += p.len();
            return;
        }
        if self.len > 0 {
            p = self.complete(p);
        }
        // One byte at least stays, for the last stripe is not like others.
        let whole = p.len().saturating_sub(1) / STRIPE * STRIPE;
        let (whole, rest) = p.split_at_checked(whole).unwrap_or((&[], p));
        if let (Some(last), Some(end)) =
            (whole.last_chunk::<STRIPE>(), self.buffer.last_chunk_mut())
        {
            accumulate(&mut self.state, whole, self.key.long());
            *end = *last;
        }
        if let Some(start) = self.buffer.get_mut(..rest.len()) {
            copy(start, rest);
        }
        self.len = rest.len();
    }

    /// Takes what waits, and of `p`, which goes beyond the buffer, what completes a stripe; returns what follows, which is
    /// to be taken where it lies.
    fn complete<'p>(&mut self, p: &'p [u8]) -> &'p [u8] {
        let whole = self.len.next_multiple_of(STRIPE);
        let Some((fits, later)) = p.split_at_checked(whole - self.len) else { return p };
        let Some((waiting, _)) = self.buffer.split_at_mut_checked(whole) else { return p };
        copy(waiting.get_mut(self.len..).unwrap_or_default(), fits);
        accumulate(&mut self.state, waiting, self.key.long());
        let last = waiting.last_chunk::<STRIPE>().copied();
        if let (Some(last), Some(end), true) =
            (last, self.buffer.last_chunk_mut(), later.len() <= STRIPE)
        {
            *end = last;
        }
        later
    }

    /// The 64-bit hash of all that was added. More can be added after it.
    pub fn finish64(&self) -> u64 {
        if self.total <= SHORT as u64 {
            let (seed, secret) = self.key.short();
            return short::hash64(self.waiting(), seed, secret).unwrap_or_default();
        }
        if self.total <= ROOM as u64 {
            return long(self.waiting(), self.key.long());
        }
        let mut out = [0; 1];
        self.finish_long(&mut out);
        out[0]
    }

    /// The 128-bit hash of all that was added. More can be added after it.
    pub fn finish128(&self) -> u128 {
        if self.total <= SHORT as u64 {
            let (seed, secret) = self.key.short();
            return short::hash128(self.waiting(), seed, secret).map_or(0, join);
        }
        if self.total <= ROOM as u64 {
            return long128(self.waiting(), self.key.long());
        }
        let mut out = [0; 2];
        self.finish_long(&mut out);
        join(out)
    }

    fn waiting(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or(&self.buffer)
    }

    /// For more bytes than the buffer holds.
    fn finish_long(&self, out: &mut [u64]) {
        let (mut state, waiting) = (self.state, self.waiting());
        let whole = waiting.len().saturating_sub(1) / STRIPE * STRIPE;
        if whole > 0 {
            accumulate(&mut state, waiting.get(..whole).unwrap_or_default(), self.key.long());
        }
        let last = waiting.last_chunk().copied().unwrap_or_else(|| self.bridge());
        if let Some(keys) = Keys::new(self.key.long()) {
            finish(out, &state, &last, self.total, &keys);
        }
    }

    /// The last stripe, where it begins in what was taken already.
    fn bridge(&self) -> [u8; STRIPE] {
        let mut last = [0; STRIPE];
        let (taken, waiting) = last.split_at_mut(STRIPE - self.len.min(STRIPE));
        let kept = self.buffer.get(ROOM - taken.len()..).unwrap_or_default();
        taken.copy_from_slice(kept);
        waiting.copy_from_slice(self.waiting());
        last
    }
}

/// Copies as many bytes as both have. `copy_from_slice` would panic where they have not the same, and that panic is linked into
/// a library for C unless the compiler sees that they do.
fn copy(to: &mut [u8], from: &[u8]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

/// Adds the whole stripes of `p`.
fn accumulate(state: &mut [u64; STATE], p: &[u8], secret: &[u8]) {
    let (words, secret_len) = (state.as_mut_ptr(), secret.len());
    // SAFETY: slices and arrays are valid for their lengths, and the exclusive one overlaps neither of the others.
    unsafe {
        raw::xxh3::accumulate(words, STATE, p.as_ptr(), p.len(), secret.as_ptr(), secret_len);
    }
}

impl core::hash::Hasher for Hasher<'_> {
    #[inline]
    fn write(&mut self, p: &[u8]) {
        self.update(p);
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.finish64()
    }
}

#[cfg(feature = "std")]
impl std::io::Write for Hasher<'_> {
    /// Takes all of `p`, never fails.
    #[inline]
    fn write(&mut self, p: &[u8]) -> std::io::Result<usize> {
        self.update(p);
        Ok(p.len())
    }

    #[inline]
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
