#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| veriops_fuzz::reading::check(input));
