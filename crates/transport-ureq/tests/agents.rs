//! A client on the user's own agent.

#![allow(clippy::unwrap_used, reason = "tests")]

use certcentral_core::{Api, ApiKey, BaseUrl, ListReissues, OrderId};
use certcentral_sandbox::Sandbox;
use certcentral_transport_ureq::Client;

#[test]
fn an_agent_keeps_its_settings_and_its_pool() {
    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .user_agent("not sent, the core's request is complete")
        .http_status_as_error(true)
        .max_redirects(10)
        .build()
        .into();
    let client = Client::with_agent(api(&sandbox, sandbox.api_key()), agent.clone());
    assert_eq!(client.send(ListReissues::new(OrderId(112_233))).unwrap().certificates.len(), 3);

    let error = client.send(ListReissues::new(OrderId(1))).unwrap_err();
    assert!(error.is_not_found(), "an error status is an answer with a body: {error}");
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests.last().unwrap().headers["user-agent"], "certcentral-rs/0.1.0");
    assert_eq!(sandbox.connections(), 1);

    agent.get(&sandbox.base_url()).call().unwrap_err();
    assert_eq!(sandbox.connections(), 1, "the agent's other requests use the same connections");
}

#[test]
fn a_client_is_shared_by_threads() {
    fn shareable<T: Clone + Send + Sync + std::fmt::Debug + 'static>(_: &T) {}
    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    let client = Client::new(api(&sandbox, sandbox.api_key()));
    shareable(&client);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| client.send(ListReissues::new(OrderId(112_233))).unwrap());
        }
    });
    assert_eq!(sandbox.requests().len(), 8);
}

fn api(sandbox: &Sandbox, key: &str) -> Api {
    let base_url = BaseUrl::parse(&sandbox.base_url()).unwrap();
    Api::builder(ApiKey::new(key).unwrap()).base_url(base_url).build().unwrap()
}
