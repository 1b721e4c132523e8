//! XXH3. `include/widelane.h` documents it for C.

use core::mem::MaybeUninit;
use kernels_generic::ffi::slice;
use widelane::xxh3::{
    Hasher, Secret, hash64_with_secret, hash64_with_seed, hash128_with_secret, hash128_with_seed,
};

/// `WL_ESHORT`.
const SHORT: i32 = -1;

/// A hash of 128 bits.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct U128 {
    pub low: u64,
    pub high: u64,
}

impl From<u128> for U128 {
    fn from(x: u128) -> Self {
        Self { low: x as u64, high: (x >> 64) as u64 }
    }
}

/// The 64-bit hash of `p` with a seed; 0 is none.
///
/// # Safety
/// `p` is readable for `len` bytes, or `len` is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_xxh3_hash64(p: *const u8, len: usize, seed: u64) -> u64 {
    // SAFETY: the caller's promise.
    hash64_with_seed(unsafe { slice(p, len) }, seed)
}

/// The 128-bit hash of `p` with a seed; 0 is none.
///
/// # Safety
/// `p` is readable for `len` bytes, or `len` is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_xxh3_hash128(p: *const u8, len: usize, seed: u64) -> U128 {
    // SAFETY: the caller's promise.
    hash128_with_seed(unsafe { slice(p, len) }, seed).into()
}

/// The 64-bit hash of `p` with a secret, in `out`. Returns 0, or an error, and then wrote nothing.
///
/// # Safety
/// `out` can be written. Each other pointer is readable for its length, or its length is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_xxh3_hash64_secret(
    out: *mut u64,
    p: *const u8,
    len: usize,
    secret: *const u8,
    secret_len: usize,
) -> i32 {
    // SAFETY: the caller's promise.
    let (p, secret) = unsafe { (slice(p, len), slice(secret, secret_len)) };
    let Ok(secret) = Secret::new(secret) else { return SHORT };
    // SAFETY: the caller's promise.
    unsafe { out.write(hash64_with_secret(p, secret)) }
    0
}

/// The 128-bit hash of `p` with a secret, in `out`. Returns 0, or an error, and then wrote nothing.
///
/// # Safety
/// `out` can be written. Each other pointer is readable for its length, or its length is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_xxh3_hash128_secret(
    out: *mut U128,
    p: *const u8,
    len: usize,
    secret: *const u8,
    secret_len: usize,
) -> i32 {
    // SAFETY: the caller's promise.
    let (p, secret) = unsafe { (slice(p, len), slice(secret, secret_len)) };
    let Ok(secret) = Secret::new(secret) else { return SHORT };
    // SAFETY: the caller's promise.
    unsafe { out.write(hash128_with_secret(p, secret).into()) }
    0
}

/// Room for a [`Hasher`], in the caller's memory.
#[repr(C)]
pub struct Xxh3([MaybeUninit<u64>; 80]);

const _: () = assert!(
    size_of::<Hasher>() <= size_of::<Xxh3>() && align_of::<Hasher>() <= align_of::<Xxh3>(),
    "a Hasher does not fit into wl_xxh3"
);

impl Xxh3 {
    /// # Safety
    /// `this` was given to [`wl_xxh3_init`] or, with success, to [`wl_xxh3_init_secret`], or is a copy of one that was. For
    /// `'a` its secret is there and nobody writes to it.
    unsafe fn hasher<'a>(this: *const Xxh3) -> &'a Hasher<'a> {
        // SAFETY: the caller's promise; `Hasher` fits, and a copy of its bytes is one.
        unsafe { &*this.cast() }
    }
}

/// Begins a hash with a seed; 0 is none.
///
/// # Safety
/// `hash` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_xxh3_init(hash: *mut Xxh3, seed: u64) {
    // SAFETY: the caller's promise; `Hasher` fits.
    unsafe { hash.cast::<Hasher>().write(Hasher::with_seed(seed)) }
}

/// Begins a hash with a secret. Returns 0, or an error, and then wrote nothing.
///
/// # Safety
/// `hash` can be written. `secret` is readable for its length, and stays as it is while the hash is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_xxh3_init_secret(
    hash: *mut Xxh3,
    secret: *const u8,
    secret_len: usize,
) -> i32 {
    // SAFETY: the caller's promise.
    let Ok(secret) = Secret::new(unsafe { slice(secret, secret_len) }) else { return SHORT };
    // SAFETY: the caller's promise; `Hasher` fits.
    unsafe { hash.cast::<Hasher>().write(Hasher::with_secret(secret)) }
    0
}

/// Adds `p`.
///
/// # Safety
/// `hash` was begun, and nobody else uses it meanwhile. `p` is readable for `len` bytes, or `len` is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_xxh3_update(hash: *mut Xxh3, p: *const u8, len: usize) {
    // SAFETY: the caller's promise; `Hasher` fits.
    let hasher: &mut Hasher = unsafe { &mut *hash.cast() };
    // SAFETY: the caller's promise.
    hasher.update(unsafe { slice(p, len) });
}

/// The 64-bit hash of all that was added.
///
/// # Safety
/// `hash` was begun, and nobody adds to it meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_xxh3_finish64(hash: *const Xxh3) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { Xxh3::hasher(hash) }.finish64()
}

/// The 128-bit hash of all that was added.
///
/// # Safety
/// `hash` was begun, and nobody adds to it meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_xxh3_finish128(hash: *const Xxh3) -> U128 {
    // SAFETY: the caller's promise.
    unsafe { Xxh3::hasher(hash) }.finish128().into()
}
