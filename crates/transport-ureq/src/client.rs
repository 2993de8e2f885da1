//! The client, and the loop of a call.

use std::{
    fmt::{self, Debug, Formatter},
    mem, thread,
    time::{Duration, Instant},
};

use certcentral_core::{Api, Drive, Endpoint, Error, Paged, Step};
use certcentral_network::Settings;
use ureq::Agent;

use crate::{ClientBuilder, Pages, connector, exchange::exchange, pool_generation::PoolGeneration};

/// A blocking client.
///
/// ```no_run
/// use certcentral_transport_ureq::{Api, ApiKey, Client, ListReissues, OrderId};
///
/// let client = Client::new(Api::new(ApiKey::new(std::env::var("CERTCENTRAL_API_KEY")?)?));
/// for reissue in client.send(ListReissues::new(OrderId(112233)))? {
///     println!("{} {} {:?}", reissue.id, reissue.status, reissue.valid_till);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It is cheap to clone and can be used from many threads. Clones share connections and the rate
/// limit.
#[derive(Clone)]
pub struct Client {
    api: Api,
    agent: Agent,
    /// That of the agent's connections, if they are ours.
    generation: Option<PoolGeneration>,
}

impl Client {
    /// Sends a request and returns the parsed response, after any retries.
    ///
    /// Blocks until the call has ended, so it cannot be given up in flight but by its deadline. Called
    /// in `tokio::task::spawn_blocking`, it goes on to its end if the handle is dropped: what is not
    /// [repeatable](Endpoint::is_repeatable), such as a reissue, takes effect then. Each attempt takes 30 s at most. The whole call has no bound
    /// unless [`call_timeout`](certcentral_core::ApiBuilder::call_timeout) sets one, because in a
    /// bulk run a call may wait long for the rate limit.
    ///
    /// # Errors
    ///
    /// See [`Error`]. All permitted retries have been made by then.
    pub fn send<E: Endpoint>(&self, endpoint: E) -> Result<E::Output, Error> {
        self.drive(self.api.call(endpoint))
    }

    /// Sends a request as [`send`](Self::send) does, and ends within `timeout`, pauses and retries
    /// included.
    ///
    /// # Errors
    ///
    /// See [`send`](Self::send). [`Error::is_timeout`] is true if the time was too short.
    pub fn send_within<E: Endpoint>(
        &self,
        endpoint: E,
        timeout: Duration,
    ) -> Result<E::Output, Error> {
        self.drive_within(self.api.call(endpoint), timeout)
    }

    /// Returns an iterator over the pages of a list, which starts with the page that `first` asks
    /// for.
    ///
    /// Each page is a call; [`Api::with_call_timeout`] bounds each. After an error no more come: where the
    /// next page begins if one has an unreadable row, [`Salvaged`](certcentral_core::Salvaged) says.
    ///
    /// ```no_run
    /// use certcentral_transport_ureq::{Client, Error, Paged};
    ///
    /// fn collect<E: Paged>(client: &Client, first: E) -> Result<Vec<E::Output>, Error> {
    ///     client.pages(first).collect()
    /// }
    /// ```
    pub fn pages<E: Paged>(&self, first: E) -> Pages<E> {
        Pages::new(self.clone(), first)
    }

    /// Drives a [`Call`](certcentral_core::Call) that was prepared with [`Api::call`], or calls in a
    /// row, to its end.
    ///
    /// ```no_run
    /// use certcentral_transport_ureq::{Client, Error, ListReissues, OrderId};
    ///
    /// fn list(client: &Client) -> Result<u32, Error> {
    ///     let mut call = client.api().call(ListReissues::new(OrderId(112233)));
    ///     client.drive(&mut call)?;
    ///     Ok(call.attempts())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`send`](Self::send).
    pub fn drive<D: Drive>(&self, mut drive: D) -> Result<D::Output, Error> {
        loop {
            match drive.poll(Instant::now()) {
                Step::Send(mut attempt) => {
                    let request = mem::take(&mut attempt.request);
                    let outcome = attempt.within_span(|| {
                        let (agent, generation) = (&self.agent, self.generation.as_ref());
                        exchange(agent, request, attempt.deadline, attempt.body_limit, generation)
                    });
                    drive.handle(Instant::now(), outcome);
                }
                Step::Wait(until) => thread::sleep(until.saturating_duration_since(Instant::now())),
                Step::Done(result) => return result,
            }
        }
    }

