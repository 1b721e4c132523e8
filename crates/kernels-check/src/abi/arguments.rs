//! Arguments for a row, from its types.

use crate::Random;
use crate::base32::STANDARD;
use kernels_generic::crc64::{CONSTANTS, Constants, constants::ECMA};
use kernels_generic::{base32, base64};
use kernels_manifest::{Kernel, Ty};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The words that a call passes in registers, and the memory that some of them point to.
pub struct Arguments {
    pub words: [u64; 6],
    memory: Vec<Vec<u64>>,
    /// Which memory is a destination of bytes.
    destination: Option<usize>,
    random: Random,
}

impl Arguments {
    /// Slices of so many bytes, the same contents for the same seed.
    ///
    /// # Panics
    /// If a row has a type of table that nothing is known of.
    pub fn new(kernel: &Kernel, bytes: usize, seed: u64) -> Arguments {
        let (memory, random) = (Vec::new(), Random(seed));
        let mut made = Arguments { words: [0; 6], memory, destination: None, random };
        let mut next = 0;
        for arg in kernel.args {
            if arg.ty == Ty::BytesMut {
                made.destination = Some(made.memory.len());
            }
            let random = made.random.bits();
            let words = match arg.ty {
                Ty::U8 => [random & 0xff, 0],
                Ty::U32 => [random & 0xffff_ffff, 0],
                Ty::U64 => [random, 0],
                // Numbers of rounds and the like.
                Ty::Usize | Ty::Isize => [random % 4, 0],
                Ty::Bytes => [made.text(bytes, kernel), bytes as u64],
                // Room for all that 64 KiB of a text make, and for what three become four.
                Ty::BytesMut => [made.some(2 * bytes + 8), 2 * bytes as u64 + 8],
                Ty::U16s => [made.some(bytes), bytes as u64 / 2],
                Ty::U16sMut => [made.some(2 * bytes), bytes as u64],
                Ty::U64s | Ty::U64sMut => [made.some(bytes), bytes as u64 / 8],
                Ty::Table(size) => [made.table(size), 0],
            };
            for word in &words[..arg.ty.registers()] {
                made.words[next] = *word;
                next += 1;
            }
        }
        made
    }

    /// Fills what a call leaves open: upper bits of narrow arguments, registers without an argument.
    pub fn soil(&mut self, kernel: &Kernel, open: u64) {
        let mut next = 0;
        for arg in kernel.args {
            let open = match arg.ty {
                Ty::U8 => open,
                Ty::U32 => open & 0xffff_ffff_0000_0000,
                _ => 0,
            };
            self.words[next] |= self.random.bits() & open;
            next += arg.ty.registers();
        }
        for word in &mut self.words[next..] {
            *word = self.random.bits();
        }
    }

    /// All memory, to compare. Behind the bytes that a function says it has written, the rest of its destination is
    /// the function's to use as it likes.
    pub fn memory(&self, written: Option<usize>) -> Vec<&[u8]> {
        let bytes = |words: &'_ Vec<u64>| {
            // SAFETY: all words of the vector, and any byte is a value.
            unsafe { std::slice::from_raw_parts(words.as_ptr().cast::<u8>(), 8 * words.len()) }
        };
        let mut all: Vec<&[u8]> = std::hint::black_box(&self.memory).iter().map(bytes).collect();
        if let (Some(index), Some(written)) = (self.destination, written) {
            all[index] = &all[index][..written.min(all[index].len())];
        }
        all
    }

    /// The address of this memory, which stays where it is.
    fn keep(&mut self, mut words: Vec<u64>) -> u64 {
        let address = words.as_mut_ptr().expose_provenance() as u64;
        self.memory.push(words);
        address
    }

    /// So many random bytes.
    fn some(&mut self, bytes: usize) -> u64 {
        let words = (0..bytes.div_ceil(8)).map(|_| self.random.bits()).collect();
        self.keep(words)
    }

    /// Bytes that the row takes for its input; random ones, where any are.
    fn text(&mut self, bytes: usize, kernel: &Kernel) -> u64 {
        let Some(letters) = kernel.args.iter().find_map(|arg| decoded(arg.ty)) else {
            return self.some(bytes);
        };
        let letter = |bits: u64, i| {
            u64::from(letters[(bits >> (8 * i)) as usize % letters.len()]) << (8 * i)
        };
        let eight = |bits: u64| (0..8).map(|i| letter(bits, i)).sum();
        let words = (0..bytes.div_ceil(8)).map(|_| eight(self.random.bits())).collect();
        self.keep(words)
    }

    /// The tables that rows take, by their size.
    fn table(&mut self, size: usize) -> u64 {
        let mut bytes = match size {
            base64::ENCODE_TABLE => base64::encode_table(ALPHABET, Some(b'=')).to_vec(),
            base64::DECODE_TABLE => {
                let ends = base64::PADDED_ENDS;
                base64::decode_table(ALPHABET, Some(b'='), b"\r\n", ends, false).to_vec()
            }
            base32::ENCODE_TABLE => base32::encode_table(STANDARD, Some(b'=')).to_vec(),
            base32::DECODE_TABLE => base32::decode_table(STANDARD, Some(b'=')).to_vec(),
            CONSTANTS => Constants::of(ECMA).0.to_vec(),
            _ => panic!("say here what a table of {size} bytes holds"),
        };
        bytes.resize(size.next_multiple_of(8), 0);
        let words = bytes.as_chunks().0.iter().map(|word| u64::from_ne_bytes(*word)).collect();
        self.keep(words)
    }
}

/// The alphabet of a table that decodes.
fn decoded(ty: Ty) -> Option<&'static [u8]> {
    match ty {
        Ty::Table(base64::DECODE_TABLE) => Some(ALPHABET),
        Ty::Table(base32::DECODE_TABLE) => Some(STANDARD),
        _ => None,
    }
}
