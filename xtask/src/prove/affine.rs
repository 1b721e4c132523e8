//! That the CRC kernels are affine, read from the machine code of their doors: for each length and place that the basis is
//! tried for, the path does not depend on data, and the checksum has degree 1 in its bits, or as many as are
//! tried together.

use crate::amd64::{self, Call, Shape, Trail};
use crate::generate::go;
use crate::machine::{self, Machine, Row};
use crate::refusal;
use anyhow::{Result, bail};
use kernels_manifest::{Arch, Ty};
use std::time::Instant;

/// Lengths that are followed, as in `crates/kernels-prove/src/crc32.rs` and `crc64.rs`.
struct Lengths {
    most: u64,
    most_short: u64,
    /// Longest message of which some bits are tried together.
    few: u64,
    long: &'static [u64],
}

const CRC32: Lengths = Lengths {
    most: 4096,
    most_short: 1024,
    few: 32,
    long: &[8192, 1 << 16, 69_632, 98_304, 114_688],
};
const CRC64: Lengths = Lengths { most: 2048, most_short: 768, few: 7, long: &[] };

/// Most bits that are tried together up to that length.
const TOGETHER: u32 = 3;

/// The end of a page and the start of the next: messages lie flush with it, as in the proofs.
const EDGE: u64 = 1 << 40;

/// Machine code that must be refused.
struct Planted {
    name: &'static str,
    shape: Shape,
    code: &'static [u8],
    words: &'static str,
}

const fn planted_in(
    shape: Shape,
    name: &'static str,
    code: &'static [u8],
    words: &'static str,
) -> Planted {
    Planted { name, shape, code, words }
}

/// For a degree that is too high, a branch, an address and a carry of data; and a read behind constants, or of what they say.
const PLANTED: &[Planted] = &{
    use Shape::{Plain, WithConstants};
    [
        // mov rax, [rsi]; and rax, [rsi+8]; mov [rcx], eax; ret
        planted_in(
            Plain,
            "crc32.affine planted-product",
            &[0x48, 0x8b, 0x06, 0x48, 0x23, 0x46, 0x08, 0x89, 0x01, 0xc3],
            "degree 2",
        ),
        // cmp byte [rsi], 0; je +2; mov [rcx], edi; ret
        planted_in(
            Plain,
            "crc32.affine planted-branch",
            &[0x80, 0x3e, 0x00, 0x74, 0x02, 0x89, 0x39, 0xc3],
            "depends on data",
        ),
        // mov rax, [rsi]; mov eax, [rsi+rax]; mov [rcx], eax; ret
        planted_in(
            Plain,
            "crc32.affine planted-address",
            &[0x48, 0x8b, 0x06, 0x8b, 0x04, 0x06, 0x89, 0x01, 0xc3],
            "address that depends on data",
        ),
        // mov eax, [rsi]; add eax, edi; mov [rcx], eax; ret
        planted_in(
            Plain,
            "crc32.affine planted-carry",
            &[0x8b, 0x06, 0x01, 0xf8, 0x89, 0x01, 0xc3],
            "carries",
        ),
        // mov rax, [rdx]; and rax, [rsi]; and rax, rdi; mov [r8], rax; ret
        planted_in(
            WithConstants(64),
            "crc64.affine planted-product",
            &[0x48, 0x8b, 0x02, 0x48, 0x23, 0x06, 0x48, 0x21, 0xf8, 0x49, 0x89, 0x00, 0xc3],
            "degree 2",
        ),
        // mov rax, [rsi+57]; mov [r8], rax; ret
        planted_in(
            WithConstants(64),
            "crc64.affine planted-behind",
            &[0x48, 0x8b, 0x46, 0x39, 0x49, 0x89, 0x00, 0xc3],
            "where nothing is",
        ),
        // mov rax, [rsi]; mov rax, [rdx+rax]; mov [r8], rax; ret
        planted_in(
            WithConstants(64),
            "crc64.affine planted-address",
            &[0x48, 0x8b, 0x06, 0x48, 0x8b, 0x04, 0x02, 0x49, 0x89, 0x00, 0xc3],
            "address that is not followed",
        ),
        // mov rax, rdi; mov [r8], eax; ret
        planted_in(
            WithConstants(64),
            "crc64.affine planted-half",
            &[0x48, 0x89, 0xf8, 0x41, 0x89, 0x00, 0xc3],
            "writes 4 bytes",
        ),
    ]
};

/// Whether a proof of this kind has the name.
pub fn is_called(name: &str) -> bool {
    !rows(&[name.to_owned()]).is_empty()
}

/// Names of these proofs.
pub fn list(wanted: &[String]) -> Vec<String> {
    rows(wanted).iter().map(name).collect()
}

