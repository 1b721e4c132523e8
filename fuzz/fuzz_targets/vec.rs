//! Sums, and additions of any three lengths, into a slice of their own or onto a source, or onto both.
#![no_main]

use arbitrary::Arbitrary;
use fuzz::{Memory, Place, agree, planted};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use widelane::internals::vec;

#[derive(Arbitrary, Debug)]
struct Input {
    places: [Place; 3],
    onto: Onto,
    room: u16,
    a: Vec<u64>,
    b: Vec<u64>,
}

/// What the sums are written to.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Onto {
    Neither,
    First,
    Second,
    Both,
}

thread_local! {
    static MEMORY: RefCell<[Memory; 3]> = RefCell::default();
}

fuzz_target!(|input: Input| MEMORY.with_borrow_mut(|memory| {
    sum(memory, &input);
    add(memory, &input);
}));

fn sum([_, memory, _]: &mut [Memory; 3], input: &Input) {
    let p = memory.input(&input.a, input.places[1]);
    agree(&vec::SUM, planted::sum, |f| {
        // SAFETY: the elements are readable, and only variants that this CPU can run are handed over.
        unsafe { f(p, input.a.len()) }
    });
    assert_eq!(memory.contents(p, input.a.len()), input.a, "the input was written to");
}

fn add([to, first, second]: &mut [Memory; 3], input: &Input) {
    let (a, b) = (&input.a, &input.b);
    let first_source = first.input(a, input.places[1]);
    let second_source = second.input(b, input.places[2]);
    agree(&vec::ADD, planted::add, |f| {
        let (mut pa, mut pb) = (first_source, second_source);
        let (mut room, mut b_len) = (usize::from(input.room) % 600, b.len());
        let dst = match input.onto {
            Onto::Neither => to.output(room, input.places[0]),
            Onto::First | Onto::Both => to.input(a, input.places[0]),
            Onto::Second => to.input(b, input.places[0]),
        };
        match input.onto {
            Onto::Neither => {}
            Onto::First => (room, pa) = (a.len(), dst),
            Onto::Second => (room, pb) = (b.len(), dst),
            Onto::Both => (room, b_len, pa, pb) = (a.len(), a.len(), dst, dst),
        }
        // SAFETY: each is valid for its length; dst is apart from the sources, or begins where they do.
        unsafe { f(dst, room, pa, a.len(), pb, b_len) };
        match input.onto {
            Onto::Neither => to.written(dst, room),
            _ => to.contents(dst, room),
        }
    });
    assert_eq!(first.contents(first_source, a.len()), *a, "the first source was written to");
    assert_eq!(second.contents(second_source, b.len()), *b, "the second source was written to");
}
