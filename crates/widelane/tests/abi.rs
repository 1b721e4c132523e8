//! Every variant of every row keeps the promises of the C convention, whatever lies in the registers.
#![cfg(feature = "internals")]
#![cfg(any(all(target_arch = "x86_64", unix), all(target_arch = "aarch64", target_os = "linux")))]

use kernels_check::abi::{self, Function};
use kernels_manifest::{FAMILIES, Kernel};
use widelane::internals::{AnyKernel, KERNELS};

/// Bytes of stack that a function of the C library may use: where crates are compiled apart, kernels call the portable
/// one for what is irregular, and they may keep vectors there. The bounds of the table are for the machine code in Go,
/// whose own tests hold it to them.
const STACK: usize = 1024;
/// Without optimisation each intrinsic is a call.
const UNOPTIMISED: usize = 24 << 10;

fn row(name: &str) -> &'static Kernel {
    let mut rows = FAMILIES.iter().flat_map(|f| f.kernels.iter().map(move |k| (f, k)));
    let found = rows.find(|(f, k)| name.strip_prefix(f.name) == Some(&format!("_{}", k.op)));
    found.unwrap_or_else(|| panic!("{name} is not in the table")).1
}

/// Each variant that this CPU can run; how many there were.
fn variants(kernel: &dyn AnyKernel) -> usize {
    let name = kernel.name().text();
    let reference = kernel.address(kernel.count() - 1).expect("the portable variant runs anywhere");
    let stack = if cfg!(debug_assertions) { UNOPTIMISED } else { STACK };
    let mut checked = 0;
    for index in 0..kernel.count() {
        let (variant, _) = kernel.variant(index).expect("an index below the count");
        let Some(address) = kernel.address(index) else { continue };
        let function = Function { address, stack };
        // SAFETY: functions of the row, and the CPU can run them.
        match unsafe { abi::row(row(name), function, reference) } {
            Ok(seen) => println!(
                "{name} {}: {} calls, {} bytes of stack",
                variant.text(),
                seen.calls,
                seen.stack
            ),
            Err(wrong) => panic!("{name} {}: {wrong}", variant.text()),
        }
        checked += 1;
    }
    checked
}

#[test]
fn every_variant_keeps_the_convention() {
    let known = abi::knows_what_is_in_use();
    println!(
        "upper halves of vector registers: {}",
        if known { "looked at" } else { "the CPU does not say" }
    );
    let checked: usize = KERNELS.iter().map(|kernel| variants(*kernel)).sum();
    let portable = KERNELS.len();
    // A machine with no feature at all has the portable ones and those that need none.
    assert!(
        portable == FAMILIES.iter().map(|f| f.kernels.len()).sum() && checked > portable,
        "{checked}"
    );
}
