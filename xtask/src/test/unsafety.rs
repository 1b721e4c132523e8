//! Every unsafe block has its sentence, on every architecture.
//!
//! Clippy sees this too (`undocumented_unsafe_blocks`), and more exactly, but only in what is compiled for the machine
//! it runs on. This reads the text, and so the kernels for the other architecture as well.

use super::job::Run;
use crate::root::root;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// What a reader may rely on: the sentence stands above the block or above the statement that the block is part of.
const SENTENCE: &str = "// SAFETY:";

pub fn check(run: &mut Run) -> Result<()> {
    let mut bare = Vec::new();
    for folder in ["crates", "xtask/src", "benches/src"] {
        for path in sources(&root().join(folder))? {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let name = path.strip_prefix(root())?.display().to_string();
            let blocks = blocks(&text);
            if blocks.is_empty() {
                continue;
            }
            bare.extend(
                blocks.iter().filter(|b| !b.reasoned).map(|b| format!("{name}:{}", b.line)),
            );
            run.passed(&format!("{name}: {} unsafe blocks", blocks.len()))?;
        }
    }
    if !bare.is_empty() {
        bail!("unsafe without `{SENTENCE}` above it: {}", bare.join(", "));
    }
    Ok(())
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// An unsafe block or an unsafe implementation.
#[derive(PartialEq, Debug)]
struct Block {
    line: usize,
    reasoned: bool,
}

fn blocks(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let opens = |line: &str| {
        let code = line.split("//").next().unwrap_or_default();
        !code.contains('"') && (code.contains("unsafe {") || code.contains("unsafe impl"))
    };
    let found = lines.iter().enumerate().filter(|(_, line)| opens(line));
    found.map(|(i, _)| Block { line: i + 1, reasoned: reasoned(&lines[..i]) }).collect()
}

/// Whether the lines above a block end in its sentence, comments and the head of the same statement apart.
fn reasoned(above: &[&str]) -> bool {
    for line in above.iter().rev() {
        if line.contains(SENTENCE) {
            return true;
        }
        let head = !line.ends_with([';', '}', '{', ',']) && !line.is_empty();
        if !line.starts_with("//") && !head {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasoned_blocks(text: &str) -> Vec<bool> {
        blocks(text).iter().map(|b| b.reasoned).collect()
    }

    #[test]
    fn a_sentence_above_the_block_or_its_statement_counts() {
        let text = "// SAFETY: it is so,\n// and stays so.\nunsafe { f() };\n\
            // SAFETY: as well.\nlet x =\n    unsafe { f() };\n";
        assert_eq!(reasoned_blocks(text), [true, true]);
    }

    #[test]
    fn a_block_without_one_is_found_with_its_line() {
        let text = "// SAFETY: of another.\nlet y = g();\nlet x = unsafe { f() };\n";
        assert_eq!(blocks(text), [Block { line: 3, reasoned: false }]);
        assert_eq!(reasoned_blocks("// safe enough\nunsafe { f() };\n"), [false]);
        assert_eq!(reasoned_blocks("\nunsafe impl Send for X {}\n"), [false]);
    }

    #[test]
    fn words_in_comments_and_strings_are_not_code() {
        assert!(
            blocks("// unsafe { f() }\nlet s = \"unsafe { f() }\";\nunsafe fn f() {\n").is_empty()
        );
    }
}
