//! A bad neighbour: bursts of computing and of reading memory, as builds and tests beside a benchmark make them.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// More than the caches hold.
const MEMORY: usize = 64 << 20;

/// Until whoever started it is gone: a proof that is killed cannot end its neighbours.
pub fn run() {
    let parent = parent();
    let memory = vec![1_u64; MEMORY / 8];
    let mut sum = 0_u64;
    while self::parent() == parent {
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(7) {
            sum = black_box(sum.wrapping_mul(6_364_136_223_846_793_005).rotate_left(9));
        }
        sum = black_box(memory.iter().fold(sum, |s, x| s ^ x));
    }
}

#[cfg(unix)]
fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(not(unix))]
fn parent() -> u32 {
    0
}
