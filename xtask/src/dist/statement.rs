//! The shape of `provenance.json`: an in-toto statement, version 1, with SLSA's provenance, version 1.
//!
//! Fields are those of <https://in-toto.io/Statement/v1> and <https://slsa.dev/provenance/v1>; what lies below
//! `externalParameters` and `internalParameters` is ours.

use crate::toolchain::Version;
use serde::{Deserialize, Serialize};

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://slsa.dev/provenance/v1";
const REPOSITORY: &str = "git+https://github.com/widelane/widelane";
const COMPILER_SOURCE: &str = "git+https://github.com/rust-lang/rust";
pub const LINKER_SOURCE: &str = "git+https://github.com/llvm/llvm-project";

#[derive(Serialize, Deserialize, Debug)]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    pub subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    pub predicate: Predicate,
}

#[derive(Serialize, Deserialize, Debug)]
pub struct Subject {
    pub name: String,
    pub digest: Digest,
}

#[derive(Serialize, Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Digest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub git_commit: Option<String>,
}

#[derive(Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Predicate {
    pub build_definition: BuildDefinition,
    pub run_details: RunDetails,
}

#[derive(Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct BuildDefinition {
    pub build_type: String,
    pub external_parameters: External,
    pub internal_parameters: Internal,
    pub resolved_dependencies: Vec<Material>,
}

/// What whoever ran `dist` asked for.
#[derive(Serialize, Deserialize, Debug)]
pub struct External {
    pub targets: Vec<String>,
    pub level: Option<String>,
}

#[derive(Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Internal {
    pub libraries: Vec<Library>,
    pub go_module: GoModule,
}

/// How the C library of one target was made.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
pub struct Library {
    pub target: String,
    pub compiler: String,
    pub core: String,
    pub flags: Vec<String>,
    pub linker: String,
}

#[derive(Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct GoModule {
    pub path: String,
    pub version: String,
    pub machine_code: Vec<MachineCode>,
}

/// What made the machine code in the module's assembly files.
#[derive(Serialize, Deserialize, Debug)]
pub struct MachineCode {
    pub arch: String,
    pub compiler: String,
    pub flags: Vec<String>,
}

/// A resource descriptor: something that went in.
#[derive(Serialize, Deserialize, Default, Debug)]
pub struct Material {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations>,
}

#[derive(Serialize, Deserialize, Default, Debug)]
pub struct Annotations {
    /// Of a commit: whether files differed from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<bool>,
    /// Of a compiler: the LLVM in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub llvm: Option<String>,
}

#[derive(Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct RunDetails {
    pub builder: Builder,
}

#[derive(Serialize, Deserialize, Debug)]
pub struct Builder {
    pub id: String,
}

impl Statement {
    pub fn new(subject: Vec<Subject>, predicate: Predicate) -> Statement {
        Statement { kind: STATEMENT.into(), subject, predicate_type: PREDICATE.into(), predicate }
    }

    /// Whether it says of itself what the fields say.
    pub fn is_known(&self) -> bool {
        self.kind == STATEMENT && self.predicate_type == PREDICATE
    }

    /// The commit of the sources, and whether they differed from it.
    pub fn commit(&self) -> (Option<&str>, bool) {
        let materials = &self.predicate.build_definition.resolved_dependencies;
        let found = materials.iter().find(|m| m.uri.as_deref() == Some(REPOSITORY));
        let commit = found.and_then(|m| m.digest.as_ref()?.git_commit.as_deref());
        let changed = found.and_then(|m| m.annotations.as_ref()?.changed).unwrap_or(false);
        (commit, changed)
    }

    /// Path and SHA-256 of each source.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        let materials = self.predicate.build_definition.resolved_dependencies.iter();
        materials.filter(|m| m.uri.is_none()).filter_map(|m| {
            let digest = m.digest.as_ref()?.sha256.as_deref()?;
            Some((m.name.as_deref()?, digest))
        })
    }
}

impl Subject {
    pub fn new(name: String, sha256: String) -> Subject {
        Subject { name, digest: Digest::sha256(sha256) }
    }
}

impl Digest {
    pub fn sha256(hex: String) -> Digest {
        Digest { sha256: Some(hex), git_commit: None }
    }
}

impl Material {
    pub fn commit(commit: &str, changed: bool) -> Material {
        Material {
            uri: Some(REPOSITORY.into()),
            digest: Some(Digest { sha256: None, git_commit: Some(commit.into()) }),
            annotations: Some(Annotations { changed: Some(changed), llvm: None }),
            name: None,
        }
    }

    /// A compiler by the commit of its own sources, from what [`Version`] displays.
    pub fn compiler(text: &str) -> Option<Material> {
        let version = Version::parse(text)?;
        Some(Material {
            name: Some(format!("rustc {}", version.release)),
            uri: Some(COMPILER_SOURCE.into()),
            digest: Some(Digest { sha256: None, git_commit: Some(version.commit) }),
            annotations: Some(Annotations { changed: None, llvm: Some(version.llvm) }),
        })
    }
}
