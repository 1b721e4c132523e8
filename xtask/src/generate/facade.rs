//! Writes the facade's features and dispatch.

use super::File;
use super::signature::{self, pascal};
use super::text::{HEADING, rustdoc, rustfmt};
use anyhow::Result;
use kernels_manifest::{Arch, FAMILIES, Family, Feature, Isa, Kernel, Level, Variant};
use std::collections::BTreeSet;
use std::fmt::Write;

/// `zfeatures.rs` and `zdispatch.rs`.
pub fn files() -> Result<Vec<File>> {
    Ok(vec![
        File { path: "crates/widelane/src/cpu/zfeatures.rs".into(), text: rustfmt(&features())? },
        File { path: "crates/widelane/src/zdispatch.rs".into(), text: rustfmt(&dispatch())? },
    ])
}

fn features() -> String {
    let mut s = format!("{HEADING}\n//! The CPU features of the table, one bit each.\n\n");
    let names: BTreeSet<_> = Feature::ALL.iter().map(|f| f.rust()).collect();
    let names: Vec<_> = names.iter().map(|name| format!("{name:?}")).collect();
    s += "/// Names of the features of all architectures.\n";
    let _ = writeln!(s, "pub const NAMES: &[&str] = &[{}];\n", names.join(", "));
    s += "cfg_if::cfg_if! {\n";
    for arch in [Arch::X86_64, Arch::Aarch64] {
        let _ = writeln!(s, "if #[cfg(target_arch = {:?})] {{", arch.rust());
        features_of(&mut s, arch);
        s += "} else ";
    }
    s += "{\n    /// No features on other architectures.\n    pub const TABLE: &[super::Feature] = &[];\n    \
          pub const FLOOR: u64 = 0;\n\n    pub fn detect() -> u64 {\n        0\n    }\n}\n}\n";
    s
}

/// Everything of one architecture. rustfmt leaves the inside of `cfg_if!` alone, so it is laid out here.
fn features_of(s: &mut String, arch: Arch) {
    let all: Vec<_> = Feature::ALL.iter().copied().filter(|f| f.arch() == arch).collect();
    s.push_str("    use super::{Feature, on};\n    #[cfg(not(feature = \"std\"))]\n    use super::bare;\n\n");
    for (i, &f) in all.iter().enumerate() {
        let _ = writeln!(s, "    pub const {}: u64 = 1 << {i};", bit(f));
    }
    s.push_str("\n    /// Every feature that a kernel of this architecture may need.\n");
    s.push_str("    pub const TABLE: &[Feature] = &[\n");
    for &f in &all {
        let level = f.level().map_or(0, |l| l as u8);
        let (name, bit) = (f.rust(), bit(f));
        let implied = bits(f.implied());
        let _ = writeln!(
            s,
            "        Feature {{ name: {name:?}, bit: {bit}, implied: {implied}, level: {level} }},"
        );
    }
    s.push_str("    ];\n\n    /// What the compiler may use everywhere, by `target-cpu` and `target-feature`.\n");
    sum(s, "pub const FLOOR: u64 =", &all, |f| format!("cfg!(target_feature = {:?})", f.rust()));
    s.push_str(";\n\n    /// What the CPU says, and the system about its registers.\n");
    s.push_str("    #[cfg(feature = \"std\")]\n    pub fn detect() -> u64 {\n");
    let macro_name = match arch {
        Arch::X86_64 => "is_x86_feature_detected",
        Arch::Aarch64 => "is_aarch64_feature_detected",
    };
    sum(s, "", &all, |f| format!("std::arch::{macro_name}!({:?})", f.rust()));
    s.push_str("\n    }\n\n");
    for &f in all.iter().filter(|f| asks_cpufeatures(**f)) {
        let _ = writeln!(
            s,
            "    #[cfg(not(feature = \"std\"))]\n    cpufeatures::new!(has_{}, {:?});",
            bit(f).to_lowercase(),
            f.rust()
        );
    }
    s.push_str("\n    /// What the CPU says, and the system about its registers.\n");
    s.push_str("    #[cfg(not(feature = \"std\"))]\n    pub fn detect() -> u64 {\n");
    sum(s, "", &all, bare_test);
    s.push_str("\n    }\n");
}

