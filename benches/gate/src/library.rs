//! Builds of the library, loaded.

use anyhow::{Context, Result, bail, ensure};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// A name for each copy.
static COPIES: AtomicUsize = AtomicUsize::new(0);

/// Never unloaded: what was taken from it stays callable.
pub struct Library {
    handle: &'static libloading::Library,
    path: String,
}

impl Library {
    /// Loads a library beside others of the same names: nothing that it defines is seen by them.
    pub fn open(path: &str) -> Result<Library> {
        let path = std::fs::canonicalize(path).with_context(|| format!("no library {path}"))?;
        let path = path.to_str().context("the path is not text")?.to_owned();
        // SAFETY: a build of widelane; its initialisers are those of Rust's standard library.
        let handle = unsafe { libloading::Library::new(&path) }?;
        let library = Library { handle: Box::leak(Box::new(handle)), path };
        let init: unsafe extern "C" fn() = library.function("wl_init").context("no wl_init")?;
        // SAFETY: takes nothing and may be called at any time. Dispatch is decided here and not in a measured call.
        unsafe { init() };
        Ok(library)
    }

    /// All layouts of a library in a folder, which differ in where their code begins: `0.so`, `1.so` and so on. See
    /// [`crate::burst`] for what they are good for. Loaded from copies, so that a library can be compared with itself.
    pub fn layouts(folder: &str) -> Result<Vec<Library>> {
        let mut libraries = Vec::new();
        while let path = format!("{folder}/{}.so", libraries.len())
            && Path::new(&path).exists()
        {
            let copy = format!("{path}.{}.{}", std::process::id(), COPIES.fetch_add(1, Relaxed));
            std::fs::copy(&path, &copy).with_context(|| format!("copying {path}"))?;
            let library = Library::open(&copy);
            // What is loaded stays, without a name.
            std::fs::remove_file(&copy)?;
            libraries.push(library?);
        }
        ensure!(!libraries.is_empty(), "no library {folder}/0.so");
        Ok(libraries)
    }

    /// The function of this name; `None` if the library lacks it, or if the two headers do not agree on it, which xtask
    /// finds out and says in the environment. `F` is the type that the header declares.
    pub fn function<F: Copy + 'static>(&self, name: &str) -> Option<F> {
        let changed = std::env::var("WIDELANE_GATE_CHANGED").unwrap_or_default();
        if changed.split(',').any(|function| function == name) {
            return None;
        }
        // SAFETY: `F` is what the header of the tree says of the name, and that of the base says the same.
        unsafe { self.handle.get::<F>(name) }.ok().map(|f| *f)
    }

    /// Where its machine code lies.
    #[cfg(target_os = "linux")]
    pub fn code(&self) -> Result<Range<u64>> {
        let maps = std::fs::read_to_string("/proc/self/maps")?;
        let code = |line: &str| {
            let mut words = line.split_whitespace();
            let (range, rights) = (words.next()?, words.next()?);
            let (start, end) = range.split_once('-')?;
            let ours = rights.contains('x') && line.ends_with(&self.path);
            let number = |text| u64::from_str_radix(text, 16).ok();
            ours.then_some(number(start)?..number(end)?)
        };
        match maps.lines().filter_map(code).collect::<Vec<_>>()[..] {
            [ref range] => Ok(range.clone()),
            _ => bail!("{} does not have one stretch of machine code", self.path),
        }
    }
}
