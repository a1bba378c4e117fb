//! A report of nothing says what it could not see.

use std::cell::RefCell;

use objgraph::Tracked;
use objgraph::rc::{Rc, Weak};

use crate::process;

#[derive(Tracked)]
struct Texture {
    views: RefCell<Vec<Weak<View>>>,
}

#[derive(Tracked)]
struct View([u8; 64]);

/// wgpu#5707: the list of weak views of a texture is never swept.
#[test]
fn a_list_of_dead_views_grows() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("reports::a_list_of_dead_views_grows", || {
        let texture = Rc::new(Texture {
            views: RefCell::default(),
        });
        let frame = || {
            let view = Rc::new(View([0; 64]));
            texture.views.borrow_mut().push(Rc::downgrade(&view));
        };
        let failure = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            objgraph::assert_no_growth!(frame);
        }));
        let message = failure.unwrap_err().downcast::<String>().unwrap();
        assert!(
            message.contains("+1 item per iteration in `Texture.views`"),
            "{message}"
        );
        assert_eq!(objgraph::count_of::<View>(), 0);
        assert_eq!(objgraph::find_leaks().len(), 0);
    });
}
