//! Living orders: what the sandbox issues, and what its routes tell of it.

mod approval;
mod downloads;
mod duplicates;
mod fixtures;
mod orders;
mod reissue;
mod revocation;
mod status_changes;
