//! ISA-L, the fastest in C. It is loaded and not linked, so that the benchmarks build without it.

use libloading::Library;
use std::sync::LazyLock;

static LIBRARY: LazyLock<Option<Library>> = LazyLock::new(|| {
    // SAFETY: the library has no initialiser.
    let library = unsafe { Library::new("libisal.so.2") }.ok();
    if library.is_none() {
        eprintln!("NOT MEASURED beside ISA-L: no libisal.so.2, which Debian has in libisal2");
    }
    library
});

/// A function of the library, if that is installed.
///
/// # Safety
/// `F` is a pointer to a function, as the library's header declares it.
pub unsafe fn function<F: Copy>(name: &str) -> Option<F> {
    // SAFETY: the caller's promise; the library stays.
    unsafe { LIBRARY.as_ref()?.get::<F>(name).ok().map(|f| *f) }
}
