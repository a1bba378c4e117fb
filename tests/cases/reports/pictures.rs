//! The picture of what has leaked.

use std::cell::RefCell;

use objgraph::Tracked;
use objgraph::picture::leaked;
use objgraph::rc::Rc;
use objgraph::sync::Arc;

use crate::process;

/// Without a leak there is no picture, rather than an empty one.
#[test]
fn nothing_leaked_is_not_drawn() {
    #[derive(Tracked, Default)]
    struct Window {
        peer: RefCell<Option<Rc<Window>>>,
        on_close: RefCell<Option<Box<dyn Fn() -> usize>>>,
    }
    if !objgraph::ENABLED {
        assert!(leaked(&objgraph::find_leaks()).is_none());
        return;
    }
    process::succeeds("reports::pictures::nothing_leaked_is_not_drawn", || {
        assert!(leaked(&objgraph::find_leaks()).is_none(), "no object");
        let window = Rc::new(Window::default());
        assert!(leaked(&objgraph::find_leaks()).is_none(), "no leak");

        let own = window.clone();
        *window.on_close.borrow_mut() = Some(Box::new(move || Rc::strong_count(&own)));
        drop(window);
        let leaks = objgraph::find_leaks();
        assert!(leaks.is_empty(), "{leaks}");
        let text = leaked(&leaks).expect("a possible leak").to_text().unwrap();
        assert!(text.contains("Window"), "{text}");

        let window = Rc::new(Window::default());
        *window.peer.borrow_mut() = Some(window.clone());
        drop(window);
        let text = leaked(&objgraph::find_leaks()).expect("a leak");
        let text = text.to_text().unwrap();
        assert!(text.contains("cycle, make Weak"), "{text}");
    });
}

/// gfx-rs/wgpu#5603: a mutex of the program, which shares its name with that of std.
mod lock {
    #[derive(objgraph::Tracked)]
    pub(super) struct Mutex<T: 'static> {
        rank: u32,
        inner: std::sync::Mutex<T>,
    }

    impl<T> Mutex<T> {
        pub(super) fn new(rank: u32, value: T) -> Self {
            let inner = std::sync::Mutex::new(value);
            Self { rank, inner }
        }

        pub(super) fn set(&self, value: T) {
            *self.inner.lock().unwrap() = value;
        }
    }
}

#[derive(Tracked)]
struct Device {
    queue: lock::Mutex<Option<Arc<Queue>>>,
}

#[derive(Tracked)]
struct Queue {
    device: lock::Mutex<Option<Arc<Device>>>,
}

#[test]
fn a_cycle_through_an_own_mutex_is_drawn() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds(
        "reports::pictures::a_cycle_through_an_own_mutex_is_drawn",
        || {
            let device = Arc::new(Device {
                queue: lock::Mutex::new(1, None),
            });
            let queue = Arc::new(Queue {
                device: lock::Mutex::new(2, Some(device.clone())),
            });
            device.queue.set(Some(queue.clone()));
            drop((device, queue));
            let leaks = objgraph::find_leaks();
            assert_eq!(leaks.len(), 2, "{leaks}");
            let drawing = leaked(&leaks).expect("a leak").drawing().unwrap();
            assert_eq!((drawing.objects(), drawing.edges.len()), (2, 2));
            assert_eq!(drawing.cycles.len(), 1);
        },
    );
}
