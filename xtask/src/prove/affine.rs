//! That the CRC kernels are affine, read from the machine code of their doors: for each length and place that the basis is
//! tried for, the path does not depend on data, and the checksum has degree 1 in its bits, or as many as are
//! tried together.

use crate::amd64::{self, Call, Trail};
use crate::generate::go;
use crate::machine::{self, Machine, Row};
use crate::refusal;
use anyhow::{Result, bail};
use kernels_manifest::Arch;
use std::time::Instant;

/// As in `crates/kernels-prove/src/crc32.rs`.
const MOST: u64 = 4096;
const MOST_SHORT: u64 = 1024;
const FEW: u64 = 32;
/// Most bits that are tried together up to that length.
const TOGETHER: u32 = 3;
const LONG: &[u64] = &[8192, 1 << 16, 69_632, 98_304, 114_688];

/// The end of a page and the start of the next: messages lie flush with it, as in the proofs.
const EDGE: u64 = 1 << 40;

/// Machine code that must be refused: for a degree that is too high, a branch, an address and a carry of data.
const PLANTED: &[(&str, &[u8], &str)] = &[
    // mov rax, [rsi]; and rax, [rsi+8]; mov [rcx], eax; ret
    ("product", &[0x48, 0x8b, 0x06, 0x48, 0x23, 0x46, 0x08, 0x89, 0x01, 0xc3], "degree 2"),
    // cmp byte [rsi], 0; je +2; mov [rcx], edi; ret
    ("branch", &[0x80, 0x3e, 0x00, 0x74, 0x02, 0x89, 0x39, 0xc3], "depends on data"),
    // mov rax, [rsi]; mov eax, [rsi+rax]; mov [rcx], eax; ret
    (
        "address",
        &[0x48, 0x8b, 0x06, 0x8b, 0x04, 0x06, 0x89, 0x01, 0xc3],
        "address that depends on data",
    ),
    // mov eax, [rsi]; add eax, edi; mov [rcx], eax; ret
    ("carry", &[0x8b, 0x06, 0x01, 0xf8, 0x89, 0x01, 0xc3], "carries"),
];

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
    let rows = machine::rows(Arch::X86_64).filter(|row| row.family.name == "crc32");
    let is = |row: &Row, w: &String| *w == kernel(row) || *w == format!("{}.affine", kernel(row));
    rows.filter(|row| wanted.is_empty() || wanted.iter().any(|w| is(row, w))).collect()
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
        match affine(&Trail::new(&lifted), short) {
            Ok(Paths { count, degree, longest }) => {
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
    let passes = PLANTED.iter().filter(|(name, bytes, words)| {
        let insts = amd64::plain(bytes);
        match affine(&Trail::bare(&insts), true) {
            Err(why) if why.contains(words) => {
                println!("found    crc32.affine planted-{name}: {why}");
                false
            }
            other => {
                let said = other.err().unwrap_or("passes".into());
                println!("MISSED   crc32.affine planted-{name}: {said}");
                true
            }
        }
    });
    passes.count()
}

/// Paths that were followed, the greatest degree, and the longest message with a greater one than 1.
struct Paths {
    count: usize,
    degree: u32,
    longest: u64,
}

fn affine(code: &Trail, short: bool) -> Result<Paths, String> {
    let mut paths = Paths { count: 0, degree: 0, longest: 0 };
    let most = if short { MOST_SHORT } else { MOST };
    // Shortest last: what is planted reads sixteen bytes.
    let tried = (0..=most).map(|n| FEW + 8 + n).filter(|n| *n <= most).chain(0..FEW + 8);
    for n in tried {
        for p in [EDGE - n, EDGE] {
            paths.follow(code, Call { p, len: n })?;
        }
    }
    for n in LONG.iter().flat_map(|n| n - 1..=n + 1) {
        paths.follow(code, Call { p: EDGE - n, len: n })?;
    }
    Ok(paths)
}

impl Paths {
    fn follow(&mut self, code: &Trail, call: Call) -> Result<(), String> {
        let n = call.len;
        let degree = code.degree(call).map_err(|why| format!("{why}, of {n} bytes"))?;
        match degree {
            0 | 1 => {}
            2..=TOGETHER if n <= FEW => self.longest = self.longest.max(n),
            _ => return Err(format!("degree {degree} of {n} bytes at {:#x}", call.p)),
        }
        self.degree = self.degree.max(degree);
        self.count += 1;
        Ok(())
    }
}
