//! The names and types that other people's code is compiled against. What this file needs to be
//! changed for is a breaking change.

#![expect(clippy::type_complexity, reason = "types are the subject")]

use std::{
    error::Error as StdError,
    fmt::{Debug, Display},
    hash::Hash,
    io,
    num::NonZeroU32,
    str::FromStr,
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_core::{
    Api, ApiBuilder, ApiError, ApiKey, Attempt, BaseUrl, Call, CertificateId, DecodeError,
    Endpoint, Error, ErrorDetail, Failure, ListReissues, OrderId, OtherStatus, RateLimit, Region,
    Reissue, ReissueStatus, Reissues, RetryPolicy, Salvaged, Step, UnreadableRow, decode_json,
};
use certcentral_sandbox::{RecordedRequest, Sandbox};
use certcentral_transport_hyper as on_hyper;
use certcentral_transport_ureq as on_ureq;
use http::{Request, Response, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use time::{Date, OffsetDateTime};

type List = ListReissues;

#[test]
fn who_and_where() {
    let _: fn(String) -> Result<ApiKey, Error> = ApiKey::new;
    let _: fn(&'static str) -> Result<ApiKey, Error> = ApiKey::new;
    let _: fn(&str) -> Result<BaseUrl, Error> = BaseUrl::parse;
    let _: [BaseUrl; 2] = [Region::Us.into(), Region::Eu.into()];
    let _: fn(ApiKey) -> Api = Api::new;
    let _: fn(ApiKey) -> ApiBuilder = Api::builder;
    let _ =
        |api: ApiBuilder, url: BaseUrl, retry: RetryPolicy, limit: RateLimit, time: Duration| {
            let api: ApiBuilder =
                api.base_url(url).base_url(Region::Eu).user_agent("x").retry(retry);
            let api: ApiBuilder = api.rate_limit(limit).attempt_timeout(time).call_timeout(time);
            let built: Result<Api, Error> = api.body_limit(0_usize).jitter_seed(0_u64).build();
            built
        };
    shared::<Api>();
    let _: fn(&Api, &List) -> Result<Request<Bytes>, Error> = Api::build_request;
    let _: fn(&Api, &List, Response<Bytes>) -> Result<Reissues, Error> = Api::parse_response;
    let _: fn(&Api, List) -> Call<List> = Api::call;
    let _: fn(&Api, &str) -> Result<Api, Error> = Api::with_user_agent_product;
    let _: fn(&[(u32, Duration)]) -> Result<RateLimit, Error> = RateLimit::windows;
    let _: fn() -> RateLimit = RateLimit::unlimited;
    let _: fn(RateLimit, Duration) -> RateLimit = RateLimit::margin;
    let _: fn(RateLimit, NonZeroU32) -> RateLimit = RateLimit::share_of;
}

#[test]
fn one_call() {
    let _: fn(&mut Call<List>, Instant) -> Step<Reissues> = Call::poll;
    let _: fn(&mut Call<List>, Instant, Result<Response<Bytes>, Failure>) = Call::handle;
    let _: fn(Call<List>, Instant) -> Call<List> = Call::with_deadline;
    let _: fn(&Call<List>) -> u32 = Call::attempts;
    let _: fn(&Call<List>) -> Option<&Error> = Call::last_error;
    let _: fn(&mut Call<List>, fn() -> u8) -> u8 = Call::within_span;
    let _ = |step: Step<Reissues>| match step {
        Step::Send(Attempt { request, deadline, body_limit }) => {
            let _: (Request<Bytes>, Instant, usize) = (request, deadline, body_limit);
        }
        Step::Wait(until) => {
            let _: Instant = until;
        }
        Step::Done(result) => {
            let _: Result<Reissues, Error> = result;
        }
    };
    let _: [fn(io::Error) -> Failure; 6] = [
        Failure::connect,
        Failure::timeout,
        Failure::closed,
        Failure::tls,
        Failure::protocol,
        Failure::too_large,
    ];
    let _: fn(&'static str) -> Failure = Failure::closed;
}

#[test]
fn an_endpoint_and_its_models() {
    fn id<T: Copy + Ord + Hash + Display + FromStr + Serialize + DeserializeOwned>() {}
    fn model<T: Clone + Debug + PartialEq + Serialize + DeserializeOwned>() {}
    fn endpoint<T: Endpoint<Output = Reissues>>() {}
    id::<OrderId>();
    id::<CertificateId>();
    model::<Reissue>();
    model::<Reissues>();
    endpoint::<ListReissues>();
    let _ = [OrderId(1).0, CertificateId(1).0];
    let _: fn(OrderId) -> ListReissues = ListReissues::new;
    let _: fn(ListReissues, bool) -> ListReissues = ListReissues::show_archived;
    let _: fn(&ListReissues) -> &'static str = Endpoint::name;
    let _: fn(&ListReissues) -> Option<OrderId> = Endpoint::order_id;
    let _: fn(&Response<Bytes>) -> Result<Value, DecodeError> = decode_json;
    let _: fn(&Response<Bytes>, &'static str, io::Error) -> DecodeError = DecodeError::new;
    let _: fn(Vec<Reissue>) -> Reissues = Reissues::new;
    let _: fn(&Reissues) -> Option<&Reissue> = Reissues::newest_issued;
    let _ = |list: Reissues| {
        let _: Vec<&Reissue> = (&list).into_iter().collect();
        let _: &Map<String, Value> = &list.extra;
        list.into_iter().collect::<Vec<Reissue>>()
    };
    let _: fn(&[u8]) -> Result<Salvaged, DecodeError> = Reissues::salvage;
    let _ = |salvaged: Salvaged| -> (Vec<Reissue>, Vec<UnreadableRow>) {
        for UnreadableRow { index, path, error, raw, .. } in &salvaged.unreadable {
            let _ = (index, path, error, raw);
        }
        (salvaged.readable, salvaged.unreadable)
    };
    let _: fn(CertificateId, ReissueStatus, OffsetDateTime) -> Reissue = Reissue::new;
    let _ = |r: Reissue| {
        let _: (CertificateId, ReissueStatus, OffsetDateTime) = (r.id, r.status, r.date_created);
        let _: (Option<String>, Vec<String>) = (r.common_name, r.dns_names);
        let _: [Option<String>; 7] =
            [r.thumbprint, r.serial_number, r.csr, r.email, r.firstname, r.lastname, r.receipt_id];
        let _: (Option<OffsetDateTime>, Option<Date>) = (r.date_issued, r.valid_till);
        let _: (Option<i64>, Option<u32>, Option<u64>) = (r.days_remaining, r.key_size, r.user_id);
        let _: bool = r.archived;
        let _: [Option<u32>; 2] = [r.purchased_dns_names, r.purchased_wildcard_names];
        r.extra
    };
    let _ = |status: ReissueStatus| match status {
        ReissueStatus::Other(word) => Some::<OtherStatus>(word),
        ReissueStatus::Issued | ReissueStatus::Pending | ReissueStatus::Rejected | _ => None,
    };
}

#[test]
fn what_can_go_wrong() {
    fn error<T: StdError + Send + Sync + 'static>() {}
    error::<Error>();
    error::<ApiError>();
    error::<DecodeError>();
    let _ = |error: &Error| -> (Option<StatusCode>, Option<Duration>, u32) {
        let _: [bool; 5] = [
            error.is_not_allowed(),
            error.is_not_found(),
            error.is_rate_limited(),
            error.is_timeout(),
            error.is_transient(),
        ];
        match error {
            Error::Api(ApiError { status, errors, retry_after, location, body, .. }) => {
                let _: (&StatusCode, &Option<Duration>, &Bytes) = (status, retry_after, body);
                let _: (&Vec<ErrorDetail>, &Option<String>) = (errors, location);
                for ErrorDetail { code, message, .. } in errors {
                    let _: [&String; 2] = [code, message];
                }
            }
            Error::Decode(error) => {
                let _: (&str, StatusCode, &[u8]) = (error.path(), error.status(), error.body());
            }
            Error::Invalid(_) | Error::Transport(_) | Error::Deadline(_) | _ => {}
        }
        (error.status(), error.retry_after(), error.attempts())
    };
}

#[test]
fn the_clients() {
    shared::<on_hyper::Client>();
    shared::<on_ureq::Client>();
    let _: [fn(Api) -> on_ureq::Client; 1] = [on_ureq::Client::new];
    let _: fn(Api, ureq::Agent) -> on_ureq::Client = on_ureq::Client::with_agent;
    let _: fn(&on_ureq::Client, List) -> Result<Reissues, Error> = on_ureq::Client::send;
    let _: fn(&on_ureq::Client, Call<List>) -> Result<Reissues, Error> = on_ureq::Client::send_call;
    let _: fn(&on_ureq::Client) -> &Api = on_ureq::Client::api;
    let _ = |api: Api, time: Duration| -> Result<on_ureq::Client, Error> {
        on_ureq::Client::builder(api).root_certificates_pem(b"").connect_timeout(time).build()
    };
    let _ = |client: on_ureq::ClientBuilder, time: Duration| -> on_ureq::ClientBuilder {
        let client = client.platform_roots().proxy("").proxy_from_env();
        client.pool_max_idle(0_usize).pool_idle_timeout(time).user_agent_product("")
    };
    let _: fn(Api) -> on_hyper::Client = on_hyper::Client::new;
    let _: fn(&on_hyper::Client) -> &Api = on_hyper::Client::api;
    let _ = |api: Api, time: Duration| -> Result<on_hyper::Client, Error> {
        on_hyper::Client::builder(api).root_certificates_pem(b"").connect_timeout(time).build()
    };
    let _ = |client: on_hyper::ClientBuilder, time: Duration| -> on_hyper::ClientBuilder {
        let client = client.platform_roots().proxy("").proxy_from_env();
        client.pool_max_idle(0_usize).pool_idle_timeout(time).user_agent_product("")
    };
}

#[test]
fn the_sandbox() {
    let _: fn() -> io::Result<Sandbox> = Sandbox::start;
    let _: fn(&Sandbox) -> String = Sandbox::base_url;
    let _: fn(&Sandbox) -> &str = Sandbox::api_key;
    let _: fn(&Sandbox) -> Option<&str> = Sandbox::ca_pem;
    let _: fn(&Sandbox) -> Vec<RecordedRequest> = Sandbox::requests;
}

fn shared<T: Clone + Send + Sync + Debug>() {}
