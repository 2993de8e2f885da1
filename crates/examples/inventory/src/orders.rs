//! The orders to query: those of the account, page by page, or those whose ids a file has.

use std::{collections::HashSet, fs, io, vec};

use certcentral_example_cli::{CliError, printable};
use certcentral_transport_hyper::{
    Client, OrderId, Pages,
    order::{ListOrders, Order},
};

use crate::{
    args,
    listing::{Listed, Listing},
};

/// Orders, each of them once.
pub(crate) enum Orders {
    Account(Box<Account>),
    Ids(vec::IntoIter<OrderId>),
}

/// An order to query.
pub(crate) enum Target {
    Listed(Box<Order>),
    /// An order whose row in the list cannot be read, and why.
    Unreadable(OrderId, String),
    Id(OrderId),
}

impl Target {
    pub(crate) fn id(&self) -> OrderId {
        match self {
            Self::Listed(order) => order.id,
            Self::Id(order_id) | Self::Unreadable(order_id, _) => *order_id,
        }
    }
}

impl Orders {
    /// Reads the ids, if a file has them. The account's orders are not listed yet.
    pub(crate) fn open(orders: &args::Orders, client: &Client) -> Result<Self, CliError> {
        let (name, text) = match orders {
            args::Orders::Account(list) => {
                return Ok(Self::Account(Account::new(client, list).into()));
            }
            args::Orders::File(path) => (path.display().to_string(), fs::read_to_string(path)),
            args::Orders::StandardInput => {
                ("standard input".to_owned(), io::read_to_string(io::stdin()))
            }
        };
        let text = text.map_err(|e| format!("cannot read {name}: {e}"))?;
        let ids = ids(&text).map_err(|e| format!("{name}, {e}"))?;
        Ok(Self::Ids(ids.into_iter()))
    }

    /// Leaves out the orders in `known`.
    pub(crate) fn skip(self, known: HashSet<OrderId>) -> Self {
        match self {
            Self::Account(mut account) => {
                account.known = known;
                Self::Account(account)
            }
            Self::Ids(ids) => {
                let left: Vec<_> = ids.filter(|id| !known.contains(id)).collect();
                Self::Ids(left.into_iter())
            }
        }
    }

    /// Returns the next order, or `None` after the last one and after an error.
    ///
    /// Dropping the future loses no order.
    pub(crate) async fn next(&mut self) -> Option<Result<Target, CliError>> {
        match self {
            Self::Account(account) => account.next().await,
            Self::Ids(ids) => ids.next().map(|id| Ok(Target::Id(id))),
        }
    }

    /// Returns how many orders are to come. For those of an account it is what the service says,
    /// and unknown before the first page.
    pub(crate) fn left(&self) -> Option<usize> {
        match self {
            Self::Account(account) => account.left(),
            Self::Ids(ids) => Some(ids.len()),
        }
    }
}

/// The orders of the account.
pub(crate) struct Account {
    pages: Pages<Listing>,
    page: vec::IntoIter<Target>,
    /// The most that a page has said.
    total: Option<u64>,
    /// The orders that were listed. One that moves to the next page meanwhile comes again. Nothing
    /// but this grows with the number of orders.
    seen: HashSet<OrderId>,
    /// The orders to leave out that were not listed yet.
    known: HashSet<OrderId>,
}

impl Account {
    fn new(client: &Client, list: &ListOrders) -> Self {
        let pages = client.pages(Listing(list.clone()));
        let page = Vec::new().into_iter();
        Self { pages, page, total: None, seen: HashSet::new(), known: HashSet::new() }
    }

    async fn next(&mut self) -> Option<Result<Target, CliError>> {
        loop {
            for target in self.page.by_ref() {
                let is_known = self.known.remove(&target.id());
                if self.seen.insert(target.id()) && !is_known {
                    return Some(Ok(target));
                }
            }
            match self.pages.next().await {
                Some(Ok(Listed { orders, unreadable })) => {
                    // A page may leave it out. If it falls, an order has disappeared, and one
                    // behind it may have moved to a page that was read before.
                    self.total = self.total.max(orders.page.as_ref().and_then(|page| page.total));
                    let target = |order: Order| match unreadable.get(&order.id) {
                        Some(error) => Target::Unreadable(order.id, error.clone()),
                        None => Target::Listed(Box::new(order)),
                    };
                    self.page = orders.into_iter().map(target).collect::<Vec<_>>().into_iter();
                }
                Some(Err(error)) => return Some(Err(error.into())),
                None => return self.gap().map(Err),
            }
        }
    }

    /// Returns an error if fewer orders were listed than there are.
    fn gap(&self) -> Option<CliError> {
        let (listed, total) = (self.seen.len(), self.total?);
        let is_gap = u64::try_from(listed).is_ok_and(|listed| listed < total);
        is_gap.then(|| {
            CliError(format!("the service says that there are {total}, and has listed {listed}"))
        })
    }

    fn left(&self) -> Option<usize> {
        let total = usize::try_from(self.total?).unwrap_or(usize::MAX);
        Some(total.saturating_sub(self.seen.len() + self.known.len()).max(self.page.len()))
    }
}

/// Reads ids, one on each line.
fn ids(text: &str) -> Result<Vec<OrderId>, String> {
    let mut seen = HashSet::new();
    let mut ids = Vec::new();
    // Programs on Windows put a byte-order mark in front.
    for (line, number) in text.trim_start_matches('\u{feff}').lines().zip(1..) {
        let id = line.split('#').next().unwrap_or_default().trim();
        if id.is_empty() {
            continue;
        }
        let order_id: OrderId = id.parse().map_err(|e| {
            let id: String = printable(id).chars().take(40).collect();
            format!("line {number}: `{id}` is not an order id: {e}")
        })?;
        if seen.insert(order_id) {
            ids.push(order_id);
        }
    }
    Ok(ids)
}
