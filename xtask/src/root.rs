//! Where the checkout is.

use std::path::PathBuf;

/// The top of the checkout that this xtask was built from.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the checkout")
        .to_path_buf()
}
