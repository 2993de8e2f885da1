//! Bodies with something changed. The properties take this file as a module too.

use proptest::sample::Index;

/// Where, with which byte, or none to cut off, and whether it is inserted.
pub(crate) type Change = (Index, Option<u8>, bool);

/// Inserts, replaces or cuts off.
pub(crate) fn change(mut body: Vec<u8>, changes: Vec<Change>) -> Vec<u8> {
    for (at, byte, insert) in changes {
        let at = at.index(body.len().max(1));
        match byte {
            Some(byte) if insert || body.is_empty() => body.insert(at, byte),
            Some(byte) => body[at] = byte,
            None => body.truncate(at),
        }
    }
    body
}
