#[tracked(bound = "T: Clone, U: 'static", crate = a::b, strict, label = Self::f)]
struct S<'a, T: Default, U = u8, const N: usize> where T: Send { #[tracked(with = f::<u8>)] a: Vec<&'a T>, #[tracked(back)] r#b: Weak<Self>, #[tracked(skip)] c: [U; N] }
