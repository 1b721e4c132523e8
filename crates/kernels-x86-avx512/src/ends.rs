//! Where a masked load may reach past the ends.
//!
//! Lanes that a mask leaves out do not fault, but a load that reaches with them into a page that is not there falls
//! into microcode: 150 ns were measured on Zen 4 instead of 1. Slices end at the end of a page more often than
//! one would think, for allocators round to pages. So a kernel masks lanes out on the side where the slice goes on,
//! or, when all of it is shorter than a vector, on the side where its page does.

/// Whether a 64-byte load from `p` leaves the page. Then one that ends where a shorter slice ends does not: a slice
/// that starts this late has the rest of the page before it, and if it crosses itself, both pages are there.
#[inline]
pub fn near_page_end<T>(p: *const T) -> bool {
    p.addr() % 4096 > 4096 - 64
}
