//! How a row's arguments and result are written in Rust and in C.

use kernels_manifest::{Arg, Kernel, Ret, Ty};

/// The scalars that an argument is passed as: a slice is a pointer and a length.
fn words(arg: &Arg) -> Vec<(String, Ty, Word)> {
    let name = arg.name.to_string();
    let len = (format!("{}_len", arg.name), Ty::Usize, Word::Whole);
    match arg.ty {
        ty if ty.is_slice() => {
            vec![(name, arg.ty, Word::Pointer), len]
        }
        Ty::Table(_) => vec![(name, arg.ty, Word::Pointer)],
        _ => vec![(name, arg.ty, Word::Whole)],
    }
}

/// What of an argument a word carries.
enum Word {
    Pointer,
    Whole,
}

/// Parameters in Rust: `p: *const u8, p_len: usize`.
pub fn rust_params(kernel: &Kernel) -> String {
    let params = kernel.args.iter().flat_map(words);
    params.map(|(name, ty, _)| format!("{name}: {}", rust(ty))).collect::<Vec<_>>().join(", ")
}

/// The parameters' names, to pass them on.
pub fn rust_passed(kernel: &Kernel) -> String {
    kernel.args.iter().flat_map(words).map(|word| word.0).collect::<Vec<_>>().join(", ")
}

/// ` -> u64`, or nothing.
pub fn rust_ret(kernel: &Kernel) -> String {
    match kernel.ret {
        Ret::None => String::new(),
        Ret::Value(ty) => format!(" -> {}", rust(ty)),
        Ret::Pair(..) => " -> Pair".into(),
    }
}

fn rust(ty: Ty) -> String {
    match ty {
        Ty::U8 => "u8",
        Ty::U32 => "u32",
        Ty::U64 => "u64",
        Ty::Usize => "usize",
        Ty::Isize => "isize",
        Ty::Bytes => "*const u8",
        Ty::BytesMut => "*mut u8",
        Ty::U16s => "*const u16",
        Ty::U16sMut => "*mut u16",
        Ty::U64s => "*const u64",
        Ty::U64sMut => "*mut u64",
        Ty::Table(n) => return format!("*const [u8; {n}]"),
    }
    .into()
}

/// What the caller of a kernel promises.
pub fn safety(kernel: &Kernel) -> String {
    let mut promises: Vec<String> = kernel.args.iter().filter_map(promise).collect();
    if promises.is_empty() {
        return "None needed.".into();
    }
    if kernel.args.iter().any(|a| matches!(a.ty, Ty::BytesMut | Ty::U16sMut | Ty::U64sMut)) {
        promises.push(
            "what is written overlaps nothing that is read, but where the text above allows it"
                .into(),
        );
    }
    let text = promises.join("; ");
    format!("{text}.")
}

fn promise(arg: &Arg) -> Option<String> {
    let name = arg.name;
    let slice = |how: &str, unit: &str| {
        Some(format!("`{name}` is valid for {how} of `{name}_len` {unit}, or `{name}_len` is 0"))
    };
    match arg.ty {
        Ty::Bytes => slice("reads", "bytes"),
        Ty::BytesMut => slice("reads and writes", "bytes"),
        Ty::U16s | Ty::U64s => slice("reads", "elements"),
        Ty::U16sMut | Ty::U64sMut => slice("reads and writes", "elements"),
        Ty::Table(n) => Some(format!("`{name}` is valid for reads of {n} bytes")),
        _ => None,
    }
}

/// Parameters in C: `const uint8_t *p, size_t p_len`.
pub fn c_params(kernel: &Kernel) -> String {
    let params: Vec<_> = kernel.args.iter().flat_map(words).map(c_param).collect();
    if params.is_empty() { "void".into() } else { params.join(", ") }
}

fn c_param((name, ty, word): (String, Ty, Word)) -> String {
    match (ty, word) {
        (Ty::Table(n), _) => format!("const uint8_t {name}[{n}]"),
        (_, Word::Pointer) => format!("{}{name}", c(ty)),
        (_, Word::Whole) => format!("{} {name}", c(ty)),
    }
}

/// Type of the result in C.
pub fn c_ret(kernel: &Kernel) -> String {
    match kernel.ret {
        Ret::None => "void".into(),
        Ret::Value(ty) => c(ty).into(),
        Ret::Pair(..) => "wl_pair".into(),
    }
}

/// A type in C; a pointer with its star.
fn c(ty: Ty) -> &'static str {
    match ty {
        Ty::U8 => "uint8_t",
        Ty::U32 => "uint32_t",
        Ty::U64 => "uint64_t",
        Ty::Usize => "size_t",
        Ty::Isize => "ptrdiff_t",
        Ty::Bytes | Ty::Table(_) => "const uint8_t *",
        Ty::BytesMut => "uint8_t *",
        Ty::U16s => "const uint16_t *",
        Ty::U16sMut => "uint16_t *",
        Ty::U64s => "const uint64_t *",
        Ty::U64sMut => "uint64_t *",
    }
}

/// `ieee_update` as a type's name: `IeeeUpdate`.
pub fn pascal(op: &str) -> String {
    op.split('_')
        .map(|part| {
            let (first, rest) = part.split_at(1);
            first.to_uppercase() + rest
        })
        .collect()
}
