//! What every transport must do: see `tests/`.
//!
//! Here are only the README's snippets, which `cargo test` compiles and runs.

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
