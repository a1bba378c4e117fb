#[tracked(no_label)] #[repr(packed(2))]
enum E<T> { A, #[tracked(skip)] B(T), C { #[tracked(back, with = g)] d: Option<(Rc<E<T>>, u8)> } = 5 }
