#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| veriops_fuzz::import::check(input));
