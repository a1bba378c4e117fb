//! Another thread writes the words while they are read: each is an old or a new one.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use objgraph_scan::words;

#[test]
fn words_are_never_torn() {
    // All bytes of a word are equal, so a mixture of two has two kinds of bytes.
    const ROUNDS: usize = 100_000;
    let value: [AtomicUsize; 4] = Default::default();
    let is_writing = AtomicBool::new(false);
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for byte in (0..=u8::MAX).cycle() {
                for word in &value {
                    word.store(usize::from_ne_bytes([byte; _]), Ordering::SeqCst);
                }
                is_writing.store(true, Ordering::SeqCst);
                if is_done.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
        while !is_writing.load(Ordering::SeqCst) {
            thread::yield_now();
        }
        let torn = (0..ROUNDS).flat_map(|_| words(&value)).find(|word| {
            word.to_ne_bytes()
                .iter()
                .any(|&byte| byte != word.to_ne_bytes()[0])
        });
        is_done.store(true, Ordering::SeqCst);
        assert_eq!(torn, None);
    });
}
