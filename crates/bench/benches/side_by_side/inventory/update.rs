//! `certcentral-inventory --update` beside a run from nothing: requests, counted at a living sandbox; the
//! time that they take in virtual time; and memory.

use std::{fs, iter, path::Path, time::Duration};

use certcentral_core_testing::{
    service::{Job, Service},
    world::Policy,
};
use certcentral_sandbox::{LivingOrder, Sandbox, SandboxBuilder};
use certcentral_transport_ureq::{
    Api, ApiKey, Client, OrderId, RateLimit,
    order::{OrderInfo, ReissueCertificate},
};

use super::{AT_ONCE, Output, run};
use crate::{goals::Goal, process::Address, table};

const ORDERS: u64 = 10_000;

/// What a run has cost.
struct Cost {
    requests: usize,
    time: Duration,
    /// In KiB.
    peak: f64,
}

/// Every second order was reissued. Then nothing changes, and then one order in a hundred.
pub(super) fn ask(program: &Path) -> Vec<Goal> {
    let account = Account::start();
    let full = account.cost(program);
    account.wait();
    let unchanged = account.cost(program);
    (1..=ORDERS).step_by(100).for_each(|order| account.reissue(order));
    let changed = account.cost(program);
    let rows = [("from nothing", &full), ("unchanged", &unchanged), ("1 % reissued", &changed)];
    let rows = rows.map(|(name, cost)| {
        vec![
            name.to_owned(),
            cost.requests.to_string(),
            format!("{:.1} s", cost.time.as_secs_f64()),
            format!("{:.1} MiB", cost.peak / 1024.0),
        ]
    });
    let title = format!("{ORDERS} orders, half of them reissued; the time is virtual");
    table::print(&title, &["", "requests", "time", "peak"], &rows);
    let requests = |cost: &Cost| cost.requests as f64 / full.requests as f64;
    let time = |cost: &Cost| cost.time.as_secs_f64() / full.time.as_secs_f64();
    vec![
        Goal::at_most(
            "update, unchanged: requests to a full run's",
            1.0 / 300.0,
            requests(&unchanged),
        ),
        Goal::at_most("update, unchanged: time to a full run's", 1.0 / 300.0, time(&unchanged)),
        Goal::at_most("update, 1 % changed: requests to a full run's", 0.04, requests(&changed)),
        Goal::at_most("update, 1 % changed: time to a full run's", 0.04, time(&changed)),
        Goal::at_most(
            "update: peak memory to a full run's",
            1.0,
            unchanged.peak.max(changed.peak) / full.peak,
        ),
    ]
}

struct Account {
    sandbox: Sandbox,
    client: Client,
    csr: String,
    output: Output,
    ca_file: Output,
}

impl Account {
    fn start() -> Self {
        let orders = (1..=ORDERS).map(|order| LivingOrder::new(order, [name(order)]));
        let sandbox = orders.fold(Sandbox::builder().without_rate_limit(), SandboxBuilder::order);
        let sandbox = sandbox.start().unwrap();
        let api = Api::builder(ApiKey::new(sandbox.api_key()).unwrap())
            .base_url(sandbox.base_url())
            .rate_limit(RateLimit::unlimited());
        let client = Client::builder(api.build().unwrap());
        let client = client.root_certificates_pem(sandbox.ca_pem().unwrap()).build().unwrap();
        let order = client.send(OrderInfo::new(OrderId(1))).unwrap();
        let csr = order.certificate.and_then(|certificate| certificate.csr).unwrap();
        let (output, ca_file) = (Output::new(), Output::new());
        fs::write(&ca_file.0, sandbox.ca_pem().unwrap()).unwrap();
        let account = Self { sandbox, client, csr, output, ca_file };
        (1..=ORDERS).step_by(2).for_each(|order| account.reissue(order));
        account.wait();
        account
    }

    fn reissue(&self, order: u64) {
        let reissue = ReissueCertificate::new(OrderId(order), &*self.csr).skip_approval(true);
        let reissue = reissue.common_name(name(order)).dns_names([name(order)]);
        let reissued = self.client.send(reissue).unwrap();
        assert!(!reissued.certificate_chain.is_empty(), "it is issued");
    }

    /// Until the next day.
    fn wait(&self) {
        self.sandbox.advance(Duration::from_secs(24 * 60 * 60));
    }

    fn cost(&self, program: &Path) -> Cost {
        let earlier = self.sandbox.requests().len();
        let address = Address {
            base_url: self.sandbox.base_url(),
            api_key: self.sandbox.api_key().to_owned(),
            ca_file: self.ca_file.0.display().to_string(),
        };
        let output = self.output.0.to_str().unwrap();
        let peak = run(program, &address, &["--update", "--output", output], None);
        let requests = self.sandbox.requests().split_off(earlier);
        let (of_orders, of_account): (Vec<_>, Vec<_>) =
            requests.iter().partition(|request| request.uri.path().ends_with("/reissue"));
        let time = time(of_account.len(), of_orders.len());
        Cost { requests: requests.len(), time, peak }
    }
}

/// When the last call is sent: those about the account come one after the other.
fn time(of_account: usize, of_orders: usize) -> Duration {
    let job = |calls| Job { api: 0, at: Duration::ZERO, background: true, calls };
    let of_account = iter::once(job(u32::try_from(of_account).unwrap()));
    let jobs: Vec<_> = of_account.chain((0..of_orders).map(|_| job(1))).collect();
    let service = Service { workers: AT_ONCE, ..Service::far() };
    let report = service.run(&Policy::default(), &jobs, Duration::from_secs(86_400));
    assert_eq!((report.failed(), report.refused), (0, 0));
    report.last
}

fn name(order: u64) -> String {
    format!("shop-{order}.example.org")
}
