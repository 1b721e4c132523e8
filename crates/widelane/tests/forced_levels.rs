//! Each level that `WIDELANE_CPU` can bring about, in a process of its own: detection runs once in a process.
// Without either feature nothing reads the variable.
#![cfg(any(feature = "std", feature = "libc"))]

use std::process::Command;
use widelane::cpu;

/// Set in the processes that this test starts.
const CHILD: &str = "WIDELANE_TEST_CHILD";

/// Masks, from everything to nothing.
fn masks() -> Vec<String> {
    let mut masks = vec![String::new(), "avx512=off".into(), "all=off".into()];
    masks.extend(cpu::features().map(|name| format!("{name}=off")));
    masks
}

#[test]
fn every_mask_serves_what_it_leaves() {
    if std::env::var_os(CHILD).is_some() {
        return;
    }
    assert!(masks().len() >= 3);
    for mask in masks() {
        let output = this_program()
            .args(["--exact", "child", "--nocapture"])
            .env(CHILD, "1")
            .env("WIDELANE_CPU", &mask)
            .output()
            .expect("a test can be run again");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "mask {mask:?}: {text}");
        assert!(text.contains("checked"), "mask {mask:?} checked nothing: {text}");
    }
}

/// This program again, under the emulator that it runs under, if any.
fn this_program() -> Command {
    let exe = std::env::current_exe().expect("a test has a file");
    let emulator = std::env::var("WIDELANE_TEST_EMULATOR").unwrap_or_default();
    let mut words = emulator.split_whitespace();
    let Some(program) = words.next() else { return Command::new(exe) };
    let mut command = Command::new(program);
    command.args(words).arg(exe);
    command
}

/// What one process checks: nothing masked is found, the best of what is left serves, and answers are right.
#[test]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let mask = std::env::var("WIDELANE_CPU").expect("the parent sets it");
    assert_eq!(cpu::check_mask(&mask), Ok(()));
    let left: Vec<_> = cpu::features().collect();
    let floor: Vec<_> = cpu::floor().collect();
    for name in mask.split(',').filter_map(|item| item.strip_suffix("=off")) {
        assert!(
            !left.iter().any(|f| masked(name, f) && !floor.contains(f)),
            "{name} is off, {left:?} are left"
        );
    }
    for kernel in cpu::kernels() {
        let best = kernel.variants().find(|v| v.available()).expect("the portable one is");
        assert_eq!(kernel.serving().name(), best.name(), "{}", kernel.name());
        assert!(best.features().all(|f| left.contains(&f)), "{} {}", kernel.name(), best.name());
    }
    answers();
    println!("checked");
}

/// Whether `name`, switched off, must take `feature` along.
fn masked(name: &str, feature: &str) -> bool {
    name == "all" || name == feature || name == "avx512" && feature.starts_with("avx512")
}

fn answers() {
    for n in 0..300_u64 {
        let p: Vec<u64> = (0..n).collect();
        assert_eq!(widelane::vec::sum(&p), n * n.saturating_sub(1) / 2);
        let mut twice = p.clone();
        widelane::vec::add_assign(&mut twice, &p).expect("lengths agree");
        assert!(twice.iter().zip(&p).all(|(t, x)| *t == 2 * x));
        let text: Vec<u8> = (0..n).map(|i| (i % 251) as u8).collect();
        assert_eq!(widelane::bytealg::index_byte(&text, 250), (n > 250).then_some(250));
    }
}

#[test]
fn init_decides_and_does_no_harm_twice() {
    widelane::init();
    widelane::init();
    assert!(cpu::kernels().count() >= 3);
}
