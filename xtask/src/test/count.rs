//! Reads how many tests ran from what the test runners print.

use serde::Deserialize;
use std::collections::HashSet;

/// Tests that ran, by result.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, o: Count) {
        self.passed += o.passed;
        self.failed += o.failed;
        self.skipped += o.skipped;
    }
}

/// Sums the closing lines of `cargo test`, one for each binary and for the examples in the documentation.
pub fn cargo(output: &str) -> Count {
    let mut sum = Count::default();
    for line in output.lines().filter_map(|l| l.strip_prefix("test result: ")) {
        // "ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s"
        let counts = line.split_once(". ").map_or("", |(_, counts)| counts);
        for part in counts.split("; ") {
            let Some((n, what)) = part.split_once(' ') else { continue };
            let n = n.parse().unwrap_or(0);
            match what {
                "passed" => sum.passed += n,
                "failed" => sum.failed += n,
                "ignored" => sum.skipped += n,
                _ => {}
            }
        }
    }
    sum
}

/// A line of `go test -json`, as far as it is needed here.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    action: String,
    #[serde(default)]
    package: String,
    #[serde(default)]
    test: String,
    #[serde(default)]
    output: String,
}

/// What a run of `go test -json` says.
#[derive(Default)]
pub struct GoRun {
    pub count: Count,
    /// `package.Test` of what was skipped.
    pub skipped: Vec<String>,
    /// What `go test` would have printed: the words of the tests that did not pass, and of the packages.
    pub text: String,
}

/// Counts tests without their subtests, whose number depends on the CPU, and puts the text together. What a test said
/// that passed is left out, or the reader of a log with one failure searches it among thousands of lines.
pub fn go(json: &str) -> GoRun {
    let mut run = GoRun::default();
    let mut lines = Vec::new();
    let mut passed = HashSet::new();
    for line in json.lines() {
        let Ok(event) = serde_json::from_str::<Event>(line) else {
            // The go command itself, or a linker, says something in between.
            lines.push((None, format!("{line}\n")));
            continue;
        };
        let test = (!event.test.is_empty()).then(|| format!("{}.{}", event.package, event.test));
        if event.action == "pass" {
            passed.extend(test.clone());
        }
        lines.push((test, event.output));
        if event.test.is_empty() || event.test.contains('/') {
            continue;
        }
        match event.action.as_str() {
            "pass" => run.count.passed += 1,
            "fail" => run.count.failed += 1,
            "skip" => {
                run.count.skipped += 1;
                run.skipped.push(format!("{}.{}", event.package, event.test));
            }
            _ => {}
        }
    }
    let said = |test: &Option<String>| test.as_ref().is_none_or(|test| !passed.contains(test));
    run.text = lines.into_iter().filter(|(test, _)| said(test)).map(|(_, text)| text).collect();
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_cargo_are_summed() {
        let text = "running 3 tests\ntest a ... ok\n\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 9 filtered out; finished in 1s\n";
        assert_eq!(cargo(text), Count { passed: 7, failed: 2, skipped: 1 });
    }

    #[test]
    fn text_that_only_mentions_results_counts_nothing() {
        assert_eq!(cargo("the test result: ok. 3 passed; 0 failed"), Count::default());
    }

    #[test]
    fn go_events_are_counted_once_per_test() {
        let json = concat!(
            r#"{"Action":"output","Package":"p","Test":"TestA","Output":"--- PASS: TestA\n"}"#,
            "\n# linker says hello\n",
            r#"{"Action":"pass","Package":"p","Test":"TestA/avx2"}"#,
            "\n",
            r#"{"Action":"pass","Package":"p","Test":"TestA"}"#,
            "\n",
            r#"{"Action":"output","Package":"p","Test":"TestB","Output":"b.go:1: wrong\n"}"#,
            "\n",
            r#"{"Action":"fail","Package":"p","Test":"TestB"}"#,
            "\n",
            r#"{"Action":"skip","Package":"p","Test":"TestC"}"#,
            "\n",
            r#"{"Action":"pass","Package":"p"}"#,
            "\n",
        );
        let run = go(json);
        assert_eq!(run.count, Count { passed: 1, failed: 1, skipped: 1 });
        assert_eq!(run.skipped, ["p.TestC"]);
        assert_eq!(run.text, "# linker says hello\nb.go:1: wrong\n");
    }
}
