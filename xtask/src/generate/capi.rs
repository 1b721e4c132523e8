//! Writes the C exports and the C header.

use super::File;
use super::signature::{c_params, c_ret, rust_params, rust_passed, rust_ret, safety};
use super::text::{HEADING, rustdoc, rustfmt, wrap};
use anyhow::Result;
use kernels_manifest::{Arg, FAMILIES, Family, Kernel, Ret, Ty};
use std::fmt::Write;

/// `zexports.rs` and `widelane.h`.
pub fn files() -> Result<Vec<File>> {
    Ok(vec![
        File { path: "crates/widelane-capi/src/zexports.rs".into(), text: rustfmt(&exports())? },
        File { path: "crates/widelane-capi/include/widelane.h".into(), text: header() },
    ])
}

/// The families with C names.
fn families() -> impl Iterator<Item = &'static Family> {
    FAMILIES.iter().filter(|f| !f.internal)
}

fn name(family: &Family, kernel: &Kernel) -> String {
    format!("wl_{}_{}", family.name, kernel.op)
}

fn exports() -> String {
    let mut s = format!(
        "{HEADING}\n//! The kernels under their C names. `include/widelane.h` documents them for C.\n\n"
    );
    s += "use widelane::raw;\n";
    if families().flat_map(|f| f.kernels).any(|k| matches!(k.ret, Ret::Pair(..))) {
        s += "use widelane::raw::Pair;\n";
    }
    for family in families() {
        for kernel in family.kernels {
            let _ = write!(
                s,
                "\n{}///\n/// # Safety\n{}#[unsafe(no_mangle)]\n\
                 pub unsafe extern \"C\" fn {}({}){} {{\n    // SAFETY: the caller's promise, word for word.\n    \
                 unsafe {{ raw::{}::{}({}) }}\n}}\n",
                rustdoc("", kernel.doc),
                rustdoc("", &safety(kernel)),
                name(family, kernel),
                rust_params(kernel),
                rust_ret(kernel),
                family.name,
                kernel.op,
                rust_passed(kernel),
            );
        }
    }
    s
}

/// The part of the header that no row changes. `@VERSION@`, `@MAJOR@`... stand for the version's parts.
const PROLOGUE: &str = include_str!("widelane.h.in");

/// Where the kernels stand in [`PROLOGUE`].
const MARK: &str = "@KERNELS@\n";

fn header() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let part = |i: usize| version.split('.').nth(i).expect("a version has three parts");
    let mut kernels = String::new();
    for family in families() {
        let _ = writeln!(kernels, "/* ---- {}: {} ---- */\n", family.name, family.doc);
        for kernel in family.kernels {
            declaration(&mut kernels, family, kernel);
        }
    }
    PROLOGUE
        .replace("@VERSION@", version)
        .replace("@MAJOR@", part(0))
        .replace("@MINOR@", part(1))
        .replace("@PATCH@", part(2))
        .replace(MARK, kernels.trim_start())
}

fn declaration(s: &mut String, family: &Family, kernel: &Kernel) {
    s.push_str("/**\n");
    s.push_str(&wrap(" * ", kernel.doc));
    s.push_str(" *\n");
    for arg in kernel.args {
        s.push_str(&wrap(" * ", &argument(arg)));
    }
    if let Ret::Pair(first, second) = kernel.ret {
        let text = format!("Returns `first`: {first}, and `second`: {second}.");
        s.push_str(&wrap(" * ", &text));
    }
    if kernel.constant_time {
        s.push_str(" * No branch and no address depends on the contents of the arguments.\n");
    }
    let _ = writeln!(s, " * Since {}.\n */", kernel.since);
    let (ret, name, params) = (c_ret(kernel), name(family, kernel), c_params(kernel));
    let one_line = format!("WL_API {ret} {name}({params}) WL_NOEXCEPT;");
    if one_line.len() <= 100 {
        let _ = writeln!(s, "{one_line}\n");
    } else {
        let params = params.replace(", ", ",\n    ");
        let _ = writeln!(s, "WL_API {ret} {name}(\n    {params}) WL_NOEXCEPT;\n");
    }
}

/// What the caller must know of an argument.
fn argument(arg: &Arg) -> String {
    let name = arg.name;
    match arg.ty {
        Ty::Bytes => format!("`{name}`: read, `{name}_len` bytes."),
        Ty::BytesMut => format!("`{name}`: written, `{name}_len` bytes."),
        Ty::U16s | Ty::U64s => format!("`{name}`: read, `{name}_len` elements."),
        Ty::U16sMut | Ty::U64sMut => format!("`{name}`: written, `{name}_len` elements."),
        Ty::Table(n) => format!("`{name}`: read, {n} bytes."),
        _ => format!("`{name}`: a value."),
    }
}
