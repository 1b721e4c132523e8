//! Side-by-side measurement on a shared machine.
//!
//! All contenders of one size run in short bursts, in a random order that changes every round, and a burst is timed with
//! the thread's CPU clock. A burst fits between two preemptions, so the median of its rounds does not see what else the
//! machine is doing; the ratio of two contenders is the median over rounds of their paired bursts, so a change of clock
//! frequency hits both.

use std::cell::UnsafeCell;
use std::hint::black_box;
use std::sync::OnceLock;
use std::time::Duration;

/// How long one size is measured.
struct Plan {
    /// What a burst should take: long against the clock's own cost, short against a time slice.
    burst: Duration,
    rounds: usize,
}

const SIZES: Plan = Plan { burst: Duration::from_micros(30), rounds: 301 };

/// Of short inputs there are 257 lengths, and each comes up [`PASSES`] times.
const SHORT: Plan = Plan { burst: Duration::from_micros(15), rounds: 15 };

/// How often all short lengths are gone through. A core beside a busy one is slower by half for tenths of a second or for
/// many, which is some lengths of a pass, and another buffer may end at a page: the fastest pass of a length has neither.
pub const PASSES: usize = 9;

static PLAN: OnceLock<Plan> = OnceLock::new();

/// From here on, as it suits short inputs. Comes before the first measurement.
pub fn be_short() {
    assert!(PLAN.set(SHORT).is_ok(), "something was measured already");
}

fn plan() -> &'static Plan {
    PLAN.get_or_init(|| SIZES)
}

/// One implementation at one size.
pub struct Contender<'a> {
    name: &'static str,
    run: Box<dyn FnMut(u64) + 'a>,
}

/// An implementation to measure. The loop is part of the closure's own code, so a call costs what it costs in a loop of
/// the user's.
pub fn contender<'a, R>(name: &'static str, mut f: impl FnMut() -> R + 'a) -> Contender<'a> {
    let run = move |n| {
        for _ in 0..n {
            black_box(f());
        }
    };
    Contender { name, run: Box::new(run) }
}

/// A line of results, as the Go side prints it too.
pub struct Row {
    pub name: &'static str,
    pub size: usize,
    /// Median nanoseconds per call.
    pub ns: f64,
    /// How many times as long this one takes as the first contender.
    pub ratio: f64,
}

/// Memory that all contenders write to, one after another: where it lies, and where the input does, can cost as much as a
/// kernel, and should cost all the same.
pub struct Target(UnsafeCell<Vec<u8>>);

impl Target {
    pub fn new(bytes: usize) -> Target {
        Target(UnsafeCell::new(vec![0; bytes]))
    }

    /// The memory, until the contender returns.
    ///
    /// # Safety
    /// No slice from an earlier call is in use any more.
    #[inline]
    #[expect(clippy::mut_from_ref)]
    pub unsafe fn get(&self) -> &mut [u8] {
        // SAFETY: the caller's promise; nothing else gives the memory away.
        unsafe { &mut *self.0.get() }
    }
}

/// Measures all contenders at one size. The first is ours.
pub fn measure(size: usize, mut contenders: Vec<Contender>) -> Vec<Row> {
    let counts: Vec<u64> = contenders.iter_mut().map(calibrate).collect();
    let mut ns = vec![Vec::with_capacity(plan().rounds); contenders.len()];
    let mut order: Vec<usize> = (0..contenders.len()).collect();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..rounds(size) {
        for i in (1..order.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            order.swap(i, (random >> 33) as usize % (i + 1));
        }
        for &i in &order {
            ns[i].push(burst(&mut contenders[i], counts[i]) / counts[i] as f64);
        }
    }
    let ours = ns[0].clone();
    let rows = contenders.iter().zip(ns).map(|(c, ns)| {
        let ratios = ns.iter().zip(&ours).map(|(theirs, ours)| theirs / ours).collect();
        Row { name: c.name, size, ratio: median(ratios), ns: median(ns) }
    });
    rows.collect()
}

/// Fewer rounds where one call alone is longer than a burst.
fn rounds(size: usize) -> usize {
    if size > 1 << 20 { 31 } else { plan().rounds }
}

/// How many calls make a burst. The first call is not counted: it faults pages in and decides dispatch. The shortest of
/// five bursts counts: one that was disturbed would end this too early, and all that follow, of a few calls each, would
/// time the clock.
fn calibrate(c: &mut Contender) -> u64 {
    let wanted = plan().burst.as_nanos() as f64;
    burst(c, 1);
    let mut n = 1;
    loop {
        let took = (0..5).map(|_| burst(c, n)).fold(f64::MAX, f64::min);
        if took >= wanted / 2.0 || n >= 1 << 20 {
            return ((n as f64 * wanted / took) as u64).max(1);
        }
        n *= 2;
    }
}

/// Nanoseconds of this thread's CPU time for `n` calls.
fn burst(c: &mut Contender, n: u64) -> f64 {
    let start = cpu_time();
    (c.run)(n);
    (cpu_time() - start).as_nanos() as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[cfg(unix)]
fn cpu_time() -> Duration {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: t is a timespec that the call may write to; the clock exists on every unix that Rust's std supports.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut t) };
    Duration::new(t.tv_sec as u64, t.tv_nsec as u32)
}

#[cfg(not(unix))]
fn cpu_time() -> Duration {
    use std::{sync::OnceLock, time::Instant};
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}
