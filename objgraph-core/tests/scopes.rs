//! The objects that are created in a part of a run.

use std::future::poll_fn;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::thread;

use objgraph_core::rc::Rc;
use objgraph_core::sync::Arc;
use objgraph_core::{ENABLED, Instance, Scope, at, id, objects, snapshot};

/// The expected number where tracking is on; otherwise 0.
fn on(count: usize) -> usize {
    if ENABLED { count } else { 0 }
}

#[test]
fn an_object_belongs_to_the_scope_it_is_created_in() {
    let scope = Scope::new("it");
    let before = Rc::new(0);
    let (rc, arc, instance) = {
        let _entered = scope.enter();
        (Rc::new(1), Arc::new(2), Instance::<u8>::new())
    };
    let after = Rc::new(3);
    let ids: Vec<_> = scope.objects().iter().map(|object| object.id()).collect();
    if ENABLED {
        assert!(ids.contains(&id(&rc)) && ids.contains(&id(&arc)) && ids.contains(&id(&instance)));
        assert_eq!(at(id(&rc)).unwrap().scope(), scope.number());
        assert_eq!(at(id(&before)).unwrap().scope(), 0);
        assert_eq!(at(id(&after)).unwrap().scope(), 0);
    }
    assert_eq!(ids.len(), on(3));
    drop((rc, instance));
    assert_eq!(scope.alive(), on(1));
    drop(arc);
    assert_eq!(scope.alive(), 0);
}

#[test]
fn inner_scopes_belong_to_the_outer() {
    let outer = Scope::new("outer");
    let in_outer = outer.enter();
    let one = Rc::new(1);
    let inner = Scope::new("inner");
    let in_inner = inner.enter();
    let two = Rc::new(2);
    assert_eq!(
        Scope::current().map(|scope| scope.name().to_owned()),
        ENABLED.then(|| "inner".to_owned())
    );
    drop(in_inner);
    let three = Rc::new(3);
    drop(in_outer);
    assert!(Scope::current().is_none());
    assert_eq!((outer.alive(), inner.alive()), (on(3), on(1)));
    assert_eq!(outer.contains(inner.number()), ENABLED);
    assert_eq!(outer.contains(outer.number()), ENABLED);
    assert!(!inner.contains(outer.number()) && !outer.contains(0));
    // A living object keeps the record of its scope, and of the one around it.
    let number = inner.number();
    drop(inner);
    assert_eq!(outer.contains(number), ENABLED);
    assert_eq!(outer.alive(), on(3));
    drop((one, two, three));
    assert_eq!(outer.alive(), 0);
}

#[test]
fn scopes_may_be_left_in_any_order_and_entered_twice() {
    let (a, b) = (Scope::new("a"), Scope::new("b"));
    let in_a = a.enter();
    let in_b = b.enter();
    drop(in_a);
    let one = Rc::new(1);
    let again = b.enter();
    drop(in_b);
    let two = Rc::new(2);
    drop(again);
    let three = Rc::new(3);
    assert_eq!((a.alive(), b.alive()), (0, on(2)));
    drop((one, two, three));
}

#[test]
fn threads_are_in_a_scope_when_they_enter_it() {
    let scope = Scope::new("of threads");
    let _entered = scope.enter();
    let outside = thread::spawn(|| Arc::new(1)).join().unwrap();
    let spawned = scope.spawn(|| Arc::new(2)).join().unwrap();
    let clone = scope.clone();
    let entered = thread::spawn(move || {
        let _entered = clone.enter();
        Arc::new(3)
    });
    let entered = entered.join().unwrap();
    let all: Vec<_> = scope.objects().iter().map(|object| object.id()).collect();
    assert_eq!(all.contains(&id(&spawned)), ENABLED);
    assert_eq!(all.contains(&id(&entered)), ENABLED);
    assert!(!all.contains(&id(&outside)));
    assert_eq!(scope.alive(), on(2));
}

#[test]
fn a_future_is_in_its_scope_on_every_thread_that_polls_it() {
    let scope = Scope::new("of a future");
    let mut steps = 0;
    let mut made = Vec::new();
    let future = scope.in_future(poll_fn(move |_| {
        made.push(Arc::new(steps));
        steps += 1;
        match steps {
            3 => Poll::Ready(std::mem::take(&mut made)),
            _ => Poll::Pending,
        }
    }));
    let mut future = Box::pin(future);
    let context = &mut Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(context).is_pending());
    // Between two polls a thread is not in the scope.
    assert!(Scope::current().is_none());
    let (send, receive) = mpsc::channel();
    let other = thread::spawn(move || {
        let context = &mut Context::from_waker(Waker::noop());
        assert!(future.as_mut().poll(context).is_pending());
        send.send(future).unwrap();
    });
    let mut future = receive.recv().unwrap();
    other.join().unwrap();
    assert_eq!(scope.alive(), on(2));
    let Poll::Ready(made) = future.as_mut().poll(context) else {
        panic!("three steps are enough");
    };
    assert_eq!((made.len(), scope.alive()), (3, on(3)));
}

