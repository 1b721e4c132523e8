//! A bad neighbour: bursts of computing and of reading memory, as builds and tests beside a benchmark make them.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// More than the caches hold.
const MEMORY: usize = 64 << 20;

pub fn run() -> ! {
    let memory = vec![1_u64; MEMORY / 8];
    let mut sum = 0_u64;
    loop {
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(7) {
            sum = black_box(sum.wrapping_mul(6_364_136_223_846_793_005).rotate_left(9));
        }
        sum = black_box(memory.iter().fold(sum, |s, x| s ^ x));
    }
}