    /// Drives as [`drive`](Self::drive) does, and ends within `timeout`. This replaces the deadline that
    /// was set before.
    ///
    /// # Errors
    ///
    /// See [`send_within`](Self::send_within). A call is over then; calls in a row can be driven on.
    pub fn drive_within<D: Drive>(
        &self,
        mut drive: D,
        timeout: Duration,
    ) -> Result<D::Output, Error> {
        // No deadline if no instant is that far ahead.
        drive.set_deadline(Instant::now().checked_add(timeout));
        let result = self.drive(&mut drive);
        drive.set_deadline(None);
        result
    }

    /// Creates a client with Mozilla's root certificates, TLS by ring and kept connections.
    ///
    /// With the feature `aws-lc-rs`, TLS is by aws-lc-rs. No proxy is used, whatever the environment
    /// says.
    pub fn new(api: Api) -> Self {
        let (agent, generation) = match Settings::built_in() {
            Ok(settings) => connector::agent(settings),
            // Each call reports it, instead of a panic here.
            Err(error) => connector::failing_agent(error),
        };
        Self { api, agent, generation: Some(generation) }
    }

    /// Starts a client with your own root certificates, proxy, connect timeout and pool.
    pub fn builder(api: Api) -> ClientBuilder {
        ClientBuilder::new(api, |api, settings| {
            let (agent, generation) = connector::agent(settings);
            Self { api, agent, generation: Some(generation) }
        })
    }

    /// Creates a client on your own agent, with its TLS, proxy, pool and timeouts.
    ///
    /// These settings are made for each request, whatever the agent's are: no redirects, no error
    /// for a status, the attempt's timeout.
    ///
    /// The agent should not queue requests: the rate limit is kept, but calls are slower. At log level
    /// `TRACE`, `ureq_proto` logs what such an agent sends, including the API key.
    ///
    /// What this crate's own connections do beyond ureq's is not done: see
    /// [Connections](crate#connections). Of a connection that fails, it is not known whether it had
    /// been made, so the request counts as sent.
    ///
    /// ```
    /// use certcentral_transport_ureq::{Api, ApiKey, Client};
    ///
    /// let agent = ureq::Agent::config_builder()
    ///     .ip_family(ureq::config::IpFamily::Ipv4Only)
    ///     .build()
    ///     .into();
    /// let client = Client::with_agent(Api::new(ApiKey::new("0123456789ABCDEF")?), agent);
    /// # let _ = client;
    /// # Ok::<(), certcentral_transport_ureq::Error>(())
    /// ```
    pub fn with_agent(api: Api, agent: Agent) -> Self {
        Self { api, agent, generation: None }
    }

    /// Returns a client for another `api`, another account for example, over the same connections,
    /// TLS settings and pool.
    #[must_use]
    pub fn with_api(&self, api: Api) -> Self {
        Self { api, ..self.clone() }
    }

    /// Returns a client whose calls all leave room for others, over the same connections and with the
    /// same rate limit: see [`Api::in_background`].
    ///
    /// ```no_run
    /// use certcentral_transport_ureq::{Client, Error, order::{ListOrders, Orders}};
    ///
    /// fn all_orders(client: &Client) -> Result<Vec<Orders>, Error> {
    ///     client.in_background().pages(ListOrders::new()).collect()
    /// }
    /// ```
    #[must_use]
    pub fn in_background(&self) -> Self {
        self.with_api(self.api.in_background())
    }

    /// Returns the [`Api`] that this client calls.
    pub fn api(&self) -> &Api {
        &self.api
    }
}

impl Debug for Client {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("api", &self.api).finish_non_exhaustive()
    }
}
