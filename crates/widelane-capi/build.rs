//! Tells the tests which target they are built for, so that they ask for that target's C compiler.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if let Ok(target) = std::env::var("TARGET") {
        println!("cargo::rustc-env=WIDELANE_TARGET={target}");
    }
}
