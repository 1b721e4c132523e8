//! CPU features: what the instructions need against what the row declares.

use super::{Fault, decode::Inst};
use crate::refusal::Rule;
use iced_x86::CpuidFeature;
use kernels_manifest::Feature;
use std::collections::BTreeSet;

/// What an instruction needs.
enum Need {
    /// Every x86-64 CPU has it.
    Baseline,
    Feature(Feature),
    /// Not in the table, so no row can declare it.
    Unknown,
}

fn need(feature: CpuidFeature) -> Need {
    use CpuidFeature as C;
    Need::Feature(match feature {
        C::INTEL8086 | C::INTEL186 | C::INTEL286 | C::INTEL386 | C::INTEL486 | C::X64 => {
            return Need::Baseline;
        }
        C::CMOV | C::SSE | C::SSE2 | C::MULTIBYTENOP | C::PAUSE | C::CX8 | C::CET_IBT => {
            return Need::Baseline;
        }
        C::SSE3 => Feature::Sse3,
        C::SSSE3 => Feature::Ssse3,
        C::SSE4_1 => Feature::Sse41,
        C::SSE4_2 => Feature::Sse42,
        C::POPCNT => Feature::Popcnt,
        C::AVX => Feature::Avx,
        C::AVX2 => Feature::Avx2,
        C::BMI1 => Feature::Bmi1,
        C::BMI2 => Feature::Bmi2,
        C::LZCNT => Feature::Lzcnt,
        C::FMA => Feature::Fma,
        C::AES => Feature::Aes,
        C::PCLMULQDQ => Feature::Pclmulqdq,
        C::VPCLMULQDQ => Feature::Vpclmulqdq,
        C::AVX512F => Feature::Avx512f,
        C::AVX512BW => Feature::Avx512bw,
        C::AVX512DQ => Feature::Avx512dq,
        C::AVX512VL => Feature::Avx512vl,
        C::AVX512_VBMI => Feature::Avx512vbmi,
        C::AVX512_VBMI2 => Feature::Avx512vbmi2,
        _ => return Need::Unknown,
    })
}

/// Instructions that need what the row does not declare.
pub fn check(insts: &[Inst], declared: &[Feature]) -> Vec<Fault> {
    let granted: BTreeSet<Feature> =
        declared.iter().flat_map(|f| f.implied().iter().chain([f])).copied().collect();
    let mut faults = Vec::new();
    for (at, inst) in insts.iter().enumerate().filter(|(_, i)| !i.x.is_invalid()) {
        for &feature in inst.x.cpuid_features() {
            let reason = match need(feature) {
                Need::Baseline => continue,
                Need::Feature(f) if granted.contains(&f) => continue,
                Need::Feature(f) => format!("needs {}, which the row does not declare", f.rust()),
                Need::Unknown => format!("needs {feature:?}, which the table does not know"),
            };
            faults.push(Fault::new(at, Rule::Feature, reason));
        }
    }
    faults
}

/// Features beyond the baseline that the instructions need, in the order of the table.
pub fn used(insts: &[Inst]) -> Vec<Feature> {
    let needs = insts.iter().flat_map(|i| i.x.cpuid_features()).map(|&f| need(f));
    let used: BTreeSet<Feature> =
        needs.filter_map(|n| if let Need::Feature(f) = n { Some(f) } else { None }).collect();
    used.into_iter().collect()
}
