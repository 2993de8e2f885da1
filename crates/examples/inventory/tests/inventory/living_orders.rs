//! Orders that are reissued and revoked, and the program with nothing configured.

use std::collections::BTreeMap;

use certcentral_sandbox::Sandbox;
use certcentral_transport_ureq::{
    Api, ApiKey, Client, OrderId,
    order::{OrderInfo, ReissueCertificate, RevokeOrder},
};

use crate::{PROGRAM, living, rows, temp_dir};

#[test]
fn rows_follow_an_order_through_its_reissue() {
    let (dir, sandbox) = (temp_dir("reissue"), living());
    let client = client(&sandbox);
    let statuses = || {
        let run = dir.start(PROGRAM, &sandbox, &[]).end();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let rows = rows::of_json(&run.stdout);
        let text = |text: &Option<String>| text.clone().unwrap();
        let mut statuses = BTreeMap::<_, Vec<_>>::new();
        for row in rows {
            let status = (text(&row.role), text(&row.status), row.serial_number.is_some());
            statuses.entry(row.order_id).or_default().push(status);
        }
        statuses
    };
    let primary = || ("primary".to_owned(), "issued".to_owned(), true);
    assert_eq!(statuses(), BTreeMap::from([(3, vec![primary()]), (5, vec![primary()])]));

    sandbox.hold_issuance(true);
    let order = client.send(OrderInfo::new(OrderId(3))).unwrap();
    let csr = order.certificate.and_then(|certificate| certificate.csr).unwrap();
    client.send(ReissueCertificate::new(OrderId(3), csr).skip_approval(true)).unwrap();
    let pending = ("reissue".to_owned(), "pending".to_owned(), false);
    assert_eq!(statuses()[&3], [primary(), pending]);

    sandbox.hold_issuance(false);
    assert_eq!(statuses()[&3], [primary()]);

    client.send(RevokeOrder::new(OrderId(3)).skip_approval(true)).unwrap();
    assert_eq!(statuses()[&3], [("primary".to_owned(), "revoked".to_owned(), true)]);
}

#[test]
fn filters_choose_among_the_orders_of_the_account() {
    let (dir, sandbox) = (temp_dir("filters"), living());
    for (args, expected) in [
        (&["--filter", "common_name=three.example.com"][..], &[3][..]),
        (&["--status", "issued", "--status", "canceled"], &[3, 5]),
        (&["--filter", "domain_name=www.five.example.com", "--status", "issued"], &[5]),
        (&["--status", "revoked"], &[]),
    ] {
        let run = dir.start(PROGRAM, &sandbox, args).end();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let rows = rows::of_json(&run.stdout);
        assert_eq!(rows.iter().map(|row| row.order_id).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn certificates_that_expire_soon_are_counted() {
    let (dir, sandbox) = (temp_dir("expiring"), living());
    for (days, count) in [("30", 0), ("365", 2)] {
        let run = dir.start(PROGRAM, &sandbox, &["--expiring-within", days]).end();
        let line = format!("\nexpiring:      {count} within {days} days; 0 have expired\n");
        assert!(run.stderr.contains(&line), "{}", run.stderr);
    }
}

#[test]
fn with_nothing_configured_it_says_that_it_queries_a_sandbox() {
    let dir = temp_dir("unconfigured");
    let run = dir.start_unconfigured(PROGRAM, &[]).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let said = "CERTCENTRAL_API_KEY is not set: querying a local sandbox\n";
    assert!(run.stderr.starts_with(said), "{}", run.stderr);
    let rows = rows::of_json(&run.stdout);
    assert_eq!(
        rows::certificates(&rows).into_keys().collect::<Vec<_>>(),
        [700_101, 700_102, 700_103]
    );
}

fn client(sandbox: &Sandbox) -> Client {
    let api = Api::builder(ApiKey::new(sandbox.api_key()).unwrap()).base_url(sandbox.base_url());
    let client = Client::builder(api.build().unwrap());
    client.root_certificates_pem(sandbox.ca_pem().unwrap()).build().unwrap()
}
