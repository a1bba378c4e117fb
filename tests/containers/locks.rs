//! Cells and locks of std while they are held.

use std::cell::RefCell;
use std::sync::{Mutex, RwLock};

locks! {
    ref_cell: RefCell<X> = |item| RefCell::new(item), |cell| cell.borrow_mut();
    mutex: Mutex<X> = |item| Mutex::new(item), |lock| lock.lock().unwrap();
    rw_lock: RwLock<X> = |item| RwLock::new(item), |lock| lock.write().unwrap();
}
