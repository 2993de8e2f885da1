//! The calls about one order.

use certcentral_transport_hyper::{
    Client, Error, ListReissues, OrderId, Reissues,
    order::{Duplicates, ListDuplicates, Order, OrderCertificate, OrderInfo, OrderStatus},
};

/// Gets an order, unless the list had it, and its certificates, with no call that the order makes
/// needless.
pub(crate) async fn get(
    client: &Client,
    order_id: OrderId,
    listed: Option<Order>,
) -> Result<(Order, Vec<OrderCertificate>), Error> {
    // Old rows of the list have no certificate (observed).
    let order = match listed.filter(has_certificate) {
        Some(order) => order,
        None => client.send(OrderInfo::new(order_id)).await?,
    };
    let reissues = if may_have_reissues(&order) {
        client.send(ListReissues::new(order.id).show_archived(true)).await?
    } else {
        Reissues::default()
    };
    let duplicates = if may_have_duplicates(&order) {
        client.send(ListDuplicates::new(order.id).show_archived(true)).await?
    } else {
        Duplicates::default()
    };
    let certificates = order.certificates(&reissues, &duplicates);
    Ok((order, certificates))
}

/// Returns whether an order has more to tell than its row in the list.
pub(crate) fn has_more(listed: &Order) -> bool {
    !has_certificate(listed) || may_have_reissues(listed) || may_have_duplicates(listed)
}

fn has_certificate(order: &Order) -> bool {
    order.certificate.as_ref().is_some_and(|certificate| certificate.id.is_some())
}

/// Whether the service counts a reissue that is pending is not known.
fn may_have_reissues(order: &Order) -> bool {
    order.status == OrderStatus::ReissuePending
        || may_have(order.has_reissues, order.reissues_count)
}

fn may_have_duplicates(order: &Order) -> bool {
    may_have(order.has_duplicates, order.duplicates_count)
}

/// Returns whether a list can have rows: by the flag, else by the number of rows.
fn may_have(flag: Option<bool>, count: Option<u32>) -> bool {
    flag.unwrap_or(count != Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_list_is_requested_unless_the_order_says_that_it_is_empty() {
        assert!(may_have(None, None));
        assert!(may_have(None, Some(1)));
        assert!(may_have(Some(true), None));
        assert!(!may_have(Some(false), None));
        assert!(!may_have(None, Some(0)));
    }
}
