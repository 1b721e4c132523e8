//! Tables of figures, for people.

use super::peers::Row;
use comfy_table::{CellAlignment, Table, presets};
use std::collections::BTreeSet;

/// One table for each language and kernel: sizes across; GB/s, and for peers in brackets how many times faster ours is.
pub fn tables(rows: &[Row]) -> String {
    each(rows, table)
}

fn each(rows: &[Row], table: impl Fn(&[&Row]) -> Table) -> String {
    let mut groups: Vec<(String, Vec<&Row>)> = Vec::new();
    for row in rows {
        let title = format!("{} {} {}", row.lang, row.family, row.kernel);
        match groups.last_mut() {
            Some((last, members)) if *last == title => members.push(row),
            _ => groups.push((title, vec![row])),
        }
    }
    groups.iter().map(|(title, rows)| format!("{title}\n{}\n\n", table(rows))).collect()
}

/// The sizes, ascending, and the implementations, in the order in which they come.
fn axes<'a>(rows: &[&'a Row]) -> (BTreeSet<usize>, Vec<&'a str>) {
    let mut names: Vec<&str> = Vec::new();
    for row in rows {
        if !names.contains(&row.implementation.as_str()) {
            names.push(&row.implementation);
        }
    }
    (rows.iter().map(|row| row.size).collect(), names)
}

fn table(rows: &[&Row]) -> Table {
    let (sizes, names) = axes(rows);
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(
        std::iter::once("GB/s (ours is x times as fast)".to_string())
            .chain(sizes.iter().map(|&s| bytes(s))),
    );
    for name in names {
        let cells = rows.iter().filter(|r| r.implementation == name).map(|r| {
            let speed = r.size as f64 / r.ns;
            if r.ratio == 1.0 {
                format!("{speed:.3}")
            } else {
                format!("{speed:.3} ({:.2}x)", r.ratio)
            }
        });
        table.add_row(std::iter::once(name.to_string()).chain(cells));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

pub fn bytes(n: usize) -> String {
    match n {
        0x100000.. => format!("{} MiB", n >> 20),
        0x400.. => format!("{} KiB", n >> 10),
        _ => format!("{n} B"),
    }
}
