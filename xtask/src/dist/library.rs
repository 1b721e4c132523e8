//! The C library of one target: static, shared, header and pkg-config file.

use super::plan::{self, Core, Plan};
use super::verify;
use crate::matrix::Os;
use anyhow::{Context, Result, bail};
use ar_archive_writer::{
    ArchiveKind, DEFAULT_OBJECT_READER, NewArchiveMember, write_archive_to_stream,
};
use kernels_manifest::Arch;
use object::read::archive::ArchiveFile;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What the name of our object has among those of the members of a static library of rustc.
const OBJECT: &str = ".widelane.";

/// What every build of the library is told, whatever the workspace or the user's configuration say.
const PROFILE: &[&str] = &[
    "profile.release.codegen-units=1",
    "profile.release.debug=0",
    "profile.release.debug-assertions=false",
    "profile.release.incremental=false",
    "profile.release.lto=true",
    "profile.release.opt-level=3",
    "profile.release.overflow-checks=false",
    "profile.release.panic='abort'",
    "profile.release.strip='none'",
];

/// Makes everything of a target below `out`, from the checkout at `root`.
pub fn make(root: &Path, plan: &Plan, out: &Path) -> Result<()> {
    let (lib, include) = (out.join("lib"), out.join("include"));
    fs::create_dir_all(lib.join("pkgconfig"))?;
    fs::create_dir_all(&include)?;
    let header = fs::read_to_string(root.join("crates/widelane-capi/include/widelane.h"))?;
    let exports = verify::declared(&header);
    let whole = compile(root, plan)?;
    archive(plan, &whole, &lib.join("libwidelane.a"))?;
    verify::archive(&plan.target, &lib.join("libwidelane.a"), &exports)?;
    link(plan, &whole, &exports, &lib)?;
    verify::shared(&plan.target, &lib.join(plan.target.os.shared().0), &exports)?;
    fs::write(include.join("widelane.h"), header)?;
    fs::write(lib.join("pkgconfig/widelane.pc"), pkg_config())?;
    Ok(())
}

/// Runs cargo; returns rustc's static library, which has `compiler_builtins` beside our object.
fn compile(root: &Path, plan: &Plan) -> Result<PathBuf> {
    let folder = root.join("target/dist");
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for name in foreign_variables() {
        command.env_remove(name);
    }
    command
        .current_dir(root)
        .env("RUSTC", &plan.rustc)
        .env("CARGO_TARGET_DIR", &folder)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(plan).join("\x1f"))
        .args(["rustc", "--quiet", "--locked", "--release", "--package", "widelane-capi", "--lib"])
        .args([
            "--no-default-features",
            "--crate-type",
            "staticlib",
            "--target",
            plan.target.triple,
        ])
        .args(PROFILE.iter().flat_map(|setting| ["--config", setting]));
    if plan.core == Core::Source {
        command.env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=core");
        if plan.target.os == Os::Windows {
            // A DLL of ours links no C runtime, which elsewhere has memcpy and its like.
            command.arg("-Zbuild-std-features=compiler-builtins-mem");
        }
    }
    let output = command.output().context("starting cargo")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let name = if plan.target.os == Os::Windows { "widelane.lib" } else { "libwidelane.a" };
    Ok(folder.join(plan.target.triple).join("release").join(name))
}

/// Variables that would change what is built, or how.
fn foreign_variables() -> Vec<OsString> {
    let foreign = |name: &str| {
        name.starts_with("CARGO_") && !matches!(name, "CARGO_HOME" | "CARGO_NET_OFFLINE")
            || name.starts_with("RUSTC")
            || name == "RUSTFLAGS"
    };
    env::vars_os().map(|(name, _)| name).filter(|name| foreign(&name.to_string_lossy())).collect()
}

/// Flags for every crate of the library. No path is among them: the few there were would change the hashes in symbol
/// names, and none reaches the object, which [`mod@verify`] makes sure of.
pub fn flags(plan: &Plan) -> Vec<String> {
    let mut flags = vec!["-Crelocation-model=pic".to_string()];
    if plan.target.arch == Arch::Aarch64 && plan.target.os == Os::Linux {
        // Atomics out of line are calls into a compiler's library; ours run once, so they need not be fast.
        flags.push("-Ctarget-feature=-outline-atomics".into());
    }
    if let Some(level) = plan.level {
        flags.extend(level.rust(plan.target.arch));
    }
    flags
}

/// Writes an archive of our one object.
///
/// `compiler_builtins` is left out: nothing calls it, and a second copy of its many symbols is what makes two Rust
/// libraries in one C program quarrel.
fn archive(plan: &Plan, whole: &Path, to: &Path) -> Result<()> {
    let data = fs::read(whole)?;
    let object = our_object(&data).with_context(|| format!("reading {}", whole.display()))?;
    let object = match plan.target.os {
        Os::Linux | Os::FreeBsd => without_debug_info(object)?,
        Os::Darwin | Os::Windows => object.to_vec(),
    };
    let kind = match plan.target.os {
        Os::Linux | Os::FreeBsd => ArchiveKind::Gnu,
        Os::Darwin => ArchiveKind::Darwin,
        Os::Windows => ArchiveKind::Coff,
    };
    let member = NewArchiveMember::new(object, &DEFAULT_OBJECT_READER, "widelane.o".into());
    let mut bytes = Cursor::new(Vec::new());
    write_archive_to_stream(&mut bytes, &[member], kind, false, None)?;
    fs::write(to, bytes.into_inner())?;
    Ok(())
}

