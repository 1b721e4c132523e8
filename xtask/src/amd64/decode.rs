//! Instructions, and how they are shown.

use crate::object::Code;
use iced_x86::{
    Decoder, DecoderOptions, Formatter, Instruction, InstructionInfo, InstructionInfoFactory,
    NasmFormatter,
};
use kernels_manifest::Feature;

/// An instruction; its address is its offset in the kernel.
#[derive(Clone)]
pub struct Inst {
    pub x: Instruction,
    pub bytes: Vec<u8>,
    /// Where in `bytes` the four bytes of a displacement are, if it has one of that size.
    pub displacement: Option<usize>,
    pub info: InstructionInfo,
}

impl Inst {
    pub fn offset(&self) -> u64 {
        self.x.ip()
    }

    pub fn text(&self) -> String {
        text(&self.x)
    }
}

/// Every instruction of a kernel, from the first byte to the last. Bytes that are none come as an invalid instruction.
pub fn all(code: &Code, declared: &[Feature]) -> Vec<Inst> {
    let mut options = DecoderOptions::NONE;
    if !declared.contains(&Feature::Bmi1) {
        // Without BMI1 the compiler writes `rep bsf` where the operand is not 0: older CPUs ignore the prefix, newer
        // ones run TZCNT, and both give the same.
        options |= DecoderOptions::NO_MPFX_0FBC;
    }
    sweep(&code.bytes, 0, options)
}

/// Every instruction in `bytes`, which lie at `address`.
pub fn sweep(bytes: &[u8], address: u64, options: u32) -> Vec<Inst> {
    let mut decoder = Decoder::with_ip(64, bytes, address, options);
    let mut infos = InstructionInfoFactory::new();
    let mut insts = Vec::new();
    while decoder.can_decode() {
        let start = decoder.position();
        let x = decoder.decode();
        let offsets = decoder.get_constant_offsets(&x);
        insts.push(Inst {
            bytes: bytes[start..decoder.position()].to_vec(),
            displacement: (offsets.displacement_size() == 4).then(|| offsets.displacement_offset()),
            info: infos.info(&x).clone(),
            x,
        });
    }
    insts
}

/// Intel syntax, lower case, as `objdump -M intel` readers know it.
pub fn text(x: &Instruction) -> String {
    let mut formatter = NasmFormatter::new();
    let options = formatter.options_mut();
    options.set_hex_prefix("0x");
    options.set_hex_suffix("");
    options.set_uppercase_hex(false);
    options.set_space_after_operand_separator(true);
    options.set_rip_relative_addresses(true);
    options.set_show_branch_size(false);
    options.set_branch_leading_zeros(false);
    let mut text = String::new();
    formatter.format(x, &mut text);
    text
}
