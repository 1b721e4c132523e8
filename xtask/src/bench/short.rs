//! Short inputs: every length to 256 bytes, from both languages, beside the peers; and what a caller would trip over.

use super::peers::Row;
use super::plot::{self, distinct};
use anyhow::{Context, Result};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Lengths that a page shows: the first ones, and those on both sides of what vectors hold.
const SHOWN: &[usize] = &[
    0, 1, 2, 3, 4, 8, 12, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 96, 127, 128, 129, 192, 255, 256,
];

/// How many lengths on each side are a length's neighbours.
const NEIGHBOURS: usize = 8;
/// A cliff takes so many times as long as the median of the neighbours, and so many nanoseconds longer.
const CLIFF: (f64, f64) = (1.5, 2.0);
/// Slower than the best peer is what takes so many times as long, and so many nanoseconds longer: less is scatter.
const SLOWER: (f64, f64) = (1.05, 0.3);

/// One kernel in one language.
struct Kernel<'a> {
    lang: &'a str,
    name: &'a str,
    implementations: Vec<&'a str>,
    rows: Vec<&'a Row>,
}

/// Writes `short-FAMILY.csv`, with every length, `.md`, for readers, and `.svg`, of every family among `rows`.
pub fn write(rows: &[Row], folder: &Path) -> Result<()> {
    plot::lengths(rows, folder)?;
    for family in distinct(rows.iter().map(|r| r.family.as_str())) {
        let file = |ending| folder.join(format!("short-{family}.{ending}"));
        let put = |ending, text: String| {
            fs::write(file(ending), text)
                .with_context(|| format!("writing {}", file(ending).display()))
        };
        let kernels = kernels(rows, family);
        put("csv", csv(&kernels))?;
        put("md", page(family, &kernels))?;
    }
    Ok(())
}

/// The pages of all families among `rows`, for the terminal.
pub fn text(rows: &[Row]) -> String {
    let families = distinct(rows.iter().map(|r| r.family.as_str()));
    families.iter().map(|family| page(family, &kernels(rows, family)) + "\n").collect()
}

fn kernels<'a>(rows: &'a [Row], family: &str) -> Vec<Kernel<'a>> {
    let rows: Vec<&Row> = rows.iter().filter(|r| r.family == family).collect();
    let of = |name| {
        let rows = rows.clone();
        ["rust", "go"].into_iter().filter_map(move |lang| {
            let is_own = |r: &&&Row| r.lang == lang && r.kernel == name;
            let rows: Vec<&Row> = rows.iter().filter(is_own).copied().collect();
            let implementations = distinct(rows.iter().map(|r| r.implementation.as_str()));
            (!rows.is_empty()).then_some(Kernel { lang, name, implementations, rows })
        })
    };
    distinct(rows.iter().map(|r| r.kernel.as_str())).into_iter().flat_map(of).collect()
}

impl Kernel<'_> {
    fn ns(&self, implementation: &str, size: usize) -> Option<f64> {
        let is = |r: &&&Row| r.size == size && r.implementation == implementation;
        self.rows.iter().find(is).map(|r| r.ns)
    }

    fn sizes(&self) -> Vec<usize> {
        let ours = self.implementations[0];
        self.rows.iter().filter(|r| r.implementation == ours).map(|r| r.size).collect()
    }

    /// Ours, at each length: its place in time, beside the fastest that is not ours.
    fn beside_best(&self) -> Vec<Time<'_>> {
        let peers = self.implementations.iter().skip(1).filter(|name| **name != "portable");
        let best = |size| {
            let times = peers.clone().filter_map(|name| Some((self.ns(name, size)?, *name)));
            times.min_by(|a, b| a.0.total_cmp(&b.0))
        };
        let ours = |size| self.ns(self.implementations[0], size).unwrap_or_default();
        self.sizes().into_iter().map(|size| (size, ours(size), best(size))).collect()
    }
}

/// A line for each length, a column for each implementation: `rust encode widelane`.
fn csv(kernels: &[Kernel]) -> String {
    let columns = || {
        kernels
            .iter()
            .flat_map(|k| k.implementations.iter().map(move |implementation| (k, *implementation)))
    };
    let mut out = "bytes".to_owned();
    columns().for_each(|(k, name)| out += &format!(",{} {} {name}", k.lang, k.name));
    out += "\n";
    let mut sizes: Vec<usize> = kernels.iter().flat_map(Kernel::sizes).collect();
    sizes.sort_unstable();
    sizes.dedup();
    for size in sizes {
        out += &size.to_string();
        for (kernel, name) in columns() {
            out += ",";
            out += &kernel.ns(name, size).map(|ns| format!("{ns:.2}")).unwrap_or_default();
        }
        out += "\n";
    }
    out
}

fn page(family: &str, kernels: &[Kernel]) -> String {
    let mut out = format!(
        "# {family}: 0 to 256 bytes\n\nNanoseconds a call; every length is in [short-{family}.csv](short-{family}.csv), and \
         [drawn](short-{family}.svg). [about.txt](about.txt) has the machine.\n"
    );
    for kernel in kernels {
        let lang = if kernel.lang == "go" { "Go" } else { "Rust" };
        let _ = writeln!(out, "\n## {}, {lang}\n\n{}", kernel.name, table(kernel));
        let times = kernel.beside_best();
        let _ = writeln!(out, "- Cliffs: {}.", listed(&cliffs(&times)));
        let _ = writeln!(out, "- Slower than the best peer: {}.", listed(&slower(&times)));
    }
    out
}

