//! The organizations of the account.

pub(crate) struct Organization {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    /// Whether it is validated. An order for one that is not waits.
    pub(crate) is_validated: bool,
}

/// The first is that of living orders.
pub(crate) const ORGANIZATIONS: [Organization; 2] = [
    Organization { id: 31, name: "Example Ltd", is_validated: true },
    Organization { id: 32, name: "Example Works", is_validated: false },
];

impl Organization {
    pub(crate) fn with_id(id: u64) -> Option<&'static Self> {
        ORGANIZATIONS.iter().find(|it| it.id == id)
    }
}
