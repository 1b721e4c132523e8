//! The loops of a kernel: how many instructions a turn has, and of which names. Bounds that are argued from tables of
//! latencies, as the pages of the kernels do for arm64, begin with these counts.

use crate::machine::Line;
use std::collections::BTreeMap;

/// An innermost loop: a branch back, and what lies between it and where it goes.
#[derive(PartialEq, Eq, Debug)]
pub struct Loop<'a> {
    pub first: u64,
    pub last: u64,
    /// Names of instructions, and how often each stands in the loop, most frequent first.
    pub mix: Vec<(&'a str, usize)>,
}

impl Loop<'_> {
    /// Instructions of a turn that takes no branch out or ahead.
    pub fn len(&self) -> usize {
        self.mix.iter().map(|(_, count)| count).sum()
    }
}

/// Every loop within which no branch goes back but its last instruction.
pub fn innermost(lines: &[Line]) -> Vec<Loop<'_>> {
    let back = |line: &Line| line.to.filter(|to| *to <= line.offset).map(|to| (to, line.offset));
    let spans: Vec<(u64, u64)> = lines.iter().filter_map(back).collect();
    let inner = |span: &(u64, u64)| !spans.iter().any(|other| (span.0..span.1).contains(&other.1));
    spans.iter().filter(|span| inner(span)).map(|&span| counted(lines, span)).collect()
}

fn counted(lines: &[Line], (first, last): (u64, u64)) -> Loop<'_> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lines.iter().filter(|line| (first..=last).contains(&line.offset)) {
        *counts.entry(line.text.split(' ').next().unwrap_or_default()).or_default() += 1;
    }
    let mut mix: Vec<(&str, usize)> = counts.into_iter().collect();
    // Stable: names of equal frequency stay in the order of the alphabet.
    mix.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    Loop { first, last, mix }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        generate::go::{assembly_path, signature},
        machine::{Row, rows},
        root::root,
    };
    use kernels_manifest::Arch;
    use std::fs;

    /// A kernel of four-byte instructions: their text, and the index of the one that a branch goes to.
    fn kernel(instructions: &[(&str, Option<u64>)]) -> Vec<Line> {
        let lines = instructions.iter().enumerate().map(|(at, (text, to))| Line {
            offset: 4 * at as u64,
            bytes: Vec::new(),
            text: (*text).to_owned(),
            depth: None,
            note: String::new(),
            to: to.map(|index| 4 * index),
        });
        lines.collect()
    }

    #[test]
    fn the_inner_loop_is_counted_and_the_outer_is_not() {
        let lines = kernel(&[
            ("mov x0, x1", None),
            ("ldr q0, [x0]", None),
            ("add v1, v1, v0", None),
            ("add x0, x0, #16", None),
            ("b.ne 0x4", Some(1)),
            ("b.hi 0x0", Some(0)),
            ("ret", None),
        ]);
        let loops = innermost(&lines);
        let mix = vec![("add", 2), ("b.ne", 1), ("ldr", 1)];
        assert_eq!(loops, [Loop { first: 4, last: 16, mix }]);
        assert_eq!(loops[0].len(), 4);
    }

    #[test]
    fn of_loops_that_cross_the_first_is_counted() {
        let lines = kernel(&[
            ("nop", None),
            ("nop", None),
            ("b.ne 0x0", Some(0)),
            ("b.hi 0x4", Some(1)),
            ("b 0x10", Some(4)),
        ]);
        let spans: Vec<_> = innermost(&lines).iter().map(|l| (l.first, l.last)).collect();
        assert_eq!(spans, [(0, 8), (16, 16)]);
    }

    #[test]
    fn a_branch_ahead_is_no_loop() {
        assert_eq!(innermost(&kernel(&[("b.eq 0x4", Some(1)), ("ret", None)])), []);
    }

    /// A variant's instructions as the committed assembly for arm64 has them, in its comments.
    fn committed(row: &Row) -> Vec<Line> {
        let file = root().join(assembly_path(row.family, Arch::Aarch64));
        let text = fs::read_to_string(file).unwrap();
        let head = format!("TEXT ·{}(SB)", signature::function(row.kernel, row.variant));
        let body =
            text.split("\nTEXT ").map(|t| format!("TEXT {t}")).find(|t| t.starts_with(&head));
        let body = body.unwrap_or_else(|| panic!("no {head} in the assembly"));
        let instructions = body.lines().filter_map(|line| {
            let line = line.trim_start();
            let is_one = line.starts_with("WORD ") || line.starts_with("B done ");
            line.split_once("// ").filter(|_| is_one).map(|(_, text)| text)
        });
        let line = |(at, text): (usize, &str)| Line {
            offset: 4 * at as u64,
            bytes: Vec::new(),
            text: text.to_owned(),
            depth: None,
            note: String::new(),
            to: target(text),
        };
        instructions.enumerate().map(line).collect()
    }

    fn target(text: &str) -> Option<u64> {
        let name = text.split(' ').next()?;
        let branches =
            name.starts_with("b.") || ["b", "cbz", "cbnz", "tbz", "tbnz"].contains(&name);
        let (_, place) = text.rsplit_once("0x").filter(|_| branches)?;
        u64::from_str_radix(place, 16).ok()
    }

    /// The rows of the table of loops in `docs/arm64.md`: a variant's name, and the instructions of a turn.
    fn argued(text: &str) -> impl Iterator<Item = (&str, usize)> {
        text.lines().filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.split('|');
            let name = cells.next()?.split('`').next()?;
            Some((name, cells.nth(1)?.trim().parse().ok()?))
        })
    }

    #[test]
    fn loops_that_are_argued_about_are_in_the_assembly() {
        let text = fs::read_to_string(root().join("docs/arm64.md")).unwrap();
        let mut seen = 0;
        for (name, count) in argued(&text) {
            let row = rows(Arch::Aarch64).find(|row| row.symbol() == format!("wl_go_{name}"));
            let row = row.unwrap_or_else(|| panic!("docs/arm64.md has {name}, which is no kernel"));
            let lines = committed(&row);
            let counts: Vec<usize> = innermost(&lines).iter().map(Loop::len).collect();
            assert!(
                counts.contains(&count),
                "docs/arm64.md argues of {count} instructions in {name}, which has loops of {counts:?} now: what does the change cost there?"
            );
            seen += 1;
        }
        assert!(seen > 10, "the table was not found");
    }
}
