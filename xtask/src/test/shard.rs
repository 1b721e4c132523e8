//! Parts of a run, for several machines side by side.

use super::stage::Stage;
use std::str::FromStr;

/// The `k`-th of `n` parts, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    k: usize,
    n: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let bad = || format!("`{text}` is no part: write 2/3 for the second of three");
        let (k, n) = text.split_once('/').ok_or_else(bad)?;
        let (k, n) = (k.parse().map_err(|_| bad())?, n.parse().map_err(|_| bad())?);
        if k == 0 || k > n {
            return Err(bad());
        }
        Ok(Shard { k, n })
    }
}

impl Shard {
    /// Every n-th stage. Neighbours in the table share their builds and cost about the same, so parts that take turns
    /// come out more even than runs of neighbours.
    pub fn of<'a>(&self, stages: Vec<&'a Stage>) -> Vec<&'a Stage> {
        stages.into_iter().skip(self.k - 1).step_by(self.n).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::table::STAGES;

    #[test]
    fn parts_together_are_the_whole() {
        let mut names = Vec::new();
        for k in 1..=3 {
            let part = Shard { k, n: 3 }.of(STAGES.iter().collect());
            names.extend(part.iter().map(|s| s.name));
        }
        names.sort_unstable();
        let mut all: Vec<_> = STAGES.iter().map(|s| s.name).collect();
        all.sort_unstable();
        assert_eq!(names, all);
    }

    #[test]
    fn what_is_no_part_is_refused() {
        assert_eq!("2/3".parse(), Ok(Shard { k: 2, n: 3 }));
        for text in ["", "2", "0/3", "4/3", "a/b", "1/0"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