/// The object that link-time optimisation made of all our crates.
fn our_object(archive: &[u8]) -> Result<&[u8]> {
    let file = ArchiveFile::parse(archive)?;
    let mut found = None;
    for member in file.members() {
        let member = member?;
        let name = String::from_utf8_lossy(member.name()).into_owned();
        if name.contains(OBJECT) && found.replace(member.data(archive)?).is_some() {
            bail!("rustc made more than one object of our own");
        }
    }
    found.context("rustc made no object of our own")
}

/// An ELF object without what a distribution's `core` brings along about its own sources. rustup's brings nothing.
fn without_debug_info(object: &[u8]) -> Result<Vec<u8>> {
    if !verify::has_debug_info(object)? {
        return Ok(object.to_vec());
    }
    let objcopy = plan::objcopy()?;
    let scratch = tempfile::tempdir()?;
    let path = scratch.path().join("widelane.o");
    fs::write(&path, object)?;
    let mut command = Command::new(&objcopy);
    // rustup's finds LLVM only where rustup's own proxies say where it lies, which is not so outside of cargo.
    if let Some(sysroot) =
        objcopy.ancestors().nth(5).filter(|sysroot| sysroot.join("lib/rustlib").is_dir())
    {
        command.env("LD_LIBRARY_PATH", sysroot.join("lib"));
    }
    let output = command.arg("--strip-debug").arg(&path).output()?;
    if !output.status.success() {
        bail!("{}: {}", objcopy.display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(fs::read(path)?)
}

/// Links the shared library with exactly these exports.
fn link(plan: &Plan, whole: &Path, exports: &BTreeSet<String>, lib: &Path) -> Result<()> {
    let os = plan.target.os;
    let scratch = tempfile::tempdir()?;
    let (shared, import) = os.shared();
    let mut command = plan.linker.command(os);
    match os {
        Os::Linux | Os::FreeBsd => {
            let script = scratch.path().join("exports.map");
            fs::write(&script, version_script(exports))?;
            command
                .args(["-shared", "--gc-sections", "--hash-style=gnu", "--build-id=sha1"])
                .args(["-z", "relro", "-z", "now", "-z", "noexecstack", "-z", "text"])
                .args(["-soname", shared, "--strip-all", "--version-script"])
                .arg(script)
                .args(exports.iter().map(|name| format!("--undefined={name}")))
                .arg("-o")
                .arg(lib.join(shared))
                .arg(whole);
        }
        Os::Darwin => {
            fs::write(scratch.path().join("libSystem.tbd"), system_library(os))?;
            let version = env!("CARGO_PKG_VERSION");
            command
                .args(["-dylib", "-dead_strip", "-arch", super::darwin_arch(plan.target.arch)])
                .args(["-platform_version", "macos", "11.0", "11.0", "-x"])
                .args(["-install_name", &format!("@rpath/{shared}")])
                .args(["-current_version", version, "-compatibility_version", "0.0.0"])
                .args(
                    exports.iter().flat_map(|name| ["-exported_symbol".into(), format!("_{name}")]),
                )
                .args(exports.iter().flat_map(|name| ["-u".into(), format!("_{name}")]))
                .arg("-o")
                .arg(lib.join(shared))
                .arg(whole)
                .arg("-L")
                .arg(scratch.path())
                .arg("-lSystem");
        }
        Os::Windows => {
            command
                .args(["/dll", "/noentry", "/nodefaultlib", "/Brepro", "/opt:ref", "/nologo"])
                // A mark that floating point is used, which only a C runtime looks for: any address will do.
                .arg("/alternatename:_fltused=memset")
                .arg(format!("/machine:{}", super::windows_machine(plan.target.arch)))
                .args(exports.iter().map(|name| format!("/export:{name}")))
                .arg(format!("/out:{}", lib.join(shared).display()))
                .arg(format!("/implib:{}", lib.join(import.unwrap_or_default()).display()))
                .arg(whole);
        }
    }
    let output =
        command.output().with_context(|| format!("starting {}", plan.linker.program.display()))?;
    if !output.status.success() {
        bail!("linking {shared}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    if let Some(link) = os.shared_link() {
        #[cfg(unix)]
        std::os::unix::fs::symlink(shared, lib.join(link))?;
        // Links need a privilege on Windows.
        #[cfg(not(unix))]
        fs::copy(lib.join(shared), lib.join(link))?;
    }
    Ok(())
}

/// Versioned, so that a program says which generation of the interface it was linked with.
fn version_script(exports: &BTreeSet<String>) -> String {
    let names: String = exports.iter().map(|name| format!("    {name};\n")).collect();
    format!("WIDELANE_0 {{\n  global:\n{names}  local:\n    *;\n}};\n")
}

/// A stand-in for the system's library, of which only names are needed: what a linker reads of Apple's own.
fn system_library(os: Os) -> String {
    let names: Vec<_> = os.wanted().iter().map(|name| name.to_string()).collect();
    format!(
        "--- !tapi-tbd\ntbd-version: 4\ntargets: [ x86_64-macos, arm64-macos ]\n\
         install-name: '/usr/lib/libSystem.B.dylib'\nexports:\n  - targets: [ x86_64-macos, arm64-macos ]\n    \
         symbols: [ dyld_stub_binder, {} ]\n...\n",
        names.join(", ")
    )
}

/// Relative to the file, so that the folder can lie anywhere.
fn pkg_config() -> String {
    format!(
        "prefix=${{pcfiledir}}/../..\nlibdir=${{prefix}}/lib\nincludedir=${{prefix}}/include\n\n\
         Name: widelane\nDescription: SIMD kernels at full speed from Rust, C and Go\n\
         URL: https://github.com/widelane/widelane\nVersion: {}\n\
         Libs: -L${{libdir}} -lwidelane\nCflags: -I${{includedir}}\n",
        env!("CARGO_PKG_VERSION")
    )
}
