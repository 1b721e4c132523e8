//! Go declarations: what the assembly implements, which CPU may enter it, and the portable side.

use super::{entry, signature};
use kernels_manifest::{Arch, Family, Kernel, Ret, Variant};

/// Builds that carry machine code. openbsd cannot read the constants, which lie in text; the sanitizers' builds take
/// the portable path so that they see every access.
pub const NATIVE: &str =
    "//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd\n";

const PORTABLE: &str = "//go:build !(gc && (amd64 || arm64) && !purego && !noasm && !race && !msan && !asan && !openbsd)\n";

/// Name of the family's package.
pub fn package(family: &Family) -> &str {
    family.go_path.rsplit('/').next().unwrap_or(family.go_path)
}

/// `z<family>_<arch>.go`, below its heading.
pub fn native(arch: Arch, family: &Family) -> String {
    let variants = |kernel: &'static Kernel| -> Vec<&'static Variant> {
        kernel.variants.iter().filter(|v| v.isa.arch() == Some(arch)).collect()
    };
    let all: Vec<&Variant> = family.kernels.iter().flat_map(variants).collect();
    let mut text = format!("{NATIVE}\npackage {}\n\nimport (\n", package(family));
    if all.iter().any(|v| !v.features.is_empty()) {
        text += "\t\"github.com/widelane/widelane/go-shim/internal/cpu\"\n";
    }
    text += "\t\"github.com/widelane/widelane/go-shim/internal/impl\"\n)\n";
    for kernel in family.kernels {
        text += &declaration(kernel, &signature::entry(kernel), &comment(kernel));
        if arch == Arch::X86_64 && kernel.chunk.is_some() {
            let (checked, entry) = (signature::checked(kernel), signature::entry(kernel));
            let about = format!("// {checked} is {entry} for input that is worth a stack check.\n");
            text += &declaration(kernel, &checked, &about);
        }
        for variant in variants(kernel) {
            let about = format!("// {} for {}.\n", signature::entry(kernel), needs(variant));
            text += &declaration(kernel, &signature::function(kernel, variant), &about);
        }
    }
    text += "\n// Whether the CPU has what a variant needs.\nvar (\n";
    for kernel in family.kernels {
        for variant in variants(kernel) {
            text += &format!("\t{} = {}\n", signature::flag(kernel, variant), condition(variant));
        }
    }
    text += ")\n\nfunc init() {\n";
    for kernel in family.kernels {
        text += &registration(family, kernel, &variants(kernel));
    }
    text + "}\n"
}

fn declaration(kernel: &Kernel, name: &str, comment: &str) -> String {
    format!("\n{comment}//\n//go:noescape\nfunc {name}{}\n", signature::signature(kernel))
}

/// The row's text, as a comment that begins with the entry's name.
fn comment(kernel: &Kernel) -> String {
    wrap(&format!("{}: {}", signature::entry(kernel), kernel.doc))
}

/// Lines of a comment, at most 120 characters wide.
fn wrap(text: &str) -> String {
    let mut lines = vec![String::from("//")];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("there is one from the start");
        if last.len() + 1 + word.len() > 120 {
            lines.push(format!("// {word}"));
        } else {
            *last += " ";
            *last += word;
        }
    }
    lines.join("\n") + "\n"
}

fn needs(variant: &Variant) -> String {
    if variant.features.is_empty() {
        return "every CPU".into();
    }
    let names: Vec<String> = variant.features.iter().map(|f| f.rust().to_uppercase()).collect();
    format!("CPUs with {}", names.join(", "))
}

fn condition(variant: &Variant) -> String {
    if variant.features.is_empty() {
        return "true".into();
    }
    let names: Vec<String> = variant.features.iter().map(|f| format!("cpu.{}", f.go())).collect();
    names.join(" && ")
}

fn registration(family: &Family, kernel: &Kernel, variants: &[&Variant]) -> String {
    let mut text = format!("\timpl.Register(\"{}_{}\",\n", family.name, kernel.op);
    for variant in variants {
        let features: Vec<&str> = variant.features.iter().map(|f| f.godebug()).collect();
        text += &format!(
            "\t\timpl.Variant{{Name: \"{}\", Features: \"{}\", Use: &{}",
            variant.suffix,
            features.join(" "),
            signature::flag(kernel, variant)
        );
        if let Some(level) = entry::level(variant) {
            text += &format!(", Level: {}", level as u8);
        }
        text += "},\n";
    }
    text + "\t\timpl.Variant{Name: \"generic\"},\n\t)\n"
}

/// `z<family>_noasm.go`, below its heading.
pub fn portable(family: &Family) -> String {
    let mut text = format!(
        "{PORTABLE}\npackage {}\n\nimport \"github.com/widelane/widelane/go-shim/internal/impl\"\n",
        package(family)
    );
    for kernel in family.kernels {
        let name = signature::entry(kernel);
        let back = if kernel.ret == Ret::None { "" } else { "return " };
        text += &format!(
            "\n{}func {name}{} {{\n\t{back}{name}Generic({})\n}}\n",
            comment(kernel),
            signature::signature(kernel),
            signature::passed(kernel)
        );
    }
    text += "\nfunc init() {\n";
    for kernel in family.kernels {
        text += &format!(
            "\timpl.Register(\"{}_{}\", impl.Variant{{Name: \"generic\"}})\n",
            family.name, kernel.op
        );
    }
    text + "}\n"
}
