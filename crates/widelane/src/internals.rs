//! Every kernel and variant with its function, for tests, fuzzing and benches. Not a stable interface.

pub use crate::dispatch::{AnyKernel, ForceError, Kernel, Name, Variant};
pub use crate::zdispatch::registry::*;
pub use crate::zdispatch::{KERNELS, raw::Pair};
