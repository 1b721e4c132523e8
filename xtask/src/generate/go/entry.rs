//! Entries: the tail jump to the best variant, or to the hand-written Go functions.

use super::signature::{self, Frame, Slot};
use crate::amd64;
use kernels_manifest::{Arch, CHUNK, Family, Kernel, Level, SHORT, Ty, Variant};

/// Constants that say which levels this build guarantees: Go defines only the one it was asked for.
const LEVELS: &str = "\
#ifdef GOAMD64_v2
#define LEVEL_V2
#endif
#ifdef GOAMD64_v3
#define LEVEL_V2
#define LEVEL_V3
#endif
#ifdef GOAMD64_v4
#define LEVEL_V2
#define LEVEL_V3
#define LEVEL_V4
#endif

";

/// What stands above the entries of a family.
pub fn preamble(arch: Arch, family: &Family) -> &'static str {
    let asked = variants(arch, family.kernels).any(|v| level(v).is_some());
    if asked { LEVELS } else { "" }
}

fn variants(arch: Arch, kernels: &'static [Kernel]) -> impl Iterator<Item = &'static Variant> {
    kernels.iter().flat_map(|k| k.variants).filter(move |v| v.isa.arch() == Some(arch))
}

/// The level of the build that guarantees all that a variant needs, if one does and it needs anything.
pub fn level(variant: &Variant) -> Option<Level> {
    let levels: Option<Vec<Level>> = variant.features.iter().map(|f| f.level()).collect();
    levels?.into_iter().max()
}

pub fn text(arch: Arch, kernel: &Kernel) -> String {
    match arch {
        Arch::X86_64 => x86_64(kernel),
        Arch::Aarch64 => aarch64(kernel),
    }
}

/// Input of more than a few bytes goes on behind a stack check, see `Kernel::entry_checks`.
fn x86_64(kernel: &Kernel) -> String {
    let Some(length) = Length::of(kernel) else {
        return head(kernel) + &dispatch(kernel) + "\n";
    };
    let Length { slot, .. } = &length;
    let (name, at) = (signature::entry(kernel), format!("{}+{}(FP)", slot.name, slot.offset));
    let checked = signature::checked(kernel);
    let frame =
        amd64::checked(&checked, amd64::MIN_FRAME.into(), Frame::of(kernel).size).join("\n");
    format!(
        "{}\tCMPQ {at}, ${}\n\tJHI checked\n{}\nchecked:\n\tJMP ·{checked}(SB)\n\n\
         {frame}\n\tCMPQ {at}, ${}\n\tJHI long\n{}\nlong:\n\tJMP ·{name}Long(SB)\n{}\n\n",
        head(kernel),
        length.elements(SHORT),
        dispatch(kernel),
        length.elements(CHUNK),
        dispatch(kernel),
        amd64::frame_again(amd64::MIN_FRAME.into()),
    )
}

/// A tail jump to the first variant whose flag is set.
fn dispatch(kernel: &Kernel) -> String {
    let mut text = String::new();
    for (n, variant) in mine(kernel, Arch::X86_64).enumerate() {
        let ask = format!("\tCMPB ·{}(SB), $0\n\tJEQ next{n}\n", signature::flag(kernel, variant));
        text += &match level(variant) {
            Some(level) => format!("#ifndef LEVEL_V{}\n{ask}#endif\n", level as u8),
            None => ask,
        };
        text += &format!("\tJMP ·{}(SB)\n\nnext{n}:\n", signature::function(kernel, variant));
    }
    text + &format!("\tJMP ·{}Generic(SB)\n", signature::entry(kernel))
}

fn aarch64(kernel: &Kernel) -> String {
    let name = signature::entry(kernel);
    let mut text = head(kernel);
    let length = Length::of(kernel);
    if let Some(length) = &length {
        text += &format!(
            "\tMOVD {}+{}(FP), R0\n\tMOVD ${chunk}, R1\n\tCMP R1, R0\n\tBHI long\n",
            length.slot.name,
            length.slot.offset,
            chunk = length.elements(CHUNK)
        );
    }
    for (n, variant) in mine(kernel, Arch::Aarch64).enumerate() {
        text += &format!(
            "\tMOVBU ·{}(SB), R0\n\tCBZ R0, next{n}\n\tJMP ·{}(SB)\n\nnext{n}:\n",
            signature::flag(kernel, variant),
            signature::function(kernel, variant)
        );
    }
    text += &format!("\tJMP ·{name}Generic(SB)\n");
    if length.is_some() {
        text += &format!("\nlong:\n\tJMP ·{name}Long(SB)\n");
    }
    text + "\n"
}

fn head(kernel: &Kernel) -> String {
    let size = Frame::of(kernel).size;
    format!("TEXT ·{}(SB), NOSPLIT|NOFRAME, $0-{size}\n", signature::entry(kernel))
}

fn mine(kernel: &Kernel, arch: Arch) -> impl Iterator<Item = &'static Variant> {
    kernel.variants.iter().filter(move |v| v.isa.arch() == Some(arch))
}

/// The slice whose length decides which way a call goes.
struct Length {
    slot: Slot,
    ty: Ty,
}

impl Length {
    fn of(kernel: &Kernel) -> Option<Length> {
        let name = kernel.chunk?;
        let arg =
            kernel.args.iter().find(|arg| arg.name == name).expect("the row names an argument");
        Some(Length { slot: Frame::of(kernel).length(name).clone(), ty: arg.ty })
    }

    fn elements(&self, bytes: usize) -> usize {
        signature::elements(self.ty, bytes)
    }
}
