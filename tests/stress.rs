//! Searches for leaks while other threads move references at full speed: no false leak is reported,
//! and real ones are found.
//!
//! `OBJGRAPH_STRESS_SECONDS` is the duration in seconds, five by default.
// recount: no, it runs for minutes.

#![allow(
    unused_qualifications,
    reason = "where tracking is off, our pointers are those of std"
)]

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use objgraph::sync::{Arc, Weak};
use objgraph::{ObjectId, Tracked};

/// The objects that the threads move. They hold references in all places that a trace visits one
/// after another.
#[derive(Tracked, Default)]
struct Node {
    one: Mutex<Option<Arc<Node>>>,
    many: Mutex<Vec<Arc<Node>>>,
    back: Mutex<Weak<Node>>,
}

/// A cycle that leaks on purpose.
#[derive(Tracked, Default)]
struct LostNode {
    other: Mutex<Option<Arc<LostNode>>>,
}

/// The handles of the program itself.
type HandleSlots = [Mutex<Option<Arc<Node>>>; 8];

/// Pseudorandom numbers (George Marsaglia, "Xorshift RNGs", 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// Runs one step of a thread. It moves a handle from one place to another, so that for a moment
/// only its stack holds the object. Only new nodes get handles to other nodes, so no cycle arises.
fn step(random: &mut Random, held: &HandleSlots, stack: &mut Vec<Arc<Node>>) {
    let place = &held[random.below(held.len())];
    match random.below(9) {
        0 | 1 => stack.push(Arc::new(Node::default())),
        2 => {
            // Swap it with a handle of the program.
            let mine = stack.pop();
            let theirs = std::mem::replace(&mut *place.lock().unwrap(), mine);
            stack.extend(theirs);
        }
        3 => {
            let copy = place.lock().unwrap().clone();
            stack.extend(copy);
        }
        4 if stack.len() > 1 => {
            // A new node owns all handles of the thread.
            let all = std::mem::take(stack);
            let owner = Arc::new(Node::default());
            for node in &all {
                *node.back.lock().unwrap() = Arc::downgrade(&owner);
            }
            *owner.many.lock().unwrap() = all;
            stack.push(owner);
        }
        5 => {
            // Take it out of its owner, which may be dropped.
            if let Some(owner) = stack.pop() {
                let many = std::mem::take(&mut *owner.many.lock().unwrap());
                let one = owner.one.lock().unwrap().take();
                drop(owner);
                stack.extend(many.into_iter().chain(one));
            }
        }
        6 => {
            // Upgrade a weak reference.
            let up = stack
                .last()
                .and_then(|node| node.back.lock().unwrap().upgrade());
            stack.extend(up);
        }
        7 if !stack.is_empty() => {
            let owner = Arc::new(Node::default());
            *owner.one.lock().unwrap() = stack.pop();
            stack.push(owner);
        }
        _ => drop(stack.pop()),
    }
    if stack.len() > 64 {
        stack.truncate(16);
    }
}

/// Two nodes that own each other by turns, and never both at once. A trace that visits one before a
/// turn and the other after it finds a cycle.
fn turn(stop: &AtomicBool) {
    let (mut owner, mut owned) = (Arc::new(Node::default()), Arc::new(Node::default()));
    while !stop.load(Ordering::Relaxed) {
        *owner.one.lock().unwrap() = Some(owned);
        // Each object looked up here is owned only by the stack, or by the other.
        let taken = owner.one.lock().unwrap().take();
        let Some(other) = taken else { break };
        owned = std::mem::replace(&mut owner, other);
    }
}

fn lose() -> [ObjectId; 2] {
    let one = Arc::new(LostNode::default());
    let two = Arc::new(LostNode {
        other: Mutex::new(Some(one.clone())),
    });
    *one.other.lock().unwrap() = Some(two.clone());
    [objgraph::id(&one), objgraph::id(&two)]
}

/// Ends the other threads, even if the search panics.
struct Stop<'s>(&'s AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Lets one test run at a time, since each counts the leaks of the process.
fn alone() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns when a test that begins now ends: each takes half of the time.
fn end() -> Instant {
    let seconds = std::env::var("OBJGRAPH_STRESS_SECONDS");
    let seconds = seconds.map_or(5.0, |text| text.parse().expect("a number of seconds"));
    Instant::now() + Duration::from_secs_f64(seconds / 2.0)
}

#[test]
fn alternating_owners_have_not_leaked() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let (end, stop) = (end(), AtomicBool::new(false));
    let before = objgraph::find_leaks().len();
    thread::scope(|scope| {
        let _stop = Stop(&stop);
        scope.spawn(|| turn(&stop));
        while Instant::now() < end {
            let leaks = objgraph::find_leaks();
            assert_eq!(leaks.len(), before, "{leaks}");
        }
    });
}

#[test]
fn no_false_leak_is_reported() {
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    let end = end();
    let held = HandleSlots::default();
    let (stop, steps) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut looks = 0_u64;
    let mut lost: Vec<ObjectId> = Vec::new();
    thread::scope(|scope| {
        let _stop = Stop(&stop);
        for thread in 1..=3 {
            let (held, stop, steps) = (&held, &stop, &steps);
            scope.spawn(move || {
                let mut random = Random(thread);
                let mut stack = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    for _ in 0..64 {
                        step(&mut random, held, &mut stack);
                    }
                    steps.fetch_add(64, Ordering::Relaxed);
                }
            });
        }
        while Instant::now() < end || looks < 20 {
            if looks == 10 {
                lost = scope.spawn(lose).join().unwrap().into();
                lost.sort();
            }
            let leaks = objgraph::find_leaks();
            let found: Vec<ObjectId> = leaks.ids().collect();
            assert_eq!(found, lost, "look {looks}: {leaks}");
            assert_eq!(leaks.left_behind().len(), 0, "look {looks}: {leaks}");
            looks += 1;
        }
    });
    assert!(steps.load(Ordering::Relaxed) > 1000);

    // After everything is dropped, only the lost objects are alive, and the counts agree.
    drop(held);
    assert_eq!(objgraph::count_of::<Node>(), 0);
    assert_eq!(objgraph::count_of::<LostNode>(), 2);
    let leaks = objgraph::find_leaks();
    let [kind] = leaks.kinds().all() else {
        panic!("{leaks}");
    };
    assert_eq!((kind.objects, kind.fixes.len()), (2, 1), "{leaks}");
}
