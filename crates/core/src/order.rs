//! Orders: finding them, their reissues and their duplicates.

mod list_reissues;

pub use self::list_reissues::{ListReissues, Reissue, ReissueStatus, Reissues};
