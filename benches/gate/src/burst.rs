//! Two libraries against each other in short bursts.
//!
//! A burst fits between two preemptions, and the thread's own clock stops while others run; so of a pair of bursts, made
//! one right after the other in random order, nearly every one is undisturbed or disturbed on both sides alike. The median
//! of their ratios ignores the rest.
//!
//! Where code lies is a matter of luck that lasts as long as the process: with one copy of each library the medians of equal
//! builds were up to 7% apart at one size of one kernel, in about every third run. So each library is loaded several times,
//! linked with code and constants at another place in a page each time, and every pair takes any of either.

use crate::cases::Work;
use std::time::Duration;

/// What a burst should take: long against the clock's own cost, a system call; short against a time slice.
const BURST: f64 = 25_000.0;
/// Pairs of bursts for each case and size. With twice as many the medians of equal builds scatter no less.
const PAIRS: usize = 1000;
/// Where one call is longer than a burst: never fewer pairs than this.
const FEWEST: usize = 200;

pub struct Pair {
    /// Median nanoseconds per call.
    pub old: f64,
    pub new: f64,
    /// The median of the pairs' ratios, new to old: above 1 the new one is slower.
    pub ratio: f64,
}

/// `plant`: by how many percent of its work the new one is to be slowed down.
pub fn compare(old: &[Work], new: &[Work], size: usize, plant: u64) -> Pair {
    let count = calibrate(&old[0], size);
    let pairs = pairs(burst(&old[0], size, count, 0));
    let (mut olds, mut news, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let mut random = Random::new();
    for _ in 0..pairs {
        let (old, new) = (&old[random.below(old.len())], &new[random.below(new.len())]);
        let (o, n);
        if random.below(2) == 0 {
            o = burst(old, size, count, 0);
            n = burst(new, size, count, plant);
        } else {
            n = burst(new, size, count, plant);
            o = burst(old, size, count, 0);
        }
        olds.push(o / count as f64);
        news.push(n / count as f64);
        ratios.push(n / o);
    }
    Pair { old: median(olds), new: median(news), ratio: median(ratios) }
}

/// So many pairs that long calls take no more time in all than short ones, within bounds.
fn pairs(burst: f64) -> usize {
    ((PAIRS as f64 * BURST / burst) as usize).clamp(FEWEST, PAIRS)
}

/// How many calls make a burst; the first is not counted, since it faults pages in.
fn calibrate(work: &Work, size: usize) -> u64 {
    work(1, size);
    let mut n = 1;
    loop {
        let took = (0..5).map(|_| burst(work, size, n, 0)).fold(f64::MAX, f64::min);
        if took >= BURST / 2.0 || n >= 1 << 20 {
            return ((n as f64 * BURST / took) as u64).max(1);
        }
        n *= 2;
    }
}

/// Nanoseconds of this thread's processor time for `n` calls, with `plant` percent more work: so many calls more, and for
/// what is left of the percentage one with less input.
fn burst(work: &Work, size: usize, n: u64, plant: u64) -> f64 {
    let more = n * plant;
    let start = clock();
    work(n + more / 100, size);
    if n < 100 && !more.is_multiple_of(100) {
        work(1, size * (more % 100) as usize / 100);
    }
    (clock() - start).as_nanos() as f64
}

/// Another order in every process, so that repeats are repeats.
struct Random(u64);

impl Random {
    fn new() -> Random {
        Random(u64::from(std::process::id()) << 32 | u64::from(clock().subsec_nanos()) | 1)
    }

    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % n
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn clock() -> Duration {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: t may be written to; the clock exists on every unix that has threads.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut t) };
    Duration::new(t.tv_sec as u64, t.tv_nsec as u32)
}
