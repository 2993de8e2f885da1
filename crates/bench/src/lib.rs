//! What the benches and the tests of this crate share: bodies, a bulk run in virtual time, and the
//! rivals' own code.

pub mod bodies;
pub mod bulk;
pub mod over_reqwest;
pub mod plain;
