//! What the benches and the tests of this crate share: bodies, runs in virtual time, and a rival's
//! model.

pub mod bodies;
pub mod bulk;
pub mod hostile;
pub mod pacing;
pub mod plain;
