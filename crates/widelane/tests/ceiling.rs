//! A kernel above the ceiling is not in the program: SECURITY.md gives that as a way to take kernels out of service.

use widelane::cpu;

/// Whether any kernel has a variant that needs a feature of this name, or one that begins so.
fn compiled_in(feature: &str) -> bool {
    let mut needs = cpu::kernels().flat_map(|k| k.variants().map(|v| v.features()));
    needs.any(|mut names| names.any(|name| name.starts_with(feature)))
}

#[test]
fn what_is_above_the_ceiling_is_left_out_and_nothing_else() {
    let x86 = cfg!(target_arch = "x86_64");
    assert_eq!(compiled_in("avx512"), x86 && cfg!(feature = "v4"));
    assert_eq!(compiled_in("avx2"), x86 && cfg!(feature = "v3"));
    assert!(cpu::kernels().all(|k| k.variants().any(|v| v.name() == "generic")));
}