/// One line for each feature: its bit if `test` holds.
fn sum(s: &mut String, start: &str, all: &[Feature], test: impl Fn(Feature) -> String) {
    let _ = write!(s, "    {start}");
    for (i, &f) in all.iter().enumerate() {
        let or = if i == 0 { "" } else { "| " };
        let _ = write!(s, "\n        {or}on({}, {})", test(f), bit(f));
    }
}

/// Whether `cpufeatures` 0.3 knows the feature, and answers for it alone.
fn asks_cpufeatures(f: Feature) -> bool {
    !matches!(f, Feature::Lzcnt | Feature::Vpclmulqdq | Feature::ArmCrc)
}

/// How detection without the standard library asks for a feature. `cpu/bare.rs` says why some are special.
fn bare_test(f: Feature) -> String {
    let name = bit(f).to_lowercase();
    let own = match f {
        Feature::Lzcnt | Feature::Vpclmulqdq => return format!("bare::{name}()"),
        Feature::ArmCrc => return "bare::crc()".into(),
        Feature::Bmi1 | Feature::Bmi2 => "bare::leaf_7() && ",
        Feature::ArmAes => "bare::pmull() && ",
        Feature::ArmSha3 => "bare::sha3() && ",
        _ => "",
    };
    format!("{own}has_{name}::get()")
}

/// The constant of a feature's bit: `SSE41`, `AVX512F`.
fn bit(f: Feature) -> String {
    f.rust().replace('.', "").to_uppercase()
}

fn bits(features: &[Feature]) -> String {
    match features {
        [] => "0".into(),
        _ => features.iter().map(|&f| bit(f)).collect::<Vec<_>>().join(" | "),
    }
}

fn dispatch() -> String {
    let mut s = format!("{HEADING}\n//! The kernels: who can serve, and who does.\n\n");
    s += "/// The kernels as they are: total, unchecked, dispatched.\n///\n";
    s += "/// They take any length, 0 with a null pointer too, and any alignment, and do nothing outside their\n";
    s += "/// arguments. The modules above wrap them for slices.\npub mod raw {\n";
    s += "    pub use kernels_generic::ffi::Pair;\n\n";
    for family in FAMILIES {
        if family.internal {
            s += "    #[doc(hidden)]\n";
        }
        let _ = writeln!(s, "    pub use super::{}::raw as {};", family.name, family.name);
    }
    s += "}\n\n/// Each family's kernels with their types.\n#[cfg(feature = \"internals\")]\npub mod registry {\n";
    for family in FAMILIES {
        let _ = writeln!(s, "    pub use super::{};", family.name);
    }
    s += "}\n\n/// Every kernel, in the order of the table.\npub static KERNELS: &[&dyn crate::dispatch::AnyKernel] = &[\n";
    for family in FAMILIES {
        for kernel in family.kernels {
            let _ = writeln!(s, "    &{}::{},", family.name, kernel.op.to_uppercase());
        }
    }
    s += "];\n\n";
    for family in FAMILIES {
        family_module(&mut s, family);
    }
    s
}

fn family_module(s: &mut String, family: &Family) {
    let _ = writeln!(s, "/// {}\npub mod {} {{", family.doc, family.name);
    s.push_str("    #[allow(unused_imports, reason = \"not every architecture has variants that need features\")]\n");
    s.push_str("    use crate::cpu;\n    use crate::dispatch::{Kernel, Variant, direct};\n");
    if family.kernels.iter().any(|k| matches!(k.ret, kernels_manifest::Ret::Pair(..))) {
        s.push_str("    use kernels_generic::ffi::Pair;\n");
    }
    for kernel in family.kernels {
        let alias = pascal(kernel.op);
        let params = signature::rust_params(kernel);
        let ret = signature::rust_ret(kernel);
        let upper = kernel.op.to_uppercase();
        let _ = write!(
            s,
            "\n    /// The type of row `{}_{}`.\n    pub type {alias} = unsafe extern \"C\" fn({params}){ret};\n\n",
            family.name, kernel.op
        );
        let _ = writeln!(s, "    const {upper}_VARIANTS: &[Variant<{alias}>] = &[");
        for variant in kernel.variants {
            variant_row(s, family, kernel, variant, &alias);
        }
        let _ = write!(
            s,
            "    ];\n\n{doc}    \
             // SAFETY: the alias is a function pointer, the deciding function has its type, and the portable variant \
             is last.\n    pub static {upper}: Kernel<{alias}> = unsafe {{\n        \
             const DECIDE: {alias} = {op}_decide;\n        \
             Kernel::new(c\"{name}_{op}\", {internal}, DECIDE as *mut (), {upper}_VARIANTS)\n    }};\n\n    \
             #[cold]\n    unsafe extern \"C\" fn {op}_decide({params}){ret} {{\n        \
             // SAFETY: the caller's promise; what was decided for runs on this CPU.\n        \
             unsafe {{ {upper}.decide()({passed}) }}\n    }}\n",
            doc = rustdoc("    ", kernel.doc),
            op = kernel.op,
            name = family.name,
            internal = family.internal,
            passed = signature::rust_passed(kernel),
        );
    }
    raw_module(s, family);
    s.push_str("}\n\n");
}

