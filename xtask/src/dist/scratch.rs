//! Where `dist` makes everything, a folder beside the destination, and where `verify` does: gone whatever ends the run.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tempfile::TempDir;

/// The folder of the run that is on. Locked while its result is moved, so that a signal comes before that or after.
static CURRENT: Mutex<Option<PathBuf>> = Mutex::new(None);

fn current() -> MutexGuard<'static, Option<PathBuf>> {
    CURRENT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder that nobody else has. Beside a destination it lies on the same file system, so that what is made there is
/// moved in one step.
pub struct Scratch(TempDir);

impl Scratch {
    pub fn beside(out: &Path) -> Result<Scratch> {
        let parent = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).with_context(|| format!("creating {}", parent.display()))?;
        let folder = tempfile::Builder::new().prefix(".dist-").tempdir_in(parent);
        let folder = folder.with_context(|| format!("writing to {}", parent.display()))?;
        Ok(Scratch::of(folder))
    }

    /// A folder among the system's temporary ones.
    pub fn temporary() -> Result<Scratch> {
        Ok(Scratch::of(tempfile::tempdir().context("making a temporary folder")?))
    }

    fn of(folder: TempDir) -> Scratch {
        *current() = Some(folder.path().to_path_buf());
        Scratch(folder)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// What becomes the destination.
    pub fn fresh(&self) -> PathBuf {
        self.0.path().join("fresh")
    }

    /// Puts what was made where `out` is. Two renames, so that a reader finds the old, for a moment nothing, then the
    /// new; if the second fails, the old is moved back.
    pub fn replace(self, out: &Path) -> Result<()> {
        let _no_signal_now = current();
        let old = self.0.path().join("old");
        let had = out.exists();
        if had {
            fs::rename(out, &old).with_context(|| format!("moving {} away", out.display()))?;
        }
        let moved = fs::rename(self.fresh(), out);
        if moved.is_err() && had {
            fs::rename(&old, out).with_context(|| format!("moving {} back", out.display()))?;
        }
        moved.with_context(|| format!("moving everything to {}", out.display()))
    }
}

/// Ctrl-C, `kill` and a terminal that goes away end the process with 130 and leave nothing.
pub fn remove_on_signal() -> Result<()> {
    ctrlc::set_handler(|| {
        if let Some(folder) = &*current() {
            remove(folder);
        }
        eprintln!("error: interrupted; nothing was changed, run it again");
        std::process::exit(130);
    })
    .context("catching signals")
}

/// A compiler that was just writing may make a file between the listing of a folder and its removal.
fn remove(folder: &Path) {
    for _ in 0..100 {
        if fs::remove_dir_all(folder).is_ok() || !folder.exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn the_new_takes_the_place_of_the_old() {
        let scene = tempfile::tempdir().unwrap();
        let out = scene.path().join("dist");
        for text in ["first", "second"] {
            let scratch = Scratch::beside(&out).unwrap();
            fs::create_dir(scratch.fresh()).unwrap();
            fs::write(scratch.fresh().join("file"), text).unwrap();
            scratch.replace(&out).unwrap();
            assert_eq!(fs::read_to_string(out.join("file")).unwrap(), text);
            assert_eq!(names(scene.path()), ["dist"]);
        }
    }

    #[test]
    fn the_old_stays_when_there_is_no_new() {
        let scene = tempfile::tempdir().unwrap();
        let out = scene.path().join("dist");
        fs::create_dir(&out).unwrap();
        fs::write(out.join("file"), "old").unwrap();
        drop(Scratch::beside(&out).unwrap());
        assert_eq!(names(scene.path()), ["dist"], "an abandoned run");
        let without_fresh = Scratch::beside(&out).unwrap().replace(&out);
        assert!(without_fresh.is_err());
        assert_eq!(fs::read_to_string(out.join("file")).unwrap(), "old");
        assert_eq!(names(scene.path()), ["dist"]);
    }
}
