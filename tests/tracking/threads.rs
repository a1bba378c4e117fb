//! A choice is valid in all threads, at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::thread;

use objgraph::rc::Rc;
use objgraph::sync::Arc;
use objgraph::{ENABLED, ObjectId, count_of, id, tracking};

use super::alone;

struct Hot(u64);

/// The other thread has looked up the type before, and does so again.
#[test]
fn other_threads_forget_what_was_decided_before() {
    let _alone = alone();
    let (ask, asked) = channel::<()>();
    let (answer, answered) = channel();
    let other = thread::spawn(move || {
        for () in asked {
            let is_recorded = (
                id(&Rc::new(Hot(1))) != ObjectId::NONE,
                id(&Arc::new(Hot(1))) != ObjectId::NONE,
            );
            answer.send(is_recorded).unwrap();
        }
    });
    let is_recorded = || {
        ask.send(()).unwrap();
        answered.recv().unwrap()
    };
    for _ in 0..3 {
        assert_eq!(is_recorded(), (ENABLED, ENABLED));
        tracking::except(["threads::Hot"]).unwrap();
        assert_eq!(is_recorded(), (false, false));
        tracking::only(["threads::*"]).unwrap();
        assert_eq!(is_recorded(), (false, false));
        tracking::only(["*::threads::*"]).unwrap();
        tracking::except([] as [&str; 0]).unwrap();
        assert_eq!(is_recorded(), (ENABLED, ENABLED));
        tracking::all();
    }
    drop(ask);
    other.join().unwrap();
}

/// Whatever was chosen at each moment, what was counted is counted back.
#[test]
fn counters_stay_right_while_the_choice_changes() {
    static IS_OVER: AtomicBool = AtomicBool::new(false);
    let _alone = alone();
    let (send, receive) = channel::<Arc<Hot>>();
    let creators = [send.clone(), send].map(|send| {
        thread::spawn(move || {
            let mut kept = Vec::new();
            for round in 0..20_000 {
                kept.push(Rc::new(Hot(round)));
                kept.truncate(50);
                send.send(Arc::new(Hot(round))).unwrap();
            }
        })
    });
    let dropper = thread::spawn(move || receive.into_iter().count());
    let chooser = thread::spawn(|| {
        let mut choices = 0;
        while !IS_OVER.load(Ordering::Relaxed) || choices < 100 {
            tracking::except(["threads::Hot"]).unwrap();
            let _ = objgraph::snapshot();
            tracking::all();
            choices += 1;
        }
    });
    creators.into_iter().for_each(|one| one.join().unwrap());
    assert_eq!(dropper.join().unwrap(), 40_000);
    IS_OVER.store(true, Ordering::Relaxed);
    chooser.join().unwrap();
    assert_eq!(count_of::<Hot>(), 0);
}
