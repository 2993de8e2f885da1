//! The orders to query: those of the account, page by page, or those whose ids a file has.

use std::{collections::HashSet, fs, io, vec};

use certcentral_example_cli::{CliError, printable};
use certcentral_transport_hyper::{
    Client, OrderId, Pages,
    order::{ListOrders, Order},
};

use crate::args;

/// Orders, each of them once.
pub(crate) enum Orders {
    Account(Account),
    Ids(vec::IntoIter<OrderId>),
}

/// An order to query.
pub(crate) enum Target {
    Listed(Box<Order>),
    Id(OrderId),
}

impl Target {
    pub(crate) fn id(&self) -> OrderId {
        match self {
            Self::Listed(order) => order.id,
            Self::Id(order_id) => *order_id,
        }
    }
}

impl Orders {
    /// Reads the ids, if a file has them. The account's orders are not listed yet.
    pub(crate) fn open(orders: &args::Orders, client: &Client) -> Result<Self, CliError> {
        let (name, text) = match orders {
            args::Orders::Account(list) => return Ok(Self::Account(Account::new(client, list))),
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
            Self::Account(account) => Self::Account(Account { seen: known, ..account }),
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
            Self::Account(account) => Some(account.next().await?.map(Target::Listed)),
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
    pages: Pages<ListOrders>,
    page: vec::IntoIter<Order>,
    /// The first and the last order of the page.
    ends: Option<(OrderId, OrderId)>,
    total: Option<u64>,
    /// Orders that come and go while the pages are read can move an order to the next page, where it
    /// comes again. Nothing but this grows with the number of orders.
    seen: HashSet<OrderId>,
}

impl Account {
    fn new(client: &Client, list: &ListOrders) -> Self {
        let pages = client.pages(list.clone());
        let page = Vec::new().into_iter();
        Self { pages, page, ends: None, total: None, seen: HashSet::new() }
    }

    async fn next(&mut self) -> Option<Result<Box<Order>, CliError>> {
        loop {
            for order in self.page.by_ref() {
                if self.seen.insert(order.id) {
                    return Some(Ok(Box::new(order)));
                }
            }
            match self.pages.next().await? {
                Ok(page) => {
                    // A service that ignores the offset has no last page.
                    let ends = page.orders.first().map(|order| order.id);
                    let ends = ends.zip(page.orders.last().map(|order| order.id));
                    if ends.is_some() && ends == self.ends {
                        return Some(Err("the service has sent the same page twice".into()));
                    }
                    self.ends = ends;
                    self.total = page.page.as_ref().and_then(|page| page.total);
                    self.page = page.into_iter();
                }
                Err(error) => return Some(Err(error.into())),
            }
        }
    }

    fn left(&self) -> Option<usize> {
        let total = usize::try_from(self.total?).unwrap_or(usize::MAX);
        Some(total.saturating_sub(self.seen.len()).max(self.page.len()))
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
