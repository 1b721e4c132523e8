//! `WIDELANE_CPU`: features that must not be used.

use super::TABLE;
use core::fmt;

/// Name of the environment variable.
#[cfg(any(feature = "std", feature = "libc"))]
const NAME: &core::ffi::CStr = c"WIDELANE_CPU";

/// Whether a mask is understood: a list of `NAME=off`, separated by commas, spaces around items allowed.
///
/// `NAME` is a CPU feature as in `target_feature`, of any architecture; `avx512` for all that begin so; or `all`. A
/// feature that is switched off takes along those that need it.
///
/// Dispatch never fails over a mask: it skips what it does not understand, since a library has no business to print
/// or to abort, and a mask may name features that only another release knows. So a program or a test that sets masks
/// asks here.
///
/// ```
/// assert!(widelane::cpu::check_mask("avx512=off, pclmulqdq=off").is_ok());
/// assert_eq!(widelane::cpu::check_mask("avx2=off,avx513=off").unwrap_err().item(), "avx513=off");
/// ```
///
/// # Errors
/// If an item is not of this form or names no feature; the error holds the first such item.
pub fn check(mask: &str) -> Result<(), MaskError<'_>> {
    match items(mask).find(|item| feature(item).is_none_or(|name| !known(name))) {
        Some(item) => Err(MaskError { item }),
        None => Ok(()),
    }
}

/// An item of a mask that means nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MaskError<'a> {
    item: &'a str,
}

impl<'a> MaskError<'a> {
    /// The item as it stood.
    pub const fn item(&self) -> &'a str {
        self.item
    }
}

impl fmt::Display for MaskError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not NAME=off with the name of a CPU feature", self.item)
    }
}

impl core::error::Error for MaskError<'_> {}

/// The items of a mask; an empty one is none, so that a trailing comma does no harm.
fn items(mask: &str) -> impl Iterator<Item = &str> {
    mask.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// The name in `NAME=off`.
fn feature(item: &str) -> Option<&str> {
    let (name, value) = item.split_once('=')?;
    (value.trim() == "off").then_some(name.trim())
}

/// Whether a name means a feature of any architecture.
fn known(name: &str) -> bool {
    super::NAMES.iter().any(|feature| means(name, feature))
}

/// Whether `name`, as written in a mask, means `feature`.
fn means(name: &str, feature: &str) -> bool {
    same(name, feature) || name == "all" || (name == "avx512" && feature.starts_with("avx512"))
}

/// Compares by hand: `==` on texts whose length only the running program knows is a call of `memcmp`, and the C
/// library is built for systems that have none.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(a, b)| a == b)
}

/// Bits that `mask` switches off.
fn parse(mask: &str) -> u64 {
    let off = |f: &&super::Feature| items(mask).filter_map(feature).any(|name| means(name, f.name));
    TABLE.iter().filter(off).fold(0, |bits, f| bits | f.bit)
}

/// Bits that the environment switches off.
pub(super) fn off() -> u64 {
    environment(parse)
}

cfg_if::cfg_if! {
    if #[cfg(feature = "std")] {
        /// What `read` makes of the mask in the environment, or 0 without one.
        fn environment(read: fn(&str) -> u64) -> u64 {
            let name = NAME.to_str().unwrap_or_default();
            std::env::var(name).map_or(0, |mask| read(&mask))
        }
    } else if #[cfg(all(feature = "libc", unix))] {
        /// What `read` makes of the mask in the environment, or 0 without one.
        fn environment(read: fn(&str) -> u64) -> u64 {
            // SAFETY: the name ends in NUL. What getenv gives is a string that stays as it is until the program
            // changes its environment, which C forbids while another thread may read it; it is not kept.
            let mask = unsafe {
                let mask = libc::getenv(NAME.as_ptr());
                if mask.is_null() {
                    return 0;
                }
                core::ffi::CStr::from_ptr(mask)
            };
            mask.to_str().map_or(0, read)
        }
    } else if #[cfg(all(feature = "libc", windows))] {
        #[link(name = "kernel32", kind = "raw-dylib")]
        unsafe extern "system" {
            fn GetEnvironmentVariableA(name: *const i8, buffer: *mut u8, size: u32) -> u32;
        }

        /// Room for every feature by name, twice over.
        const ROOM: usize = 1024;

        /// What `read` makes of the mask in the environment, or 0 without one. Asked of the system and not of a C
        /// runtime, of which a process may have none or several.
        fn environment(read: fn(&str) -> u64) -> u64 {
            // Not zeroed: that would be a call of memset, which need not be there.
            let mut buffer = [const { core::mem::MaybeUninit::<u8>::uninit() }; ROOM];
            let start = buffer.as_mut_ptr().cast::<u8>();
            // SAFETY: the name ends in NUL, and the buffer is as long as it is said to be.
            let n = unsafe { GetEnvironmentVariableA(NAME.as_ptr().cast(), start, ROOM as u32) } as usize;
            // Absent gives 0; too long gives the needed room, and is not a mask.
            if n >= ROOM {
                return 0;
            }
            // SAFETY: so many bytes were written.
            let mask = unsafe { core::slice::from_raw_parts(start, n) };
            core::str::from_utf8(mask).map_or(0, read)
        }
    } else {
        /// There is no environment to ask.
        fn environment(_: fn(&str) -> u64) -> u64 {
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses() {
        let all = TABLE.iter().fold(0, |bits, f| bits | f.bit);
        assert_eq!(parse("all=off"), all);
        assert_eq!(parse(""), 0);
        assert_eq!(parse(" all = off ,"), all);
        assert_eq!(parse("all=on,all,=off,nonsense=off"), 0);
        for f in TABLE {
            let mask = std::format!("nonsense,{}=off", f.name);
            assert_eq!(parse(&mask), f.bit, "{mask}");
        }
    }

    #[test]
    fn avx512_is_an_umbrella() {
        let names = |mask: u64| TABLE.iter().filter(move |f| f.bit & mask != 0).map(|f| f.name);
        assert!(names(parse("avx512=off")).all(|name| name.starts_with("avx512")));
        assert!(names(!parse("avx512=off")).all(|name| !name.starts_with("avx512")));
    }

    #[test]
    fn says_what_is_not_understood() {
        for good in ["", "all=off", "avx512=off,aes=off", "crc=off", ",avx2=off,"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, item) in [("avx2", "avx2"), ("aes=off,avx2=on", "avx2=on"), (" x=off", "x=off")] {
            assert_eq!(check(bad).map_err(|e| e.item()), Err(item));
        }
    }
}
