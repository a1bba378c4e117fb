crate = a
thread_local! { pub static A: RefCell<u8> = const { RefCell::new(5) }; static B: u8 = 1; }
