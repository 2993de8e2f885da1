//! What the benches and the tests of this crate share: bodies, and the rivals' own code.

pub mod bodies;
pub mod plain;
