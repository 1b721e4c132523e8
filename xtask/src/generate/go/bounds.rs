//! For the tests of conventions in Go: every function of machine code, and how much stack it may use.

use super::{declare, signature};
use crate::arm64;
use kernels_manifest::{Arch, FAMILIES, Family, Kernel, Variant};
use std::fmt::Write;

/// Where the list lies.
pub fn path(arch: Arch) -> String {
    format!("go-shim/internal/torture/zfunctions_{}_test.go", arch.go())
}

/// The list, below its heading: variants, and the entries that lead to them.
pub fn text(arch: Arch) -> String {
    let mut text = format!(
        "{}\npackage torture\n\n// functions are all of machine code, with the most bytes of stack that each may use.\n\
         var functions = []function{{\n",
        declare::NATIVE
    );
    for family in FAMILIES {
        for kernel in family.kernels {
            write_kernel(&mut text, arch, family, kernel).expect("a string takes everything");
        }
    }
    text + "}\n"
}

fn write_kernel(
    text: &mut String,
    arch: Arch,
    family: &Family,
    kernel: &Kernel,
) -> std::fmt::Result {
    let variants = || kernel.variants.iter().filter(|v| v.isa.arch() == Some(arch));
    let deepest = variants().map(|v| bound(arch, v)).max().unwrap_or(0);
    let mut line = |name: &str, variant: &str, stack: i64| {
        let name = format!("{}.{name}", family.go_path);
        writeln!(
            text,
            "\t{{kernel: \"{}_{}\", variant: {variant:?}, name: {name:?}, stack: {stack}}},",
            family.name, kernel.op
        )
    };
    line(&signature::entry(kernel), "", deepest)?;
    if arch == Arch::X86_64 && kernel.chunk.is_some() {
        line(&signature::checked(kernel), "", deepest)?;
    }
    for variant in variants() {
        line(&signature::function(kernel, variant), variant.suffix, bound(arch, variant))?;
    }
    Ok(())
}

/// Bytes that a function may write to below its return address.
///
/// On amd64 the row's, and never less than the frame pointer that the assembler saves. On arm64 the whole of the frame
/// that the row's bytes lie in: its declared size, 16 bytes that the assembler adds, and 8 below it, where it saves the
/// frame pointer.
fn bound(arch: Arch, variant: &Variant) -> i64 {
    match arch {
        Arch::X86_64 => i64::from(variant.stack.max(8)),
        Arch::Aarch64 => arm64::declared(variant.stack.into()) + 16 + 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_entries_variants_and_bounds() {
        let list = text(Arch::X86_64);
        for line in [
            "{kernel: \"vec_sum\", variant: \"\", name: \"vec.sum\", stack: 64},",
            "{kernel: \"vec_sum\", variant: \"\", name: \"vec.sumChecked\", stack: 64},",
            "{kernel: \"base64_decode\", variant: \"avx2\", name: \"encoding/base64.decodeAVX2\", stack: 144},",
        ] {
            assert!(list.contains(line), "{line} in\n{list}");
        }
        let list = text(Arch::Aarch64);
        let line = "{kernel: \"vec_sum\", variant: \"neon\", name: \"vec.sumNEON\", stack: 152},";
        assert!(list.contains(line) && !list.contains("Checked"), "{list}");
    }
}
