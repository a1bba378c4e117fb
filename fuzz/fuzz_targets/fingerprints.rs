#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| objgraph_fuzz::fingerprints(text));
