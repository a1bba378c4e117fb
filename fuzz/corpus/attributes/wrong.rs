#[tracked] #[tracked = 5] #[tracked(strict, strict, bound = "T: 5", label = 3, crate = "x", what(1))]
struct S(#[tracked(skip, with = f, back = 3)] fn(&u8) -> dyn Fn(u8) -> Box<u8>, !, *const u8, impl T, m!(), _);
