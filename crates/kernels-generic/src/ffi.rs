//! Where the pointers of the C ABI become slices: the only place, for all instruction sets.

/// Two counts, as a C struct: what a codec read and what it wrote.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Pair {
    pub first: usize,
    pub second: usize,
}

/// The elements at `p`, or none if `len` is 0; then `p` may be null, as a nil slice of Go's is.
///
/// # Safety
/// `p` is aligned and valid for reads of `len` elements for `'a`, or `len` is 0.
#[inline(always)]
pub const unsafe fn slice<'a, T>(p: *const T, len: usize) -> &'a [T] {
    if len == 0 {
        return &[];
    }
    // SAFETY: the caller's promise; null is only allowed with length 0, which was answered above.
    unsafe { core::slice::from_raw_parts(p, len) }
}

/// The elements at `p`, or none if `len` is 0; then `p` may be null.
///
/// # Safety
/// `p` is aligned and valid for reads and writes of `len` elements for `'a` and nobody else touches them, or
/// `len` is 0.
#[inline(always)]
pub const unsafe fn slice_mut<'a, T>(p: *mut T, len: usize) -> &'a mut [T] {
    if len == 0 {
        return &mut [];
    }
    // SAFETY: the caller's promise; null is only allowed with length 0, which was answered above.
    unsafe { core::slice::from_raw_parts_mut(p, len) }
}
