//! What the benches and the tests of this crate share: bodies, a bulk run in virtual time, and a
//! rival's model.

pub mod bodies;
pub mod bulk;
pub mod plain;