fn variant_row(s: &mut String, family: &Family, kernel: &Kernel, variant: &Variant, alias: &str) {
    if let Some(cfg) = compiled_in(variant) {
        let _ = writeln!(s, "        #[cfg({cfg})]");
    }
    let _ = writeln!(
        s,
        "        {{\n            const F: {alias} = {}::{}::{}_{};\n            \
         Variant::new(c\"{}\", {}, F)\n        }},",
        variant.isa.crate_name().replace('-', "_"),
        family.name,
        kernel.op,
        variant.suffix,
        variant.suffix,
        needs(variant),
    );
}

/// The features of a row. Those they imply need no mention: the facade takes a feature for found only together with
/// its ground.
fn needs(variant: &Variant) -> String {
    let all: Vec<_> = variant.features.iter().map(|&f| format!("cpu::{}", bit(f))).collect();
    if all.is_empty() { "0".into() } else { all.join(" | ") }
}

/// When a variant is compiled in; `None` is always.
///
/// arm64 kernels assume that lanes and bytes count alike, and vector registers that may be used.
fn compiled_in(variant: &Variant) -> Option<String> {
    match variant.isa {
        Isa::Generic => None,
        Isa::Aarch64Neon => Some(
            "all(target_arch = \"aarch64\", target_endian = \"little\", target_feature = \"neon\")"
                .into(),
        ),
        Isa::X86Avx2 | Isa::X86Avx512 => {
            let level = ceiling(variant) as u8;
            Some(format!("all(target_arch = \"x86_64\", feature = \"v{level}\")"))
        }
    }
}

/// The lowest ceiling that admits a variant. Features outside the levels count with the registers that they work on;
/// those of XMM came with v2.
fn ceiling(variant: &Variant) -> Level {
    let ground = variant.features.iter().flat_map(|f| f.implied());
    let levels = variant.features.iter().chain(ground).map(|f| f.level().unwrap_or(Level::V2));
    let least = if variant.isa == Isa::X86Avx512 { Level::V4 } else { Level::V1 };
    levels.fold(least, Level::max)
}

fn raw_module(s: &mut String, family: &Family) {
    let _ = writeln!(s, "\n    /// {}\n    pub mod raw {{\n        use super::*;", family.doc);
    for kernel in family.kernels {
        let _ = write!(
            s,
            "\n{doc}        ///\n        /// # Safety\n{safety}        #[inline]\n        \
             pub unsafe fn {op}({params}){ret} {{\n            \
             const DIRECT: Option<{alias}> = direct({upper}_VARIANTS);\n            \
             let f = match DIRECT {{\n                Some(f) => f,\n                \
             None => {upper}.get(),\n            }};\n            \
             // SAFETY: the caller's promise; what the slot holds, or the compiler was told, runs on this CPU.\n            \
             unsafe {{ f({passed}) }}\n        }}\n",
            doc = rustdoc("        ", kernel.doc),
            safety = rustdoc("        ", &signature::safety(kernel)),
            op = kernel.op,
            params = signature::rust_params(kernel),
            ret = signature::rust_ret(kernel),
            alias = pascal(kernel.op),
            upper = kernel.op.to_uppercase(),
            passed = signature::rust_passed(kernel),
        );
    }
    s.push_str("    }\n");
}