/// Kernels of which this is to be shown: all, or those that are wanted by name or by their proof's.
fn rows(wanted: &[String]) -> Vec<Row> {
    let rows = machine::rows(Arch::X86_64).filter(|row| lengths(row).is_some());
    let is = |row: &Row, w: &String| *w == kernel(row) || *w == format!("{}.affine", kernel(row));
    rows.filter(|row| wanted.is_empty() || wanted.iter().any(|w| is(row, w))).collect()
}

/// What is followed of a row; none of what is no CRC.
fn lengths(row: &Row) -> Option<&'static Lengths> {
    match row.family.name {
        "crc32" => Some(&CRC32),
        "crc64" => Some(&CRC64),
        _ => None,
    }
}

fn shape(row: &Row) -> Shape {
    let mut tables = row.kernel.args.iter().filter_map(|arg| match arg.ty {
        Ty::Table(bytes) => Some(Shape::WithConstants(bytes as u64)),
        _ => None,
    });
    tables.next().unwrap_or(Shape::Plain)
}

fn kernel(row: &Row) -> String {
    format!("{}_{}", row.family.name, row.kernel.op)
}

fn name(row: &Row) -> String {
    format!("{}.affine {}", kernel(row), row.variant.suffix)
}

/// How many were tried, how many planted faults, and how many of both came out wrong.
#[derive(Default)]
pub struct Tally {
    pub proofs: usize,
    pub planted: usize,
    pub wrong: usize,
}

/// Prints a line for each planted fault and each kernel.
pub fn run(wanted: &[String], short: bool) -> Result<Tally> {
    let rows = rows(wanted);
    if rows.is_empty() {
        return Ok(Tally::default());
    }
    let machine = Machine::load(Arch::X86_64)?;
    let mut tally = Tally { proofs: rows.len(), planted: PLANTED.len(), wrong: planted() };
    for row in &rows {
        let lifted = match go::amd64::lift(&machine, row) {
            Ok(lifted) => lifted,
            Err(refusals) => bail!(refusal::list(&refusals)),
        };
        let (start, name) = (Instant::now(), name(row));
        let lengths = lengths(row).unwrap_or(&CRC32);
        match affine(&Trail::new(&lifted), shape(row), lengths, short) {
            Ok(Paths { count, degree, longest, .. }) => {
                let time = start.elapsed().as_secs_f64();
                let short = match longest {
                    0 => String::new(),
                    _ => format!(", up to {longest} bytes at most {degree}"),
                };
                println!("proved   {name}: {count} paths of degree 1{short}, {time:.1} s");
            }
            Err(why) => {
                println!("FAILED   {name}: {why}");
                tally.wrong += 1;
            }
        }
    }
    Ok(tally)
}

/// How many of the planted faults are missed.
fn planted() -> usize {
    let passes = PLANTED.iter().filter(|Planted { name, shape, code, words }| {
        let insts = amd64::plain(code);
        let lengths = if let Shape::Plain = shape { &CRC32 } else { &CRC64 };
        match affine(&Trail::bare(&insts), *shape, lengths, true) {
            Err(why) if why.contains(words) => {
                println!("found    {name}: {why}");
                false
            }
            other => {
                println!("MISSED   {name}: {}", other.err().unwrap_or("passes".into()));
                true
            }
        }
    });
    passes.count()
}

/// Paths that were followed, the greatest degree, and the longest message with a greater one than 1.
struct Paths {
    /// The longest for which it may be greater.
    few: u64,
    count: usize,
    degree: u32,
    longest: u64,
}

fn affine(
    code: &Trail,
    shape: Shape,
    lengths: &'static Lengths,
    short: bool,
) -> Result<Paths, String> {
    let Lengths { most, most_short, few, long } = *lengths;
    let mut paths = Paths { few, count: 0, degree: 0, longest: 0 };
    let most = if short { most_short } else { most };
    // Shortest last: what is planted reads sixteen bytes.
    let tried = (0..=most).map(|n| few + 8 + n).filter(|n| *n <= most).chain(0..few + 8);
    for len in tried {
        for p in [EDGE - len, EDGE] {
            paths.follow(code, Call { shape, p, len })?;
        }
    }
    for len in long.iter().flat_map(|n| n - 1..=n + 1) {
        paths.follow(code, Call { shape, p: EDGE - len, len })?;
    }
    Ok(paths)
}

impl Paths {
    fn follow(&mut self, code: &Trail, call: Call) -> Result<(), String> {
        let n = call.len;
        let degree = code.degree(call).map_err(|why| format!("{why}, of {n} bytes"))?;
        match degree {
            0 | 1 => {}
            2..=TOGETHER if n <= self.few => self.longest = self.longest.max(n),
            _ => return Err(format!("degree {degree} of {n} bytes at {:#x}", call.p)),
        }
        self.degree = self.degree.max(degree);
        self.count += 1;
        Ok(())
    }
}
