//! The C program of `smoke.c`, compiled with the system's compiler and linked with the library that cargo just built.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the libraries are. Cargo builds no static or shared library for a test, so this one asks it to, in a folder of
/// its own: the one in use is locked.
fn library_folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("capi");
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "widelane-capi", "--lib", "--target-dir"])
        .arg(&folder)
        .args(["--target", env!("WIDELANE_TARGET")])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder.join(env!("WIDELANE_TARGET")).join("debug")
}

/// Native libraries that a static Rust library with `std` wants.
const NATIVE: &[&str] = &["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"];

fn compile(out: &Path, language: &str, source: &str, link: &[&str]) {
    let target = env!("WIDELANE_TARGET");
    let compiler = cc::Build::new()
        .cargo_metadata(false)
        .target(target)
        .host(target)
        .opt_level(1)
        .cpp(language == "c++11")
        .get_compiler();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = compiler
        .to_command()
        .args([&format!("-std={language}"), "-Wall", "-Wextra", "-Werror", "-pedantic", "-I"])
        .arg(here.join("include"))
        .arg(here.join("tests").join(source))
        .args(link)
        .arg("-o")
        .arg(out)
        .output()
        .expect("a C compiler starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn run(program: &Path, folder: &Path, mask: &str) -> String {
    let output = Command::new(program)
        .env("WIDELANE_CPU", mask)
        .env("LD_LIBRARY_PATH", folder)
        .output()
        .expect("the program starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    text
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "the linker's arguments are Linux's")]
fn c_program_runs_with_either_library() {
    let folder = library_folder();
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (archive, shared) = (path("libwidelane.a"), path("libwidelane.so"));
    let mut both = Vec::new();
    let links = [("static", [&[&*archive], NATIVE].concat()), ("shared", vec![&*shared])];
    for (name, link) in links {
        let program = folder.join(format!("smoke-{name}"));
        compile(&program, "c99", "smoke.c", &link);
        let best = run(&program, &folder, "");
        let portable = run(&program, &folder, "all=off");
        assert!(best.contains("vec_sum ") && best.contains("\n0 failures"), "{best}");
        assert!(portable.contains("\n0 failures"), "{portable}");
        if cfg!(target_arch = "x86_64") && !cfg!(target_feature = "avx2") {
            assert!(portable.contains("vec_sum generic"), "{portable}");
        }
        both.push(best);
    }
    assert_eq!(both[0], both[1]);
    compile(&folder.join("smoke-cc"), "c++11", "smoke.cc", &[&*shared]);
    run(&folder.join("smoke-cc"), &folder, "");
}
