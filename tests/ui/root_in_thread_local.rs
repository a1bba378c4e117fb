use std::cell::RefCell;

thread_local! {
    #[objgraph::root]
    static CACHE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };

    #[objgraph::root]
    static OTHER: RefCell<Vec<u8>> = RefCell::new(Vec::new());
}

fn main() {
    CACHE.with(|_| ());
    OTHER.with(|_| ());
}