fn table(kernel: &Kernel) -> String {
    let mut out = format!("| bytes | {} |\n|--:|", kernel.implementations.join(" | "));
    out += &"--:|".repeat(kernel.implementations.len());
    out += "\n";
    let sizes = kernel.sizes();
    for &size in SHOWN.iter().filter(|size| sizes.contains(size)) {
        out += &format!("| {size} |");
        for name in &kernel.implementations {
            let ns = kernel.ns(name, size).map(|ns| format!("{ns:.1}"));
            out += &format!(" {} |", ns.unwrap_or_default());
        }
        out += "\n";
    }
    out
}

/// A length that is worth a note: ours there, and what it is held against.
struct Mark<'a> {
    /// Place in the list of lengths.
    at: usize,
    size: usize,
    ours: f64,
    than: f64,
    /// Whose time that is.
    whose: &'a str,
}

/// Ours and the best peer's at one length.
type Time<'a> = (usize, f64, Option<(f64, &'a str)>);

/// What costs more than its neighbours on one side: where a caller's time has a step up, or would fall if its input were longer.
fn cliffs<'a>(times: &[Time]) -> Vec<Mark<'a>> {
    let side = |at: usize, neighbours: &[Time], whose| {
        let (size, ours, _) = times[at];
        let than = median(neighbours.iter().map(|t| t.1))?;
        let steep = ours > than * CLIFF.0 && ours > than + CLIFF.1;
        steep.then_some(Mark { at, size, ours, than, whose })
    };
    let marks = (0..times.len()).filter_map(|at| {
        let before = &times[at.saturating_sub(NEIGHBOURS)..at];
        let behind = &times[at + 1..times.len().min(at + 1 + NEIGHBOURS)];
        side(at, before, "shorter ones").or_else(|| side(at, behind, "longer ones"))
    });
    marks.collect()
}

fn slower<'a>(times: &[Time<'a>]) -> Vec<Mark<'a>> {
    let marks = times.iter().enumerate().filter_map(|(at, &(size, ours, best))| {
        let (than, whose) = best?;
        let is_slower = ours > than * SLOWER.0 && ours > than + SLOWER.1;
        is_slower.then_some(Mark { at, size, ours, than, whose })
    });
    marks.collect()
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// Lengths in a row are one note, with the worst of them in figures.
fn listed(marks: &[Mark]) -> String {
    let notes: Vec<String> = marks.chunk_by(|a, b| b.at == a.at + 1).map(note).collect();
    if notes.is_empty() { "none".into() } else { notes.join("; ") }
}

fn note(run: &[Mark]) -> String {
    let (first, last) = (run[0].size, run[run.len() - 1].size);
    let worst = run.iter().rev().max_by(|a, b| (a.ours / a.than).total_cmp(&(b.ours / b.than)));
    let Mark { size, ours, than, whose, .. } = worst.unwrap_or(&run[0]);
    match first == last {
        true => format!("{first} ({ours:.1} ns, {whose} {than:.1})"),
        false => format!("{first} to {last} (at {size} {ours:.1} ns, {whose} {than:.1})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(lang: &str, implementation: &str, size: usize, ns: f64) -> Row {
        let (lang, implementation) = (lang.to_owned(), implementation.to_owned());
        Row {
            lang,
            family: "vec".into(),
            kernel: "sum".into(),
            implementation,
            size,
            ns,
            ratio: 1.0,
        }
    }

    fn times(ns: impl Fn(usize) -> f64) -> Vec<Time<'static>> {
        (0..=64).map(|size| (size, ns(size), Some((4.0, "peer")))).collect()
    }

    #[test]
    fn a_step_is_named_where_it_begins_and_one_that_stays_is_no_cliff_behind() {
        let marks = cliffs(&times(|size| if size < 33 { 3.0 } else { 6.0 }));
        assert_eq!(listed(&marks), "33 to 36 (at 33 6.0 ns, shorter ones 3.0)");
    }

    #[test]
    fn short_input_that_costs_more_than_longer_one_is_a_cliff() {
        let marks = cliffs(&times(|size| if size == 0 { 48.0 } else { 3.0 }));
        assert_eq!(listed(&marks), "0 (48.0 ns, longer ones 3.0)");
    }

    #[test]
    fn what_grows_evenly_has_none() {
        assert_eq!(listed(&cliffs(&times(|size| 3.0 + size as f64 / 8.0))), "none");
    }

    #[test]
    fn slower_than_a_peer_is_said_with_its_name() {
        let marks = slower(&times(|size| if (8..10).contains(&size) { 5.0 } else { 4.1 }));
        assert_eq!(listed(&marks), "8 to 9 (at 8 5.0 ns, peer 4.0)");
    }

    #[test]
    fn each_implementation_has_a_column_and_the_portable_one_is_no_peer() {
        let rows = vec![
            row("rust", "widelane", 0, 1.0),
            row("rust", "portable", 0, 0.5),
            row("rust", "loop", 0, 2.0),
            row("go", "widelane", 0, 3.0),
            row("rust", "widelane", 8, 1.5),
        ];
        let kernels = kernels(&rows, "vec");
        assert_eq!(
            csv(&kernels),
            "bytes,rust sum widelane,rust sum portable,rust sum loop,go sum widelane\n\
             0,1.00,0.50,2.00,3.00\n8,1.50,,,\n"
        );
        assert_eq!(kernels[0].beside_best()[0], (0, 1.0, Some((2.0, "loop"))));
    }
}
