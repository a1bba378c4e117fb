//! A subject that owns its observers, each of which owns the subject.

mod leaky {
    use std::cell::RefCell;

    use objgraph::Tracked;
    use objgraph::rc::Rc;

    #[derive(Tracked, Default)]
    pub struct Subject {
        observers: RefCell<Vec<Rc<Observer>>>,
    }

    #[derive(Tracked)]
    pub struct Observer {
        pub subject: RefCell<Option<Rc<Subject>>>,
    }

    pub fn observe(subject: &Rc<Subject>) {
        let observer = Rc::new(Observer {
            subject: RefCell::new(Some(subject.clone())),
        });
        subject.observers.borrow_mut().push(observer);
    }
}

mod mended {
    use std::cell::RefCell;

    use objgraph::Tracked;
    use objgraph::rc::{Rc, Weak};

    #[derive(Tracked, Default)]
    pub struct Subject {
        observers: RefCell<Vec<Rc<Observer>>>,
    }

    #[derive(Tracked)]
    pub struct Observer {
        pub subject: RefCell<Weak<Subject>>,
    }

    pub fn observe(subject: &Rc<Subject>) {
        let observer = Rc::new(Observer {
            subject: RefCell::new(Rc::downgrade(subject)),
        });
        subject.observers.borrow_mut().push(observer);
    }
}

use expect_test::expect;
use objgraph::rc::Rc;

use crate::exclusive::alone;

#[test]
fn a_subject_and_its_observers() {
    if !objgraph::ENABLED {
        return;
    }
    let alone = alone();
    let subject = Rc::new(leaky::Subject::default());
    (0..3).for_each(|_| leaky::observe(&subject));
    drop(subject);
    let found = alone.found(|observer: &leaky::Observer| drop(observer.subject.take()));
    found.one_kind(
        &["Observer.subject", "Subject.observers"],
        expect![[r#"
            4 objects leaked, 176 B: 1 leak of 1 kind

            1. 4 objects kept alive by a cycle, 176 B                 leak-13e45c2fbe402dc2
               3 × Observer        made at tests/shapes/observer.rs:20:24
               1 × Subject         made at tests/shapes/observer.rs:62:19
               Subject.observers[0] → Observer.subject → (the first)
               born in epoch _, on thread observer::a_subject_and_its_observers
               fix: make `Observer.subject` Weak
                 frees 4 objects, 176 B, and nothing that is in use now
                 1 of these would lose its last owner, unless the program holds it:
                   1 × Subject         made at tests/shapes/observer.rs:62:19
                 or clear `Observer.subject` in these objects before the last handle is
                   dropped
               or: `Subject.observers`
                 3 of these would lose their last owner, unless the program holds them:
                   3 × Observer        made at tests/shapes/observer.rs:20:24"#]],
    );

    let subject = Rc::new(mended::Subject::default());
    (0..3).for_each(|_| mended::observe(&subject));
    drop(subject);
    alone.nothing(module_path!());
}
