//! Random programs of pointer operations, run with std's pointers and with ours: everything that a
//! program can see is the same, snapshots in between or not, and whatever types are left out.

use std::sync::Mutex;

use proptest::prelude::*;

/// An operation, and the two places that it works on.
type Step = (u8, usize, usize);

const OPERATIONS: u8 = 23;
const PLACES: usize = 4;

macro_rules! program {
    ($name:ident, $($module:ident)::+, $Pointer:ident, $Any:ty) => {
        mod $name {
            use std::sync::Mutex;

            use objgraph_core::{Visit, Visitor, snapshot, tracking, unsize};
            use $($module)::+::{$Pointer as Ptr, Weak};

            use super::{PLACES, Step};

            type Notes = std::sync::Arc<Mutex<Vec<String>>>;

            /// A value that notes what happens to it.
            struct NotedValue {
                number: u32,
                child: Mutex<Option<Ptr<NotedValue>>>,
                me: Weak<NotedValue>,
                notes: Notes,
            }

            impl Visit for NotedValue {
                fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                    visitor.field("child", &self.child);
                    visitor.field("me", &self.me);
                }
            }

            impl NotedValue {
                fn new(number: u32, me: Weak<NotedValue>, notes: &Notes) -> Self {
                    let child = Mutex::default();
                    let notes = notes.clone();
                    Self { number, child, me, notes }
                }

                fn note(&self, what: &str) {
                    self.notes.lock().unwrap().push(format!("{what} {}", self.number));
                }
            }

            impl Clone for NotedValue {
                fn clone(&self) -> Self {
                    self.note("clone");
                    if self.number % 5 == 0 {
                        let _ = snapshot();
                    }
                    let child = Mutex::new(self.child.lock().unwrap().clone());
                    let (me, notes) = (self.me.clone(), self.notes.clone());
                    Self { number: self.number + 100, child, me, notes }
                }
            }

            impl Drop for NotedValue {
                fn drop(&mut self) {
                    self.note("drop");
                    if self.number % 3 == 0 {
                        let _ = snapshot();
                    }
                    let seen = (self.me.strong_count(), self.me.weak_count());
                    self.notes.lock().unwrap().push(format!("me {seen:?}"));
                }
            }

            /// Runs a program and returns what it saw.
            pub(super) fn run(program: &[Step]) -> Vec<String> {
                objgraph_core::register::<NotedValue>();
                let notes = Notes::default();
                let mut strong: [Option<Ptr<NotedValue>>; PLACES] = Default::default();
                let mut weak: [Option<Weak<NotedValue>>; PLACES] = Default::default();
                let mut next = 0;
                let mut new = || {
                    next += 1;
                    next
                };
                for &(operation, a, b) in program {
                    let said = match operation {
                        0 | 1 => {
                            strong[a] = Some(Ptr::new(NotedValue::new(new(), Weak::new(), &notes)));
                            String::new()
                        }
                        2 => {
                            let number = new();
                            strong[a] = Some(Ptr::new_cyclic(|me| {
                                NotedValue::new(number, me.clone(), &notes)
                            }));
                            String::new()
                        }
                        3 | 4 => {
                            strong[b] = strong[a].clone();
                            String::new()
                        }
                        5 => {
                            strong[a] = None;
                            String::new()
                        }
                        6 => {
                            weak[b] = strong[a].as_ref().map(Ptr::downgrade);
                            String::new()
                        }
                        7 => {
                            strong[b] = weak[a].as_ref().and_then(Weak::upgrade);
                            String::new()
                        }
                        8 => {
                            weak[a] = None;
                            String::new()
                        }
                        9 => {
                            weak[b] = weak[a].clone();
                            String::new()
                        }
                        10 => {
                            let value = strong[a].as_mut().and_then(Ptr::get_mut);
                            let number = value.map(|value| {
                                value.number += 10;
                                value.number
                            });
                            format!("{number:?}")
                        }
                        11 => {
                            let value = strong[a].as_mut().map(Ptr::make_mut);
                            let number = value.map(|value| {
                                value.number += 10;
                                value.number
                            });
                            format!("{number:?}")
                        }
                        12 => match strong[a].take().map(Ptr::try_unwrap) {
                            Some(Ok(value)) => format!("{}", value.number),
                            Some(Err(pointer)) => {
                                strong[a] = Some(pointer);
                                "shared".into()
                            }
                            None => String::new(),
                        },
                        13 => {
                            let value = strong[a].take().and_then(Ptr::into_inner);
                            format!("{:?}", value.map(|value| value.number))
                        }
                        14 => {
                            let value = strong[a].take().map(Ptr::unwrap_or_clone);
                            format!("{:?}", value.map(|value| value.number))
                        }
                        15 => {
                            let same = strong[a].as_ref().zip(strong[b].as_ref());
                            let weak_same = weak[a].as_ref().zip(weak[b].as_ref());
                            let same = same.map(|(a, b)| Ptr::ptr_eq(a, b));
                            format!("{same:?} {:?}", weak_same.map(|(a, b)| a.ptr_eq(b)))
                        }
                        16 => {
                            let child = strong[b].clone();
                            let old = strong[a].as_ref().map(|parent| {
                                std::mem::replace(&mut *parent.child.lock().unwrap(), child)
                            });
                            format!("{}", old.flatten().is_some())
                        }
                        17 => {
                            let old = strong[a].as_ref().map(|parent| parent.child.lock().unwrap().take());
                            format!("{}", old.flatten().is_some())
                        }
                        18 => {
                            let any = strong[a].take().map(|pointer| unsize!(pointer => $Any));
                            strong[a] = any.map(|any| any.downcast().ok().unwrap());
                            String::new()
                        }
                        19 => {
                            let _ = snapshot();
                            String::new()
                        }
                        20 => {
                            tracking::all();
                            String::new()
                        }
                        _ => {
                            let own = concat!(stringify!($name), "::NotedValue");
                            tracking::except([own]).unwrap();
                            String::new()
                        }
                    };
                    let counts = strong.iter().flatten().map(|pointer| {
                        (pointer.number, Ptr::strong_count(pointer), Ptr::weak_count(pointer))
                    });
                    let counts: Vec<_> = counts.collect();
                    let weak_counts = weak.iter().flatten().map(|weak| {
                        (weak.upgrade().map(|p| p.number), weak.strong_count(), weak.weak_count())
                    });
                    let weak_counts: Vec<_> = weak_counts.collect();
                    let mut notes = notes.lock().unwrap();
                    notes.push(format!("{operation} {a} {b}: {said} {counts:?} {weak_counts:?}"));
                }
                drop(strong);
                tracking::all();
                let weak_counts = weak.iter().flatten().map(|w| (w.strong_count(), w.weak_count()));
                let weak_counts: Vec<_> = weak_counts.collect();
                let mut notes = notes.lock().unwrap();
                notes.push(format!("end {weak_counts:?}"));
                notes.clone()
            }
        }
    };
}

program!(std_rc, std::rc, Rc, dyn std::any::Any);
program!(our_rc, objgraph_core::rc, Rc, dyn std::any::Any);
program!(std_arc, std::sync, Arc, dyn std::any::Any + Send + Sync);
program!(
    our_arc,
    objgraph_core::sync,
    Arc,
    dyn std::any::Any + Send + Sync
);

fn programs() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec((0..OPERATIONS, 0..PLACES, 0..PLACES), 0..60)
}

/// One at a time: the snapshots of one would hold the `Arc`s of the other, and drop the values that
/// are dropped meanwhile, which is the one thing that a program can see.
static ALONE: Mutex<()> = Mutex::new(());

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn programs_see_the_same_with_rc(program in programs()) {
        let _alone = ALONE.lock();
        prop_assert_eq!(std_rc::run(&program), our_rc::run(&program));
    }

    #[test]
    fn programs_see_the_same_with_arc(program in programs()) {
        let _alone = ALONE.lock();
        prop_assert_eq!(std_arc::run(&program), our_arc::run(&program));
    }
}
