//! How a row looks in Go: names, types, and places in the caller's frame.

use kernels_manifest::{Arg, Kernel, Ret, Ty, Variant};

/// A word or less in the caller's frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slot {
    /// As vet wants it: `p_base`.
    pub name: String,
    pub offset: usize,
    /// Bytes: 1, 4 or 8.
    pub width: usize,
}

/// Arguments and results of a kernel in the caller's frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// Arguments in the order of the C registers.
    pub loads: Vec<Slot>,
    /// The result, whose address goes into the next register.
    pub result: Option<Slot>,
    /// Bytes of arguments and results.
    pub size: usize,
}

/// Bytes of a word in Go on both architectures.
const WORD: usize = 8;

impl Frame {
    pub fn of(kernel: &Kernel) -> Frame {
        let mut frame = Frame { loads: Vec::new(), result: None, size: 0 };
        for arg in kernel.args {
            frame.argument(arg);
        }
        let results = match kernel.ret {
            Ret::None => return frame,
            Ret::Value(ty) => vec![("ret", width(ty))],
            Ret::Pair(first, second) => vec![(first, WORD), (second, WORD)],
        };
        frame.size = frame.size.next_multiple_of(WORD);
        frame.result =
            Some(Slot { name: results[0].0.into(), offset: frame.size, width: results[0].1 });
        frame.size += results.iter().map(|(_, width)| width).sum::<usize>();
        frame
    }

    fn argument(&mut self, arg: &Arg) {
        match arg.ty {
            ty if ty.is_slice() => {
                self.load(format!("{}_base", arg.name), WORD);
                self.load(format!("{}_len", arg.name), WORD);
                // The capacity is no business of a kernel's.
                self.size += WORD;
            }
            ty => self.load(arg.name.into(), width(ty)),
        }
    }

    fn load(&mut self, name: String, width: usize) {
        let offset = self.size.next_multiple_of(width);
        self.loads.push(Slot { name, offset, width });
        self.size = offset + width;
    }

    /// The place of a slice's length.
    pub fn length(&self, argument: &str) -> &Slot {
        let name = format!("{argument}_len");
        self.loads.iter().find(|slot| slot.name == name).expect("the row names one of its slices")
    }
}

/// Numbers of the registers with arguments that are secret where contents are: numbers, but no lengths or places.
pub fn secrets(kernel: &Kernel) -> Vec<usize> {
    let registers = kernel.args.iter().flat_map(|arg| match arg.ty {
        ty if ty.is_slice() => [false, false].as_slice(),
        Ty::U8 | Ty::U32 | Ty::U64 => &[true],
        _ => &[false],
    });
    registers.enumerate().filter_map(|(n, secret)| secret.then_some(n)).collect()
}

fn width(ty: Ty) -> usize {
    match ty {
        Ty::U8 => 1,
        Ty::U32 => 4,
        _ => WORD,
    }
}

/// Parameters and results: `(p []byte, c uint8) (ret int)`.
pub fn signature(kernel: &Kernel) -> String {
    let mut params = String::new();
    for (n, arg) in kernel.args.iter().enumerate() {
        let ty = go(arg.ty);
        params += if n > 0 { ", " } else { "" };
        params += arg.name;
        // Neighbours of one type name it once.
        if kernel.args.get(n + 1).is_none_or(|next| go(next.ty) != ty) {
            params += &format!(" {ty}");
        }
    }
    match kernel.ret {
        Ret::None => format!("({params})"),
        Ret::Value(ty) => format!("({params}) (ret {})", go(ty)),
        Ret::Pair(first, second) => format!("({params}) ({first}, {second} int)"),
    }
}

/// The arguments, to pass them on.
pub fn passed(kernel: &Kernel) -> String {
    kernel.args.iter().map(|arg| arg.name).collect::<Vec<_>>().join(", ")
}

fn go(ty: Ty) -> String {
    let name = match ty {
        Ty::U8 => "uint8",
        Ty::U32 => "uint32",
        Ty::U64 => "uint64",
        Ty::Usize | Ty::Isize => "int",
        Ty::Bytes | Ty::BytesMut => "[]byte",
        Ty::U16s | Ty::U16sMut => "[]uint16",
        Ty::U64s | Ty::U64sMut => "[]uint64",
        Ty::Table(n) => return format!("*[{n}]byte"),
    };
    name.into()
}

/// Elements of a slice that are so many bytes.
pub fn elements(ty: Ty, bytes: usize) -> usize {
    match ty {
        Ty::U16s | Ty::U16sMut => bytes / size_of::<u16>(),
        Ty::U64s | Ty::U64sMut => bytes / size_of::<u64>(),
        _ => bytes,
    }
}

/// The entry's name: `ieeeUpdate`.
pub fn entry(kernel: &Kernel) -> String {
    let mut words = kernel.op.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    first + &words.map(capital).collect::<String>()
}

/// The name of what the entry leaves long input to.
pub fn checked(kernel: &Kernel) -> String {
    entry(kernel) + "Checked"
}

/// A variant's name: `ieeeUpdateVPCLMUL512`.
pub fn function(kernel: &Kernel, variant: &Variant) -> String {
    entry(kernel) + &capital(variant.suffix)
}

/// The name of a variant's flag: `useIEEEUpdateVPCLMUL512`.
pub fn flag(kernel: &Kernel, variant: &Variant) -> String {
    let words: String = kernel.op.split('_').map(capital).collect();
    format!("use{words}{}", capital(variant.suffix))
}

/// Words that Go writes in capitals: instructions, instruction sets, and one institute. Digits may follow.
const INITIALISMS: &[&str] = &[
    "adx", "aes", "avx", "crc", "eor", "gfni", "ieee", "neon", "pclmul", "pmull", "sha", "sse",
    "utf", "vaes", "vbmi", "vpclmul",
];

fn capital(word: &str) -> String {
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    if INITIALISMS.contains(&letters) {
        return word.to_uppercase();
    }
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernels_manifest::FAMILIES;

    fn kernel(family: &str, op: &str) -> &'static Kernel {
        let family = FAMILIES.iter().find(|f| f.name == family).unwrap();
        family.kernels.iter().find(|k| k.op == op).unwrap()
    }

    #[test]
    fn names() {
        assert_eq!(capital("vpclmul512"), "VPCLMUL512");
        assert_eq!(capital("castagnoli"), "Castagnoli");
        let index_byte = kernel("bytealg", "index_byte");
        assert_eq!(function(index_byte, &index_byte.variants[1]), "indexByteAVX2");
        assert_eq!(flag(index_byte, &index_byte.variants[1]), "useIndexByteAVX2");
    }

    #[test]
    fn frames() {
        let frame = Frame::of(kernel("bytealg", "index_byte"));
        let slots: Vec<_> =
            frame.loads.iter().map(|s| (s.name.as_str(), s.offset, s.width)).collect();
        assert_eq!(slots, [("p_base", 0, 8), ("p_len", 8, 8), ("c", 24, 1)]);
        assert_eq!(frame.result.unwrap().offset, 32);
        assert_eq!(frame.size, 40);
        assert_eq!(Frame::of(kernel("vec", "add")).size, 72);
        assert_eq!(signature(kernel("vec", "add")), "(dst, a, b []uint64)");
    }
}