#[test]
fn a_snapshot_has_the_scopes_of_objects() {
    let scope = Scope::new("of a snapshot");
    let kept = {
        let _entered = scope.enter();
        Rc::new("kept")
    };
    let snapshot = snapshot();
    let node = snapshot.nodes().find(|node| node.id() == id(&kept));
    assert_eq!(
        node.map(|node| node.scope()),
        ENABLED.then_some(scope.number())
    );
}

#[test]
fn a_scope_that_is_never_left_ends_with_its_thread() {
    let scope = Scope::new("forgotten");
    let clone = scope.clone();
    let kept = thread::spawn(move || {
        std::mem::forget(clone.enter());
        Arc::new(5)
    });
    let kept = kept.join().unwrap();
    assert_eq!(scope.alive(), on(1));
    assert!(Scope::current().is_none());
    drop(kept);
}

#[test]
fn many_and_deeply_nested_scopes_cost_little() {
    let outer = Scope::new("outer");
    let _entered = outer.enter();
    let mut kept = Vec::new();
    for round in 0..20_000 {
        let scope = Scope::new("round");
        let _entered = scope.enter();
        let object = Rc::new(round);
        if round % 1000 == 0 {
            kept.push(object);
        }
    }
    assert_eq!(outer.alive(), on(20));
    let mut last = outer.clone();
    for depth in 0..100_000 {
        let entered = last.enter();
        let next = Scope::new(depth.to_string());
        drop(entered);
        last = next;
    }
    assert_eq!(outer.contains(last.number()), ENABLED);
    drop(last);
    // An object keeps its scope, however many scopes came after.
    let scopes: Vec<u32> = objects()
        .iter()
        .filter(|object| object.is::<i32>() && outer.contains(object.scope()))
        .map(|object| object.scope())
        .collect();
    assert_eq!(scopes.len(), on(20));
    assert!(scopes.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn off_a_scope_has_no_size() {
    if !ENABLED {
        assert_eq!(size_of::<Scope>(), 0);
        assert_eq!(size_of::<objgraph_core::ScopeGuard<'static>>(), 0);
        assert_eq!(
            (Scope::new("off").name(), Scope::new("off").number()),
            ("", 0)
        );
    }
}

#[test]
fn a_shared_scope_is_the_only_one_of_its_name_inside_of_another() {
    let job = Scope::shared(None, "shared-job");
    let step = Scope::shared(Some(&job), "shared-step");
    let other = Scope::shared(None, "shared-step");
    assert_eq!(
        Scope::shared(Some(&job), "shared-step").number(),
        step.number()
    );
    assert_eq!(step.number() != other.number(), ENABLED);
    assert_eq!(step.is_shared(), ENABLED);
    assert!(!Scope::new("shared-job").is_shared());
    assert_eq!(
        step.outer().map(|outer| outer.number()),
        ENABLED.then(|| job.number())
    );
    assert!(job.outer().is_none());
    assert_eq!(Scope::named("shared-step").len(), on(2));
    // An object keeps the scope, and the one around it.
    let entered = step.entered();
    let made = Rc::new(1);
    let number = entered.scope().number();
    drop((entered, job));
    let again = Scope::shared(Some(&Scope::shared(None, "shared-job")), "shared-step");
    assert_eq!(again.number(), number);
    assert_eq!(again.alive(), on(1));
    drop(made);
}

#[test]
fn a_thread_may_be_in_more_scopes_than_it_remembers() {
    let scopes: Vec<Scope> = (0..40).map(|at| Scope::new(format!("many-{at}"))).collect();
    for _ in 0..3 {
        let mut entered: Vec<_> = scopes.iter().map(|scope| scope.clone().entered()).collect();
        let made: Vec<_> = scopes.iter().map(|_| Arc::new(1)).collect();
        assert_eq!(scopes[39].alive(), on(40));
        // From the middle, too.
        drop(entered.remove(20));
        while let Some(last) = entered.pop() {
            let scope = last.exit();
            let current = Scope::current().map_or(0, |scope| scope.number());
            assert!(!ENABLED || current != scope.number());
        }
        assert!(Scope::current().is_none());
        drop(made);
        for scope in &scopes {
            let _entered = scope.enter();
            let made = Arc::new(2);
            assert_eq!(scope.alive(), on(1));
            drop(made);
        }
    }
}

#[test]
fn scopes_that_nothing_needs_are_gone() {
    thread::spawn(|| {
        for number in 0..100 {
            let scope = Scope::new("short-lived");
            let _entered = scope.enter();
            drop(Rc::new(number));
        }
    })
    .join()
    .unwrap();
    assert!(Scope::named("short-lived").is_empty());
}
