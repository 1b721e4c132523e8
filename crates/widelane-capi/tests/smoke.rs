//! The C program of `smoke.c`, compiled with the system's compiler and linked with the library that cargo just built.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where cargo put the library: beside the folder of the tests.
fn library_folder() -> PathBuf {
    let exe = std::env::current_exe().expect("a test has a file");
    exe.ancestors().nth(2).expect("target/PROFILE/deps/test").to_path_buf()
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

fn run(program: &Path, mask: &str) -> String {
    let output = Command::new(program)
        .env("WIDELANE_CPU", mask)
        .env("LD_LIBRARY_PATH", library_folder())
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
        let best = run(&program, "");
        let portable = run(&program, "all=off");
        assert!(best.contains("vec_sum ") && best.contains("\n0 failures"), "{best}");
        assert!(portable.contains("\n0 failures"), "{portable}");
        if cfg!(target_arch = "x86_64") && !cfg!(target_feature = "avx2") {
            assert!(portable.contains("vec_sum generic"), "{portable}");
        }
        both.push(best);
    }
    assert_eq!(both[0], both[1]);
    compile(&folder.join("smoke-cc"), "c++11", "smoke.cc", &[&*shared]);
    run(&folder.join("smoke-cc"), "");
}
