
#[cfg(x)] pub(crate) static mut A: Mutex<Vec<Rc<u8>>> = Mutex::new(Vec::new());
