//! An `Arc<Mutex<Option<Arc<…>>>>` that holds itself.

use std::sync::Mutex;

use expect_test::expect;
use objgraph::Tracked;
use objgraph::sync::{Arc, Weak};

use crate::exclusive::alone;

#[derive(Tracked, Default)]
struct Slot(Mutex<Option<Arc<Slot>>>);

#[derive(Tracked, Default)]
struct WeakSlot(Mutex<Weak<WeakSlot>>);

#[test]
fn an_arc_that_holds_itself() {
    if !objgraph::ENABLED {
        return;
    }
    let alone = alone();
    let slot = Arc::new(Slot::default());
    *slot.0.lock().unwrap() = Some(slot.clone());
    drop(slot);
    let found = alone.found(|slot: &Slot| drop(slot.0.lock().unwrap().take()));
    found.one_kind(
        &["Slot.0"],
        expect![[r#"
            1 object leaked, 32 B: 1 leak of 1 kind

            1. 1 object that holds itself, 32 B                       leak-c4c61acd7fb8f01b
               1 × Slot            made at tests/shapes/self_cycle.rs:23:16
               Slot.0 → (the first)
               born in epoch _, on thread self_cycle::an_arc_that_holds_itself
               fix: make `Slot.0` Weak
                 frees 1 object, 32 B; nothing else would lose its last owner"#]],
    );

    let slot = Arc::new(WeakSlot::default());
    *slot.0.lock().unwrap() = Arc::downgrade(&slot);
    drop(slot);
    alone.nothing(module_path!());
}
