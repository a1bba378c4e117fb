allow = ["A", "leak-0123456789abcdef"], retries = 3, growth = 7, warm_up = 9, alive, wait_ms = 5, crate = a::b
#[should_panic(expected = "x")] #[ignore = "y"] async fn t(a: u8) -> Result<(), E> where E: Clone { Ok(()) }
