//! Numbers of releases: what a patch, a minor and a major release may change.

use crate::api::Change;
use anyhow::{Result, bail};
use std::fmt;

/// `major.minor.patch`. There are no pre-releases.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Version {
    pub major: u64,
    pub minor: u64,
    pub patch: u64,
}

impl Version {
    pub fn parse(text: &str) -> Option<Version> {
        let numbers: Option<Vec<u64>> = text.split('.').map(|part| part.parse().ok()).collect();
        let [major, minor, patch] = numbers?[..] else { return None };
        Some(Version { major, minor, patch })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// From one release to the next, the smallest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Step {
    Patch,
    Minor,
    Major,
}

impl Step {
    pub const fn name(self) -> &'static str {
        match self {
            Step::Patch => "patch release",
            Step::Minor => "minor release",
            Step::Major => "major release",
        }
    }

    /// Numbers are used one after the other.
    pub fn between(last: &Version, now: &Version) -> Result<Step> {
        let follows = |major, minor, patch| *now == Version { major, minor, patch };
        if follows(last.major, last.minor, last.patch + 1) {
            return Ok(Step::Patch);
        }
        if follows(last.major, last.minor + 1, 0) {
            return Ok(Step::Minor);
        }
        if follows(last.major + 1, 0, 0) {
            return Ok(Step::Major);
        }
        bail!(
            "{now} does not follow {last}: take {major}.{minor}.{}, {major}.{}.0 or {}.0.0",
            last.patch + 1,
            last.minor + 1,
            last.major + 1,
            major = last.major,
            minor = last.minor
        )
    }

    /// The smallest step that admits a change of a surface. Before 1.0.0 a minor release may take names away.
    pub fn needed(last: &Version, change: &Change) -> Step {
        match (change.removed.is_empty(), change.added.is_empty()) {
            (true, true) => Step::Patch,
            (true, false) => Step::Minor,
            (false, _) if last.major == 0 => Step::Minor,
            (false, _) => Step::Major,
        }
    }
}

/// What a person types after a dry run without a failure.
pub fn commands(version: &Version) -> String {
    format!(
        "git tag --sign v{version} --message v{version}\n\
         git tag --sign go-shim/v{version} --message go-shim/v{version}\n\
         cargo xtask dist && cargo xtask verify dist\n\
         git push origin v{version} go-shim/v{version}\n\
         cargo publish --workspace --locked\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn numbers_follow_each_other() {
        let step = |a: &str, b: &str| Step::between(&version(a), &version(b)).ok();
        assert_eq!(step("0.1.9", "0.1.10"), Some(Step::Patch));
        assert_eq!(step("0.1.9", "0.2.0"), Some(Step::Minor));
        assert_eq!(step("0.1.9", "1.0.0"), Some(Step::Major));
        for wrong in ["0.1.9", "0.1.11", "0.2.1", "0.3.0", "1.1.0", "0.1.8"] {
            assert_eq!(step("0.1.9", wrong), None, "{wrong}");
        }
        assert!(version("0.1.10") > version("0.1.9"), "numbers, not text");
        assert_eq!(Version::parse("0.1"), None);
        assert_eq!(Version::parse("0.1.0-rc1"), None);
    }

    #[test]
    fn a_change_asks_for_its_step() {
        let needed = |last: &str, old: &str, new: &str| {
            Step::needed(&version(last), &Change::between(old, new))
        };
        assert_eq!(needed("1.0.0", "a\nb\n", "a\nb\n"), Step::Patch);
        assert_eq!(needed("1.0.0", "a\n", "a\nb\n"), Step::Minor);
        assert_eq!(needed("1.0.0", "a\nb\n", "a\nc\n"), Step::Major);
        assert_eq!(needed("0.4.0", "a\nb\n", "a\n"), Step::Minor);
    }
}
