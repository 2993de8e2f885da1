//! Every endpoint: an example of its request, and the form of its response, field by field.

use std::{sync::LazyLock, time::Duration};

use certcentral_core::{
    CertificateId, DcvMethod, DecodeError, DomainId, Endpoint, ListReissues, OrderId,
    OrganizationId, RequestId,
    bytes::Bytes,
    certificate::{
        DownloadCertificate, DownloadCertificateAs, FileFormat, GetCertificateChain,
        RevokeCertificate,
    },
    container::ListContainers,
    decode_json,
    domain::{
        ChangeDomainDcvMethod, CheckDomainDcv, DomainEmails, DomainInfo, ListDomains, SubmitDomain,
    },
    http::Response,
    order::{
        ChangeOrderDcvMethod, CheckOrderDcv, DuplicateCertificate, ListDuplicates, ListOrders,
        NewOrder, OrderInfo, OrderRandomValue, OrderValidationStatus, OrdersByAlternativeId,
        ReissueCertificate, ResendOrderEmails, RevokeOrder, StatusChanges, UpdateOrderStatus,
    },
    organization::{ListOrganizations, OrganizationInfo},
    product::{ListProducts, ProductInfo},
    request::{ListRequests, RequestInfo, UpdateRequestStatus},
    user::UserInfo,
};
use serde::de::DeserializeOwned;

use crate::{
    described::{Described, chain, chain_in_json, done, file, json, other, revoke},
    schema::{
        Form::{Date, Flag, Id, Int, List, Object, Serial, Text, Timestamp, Uint, Uint32, Word},
        Schema, defaulted, never, optional, required,
    },
};

/// All of them. A new one gets a row.
pub static ALL: LazyLock<Vec<Described>> = LazyLock::new(|| {
    let (order, certificate, request) = (OrderId(7), CertificateId(8), RequestId(9));
    let domain = DomainId(5);
    let submit = SubmitDomain::new(domain, ["ov"]);
    let change_domain = ChangeDomainDcvMethod::new(domain, DcvMethod::DnsTxt);
    let minute = StatusChanges::within(Duration::from_secs(60));
    let reissue = ReissueCertificate::new(order, CSR);
    let new_order = NewOrder::new("ssl_basic", CSR).common_name("a.example").years(1);
    let duplicate = DuplicateCertificate::new(order, CSR).common_name("a.example");
    let download = DownloadCertificate::new(certificate);
    let file_of = DownloadCertificateAs::new(certificate, FileFormat::Pkcs7);
    let chain_of = GetCertificateChain::new(certificate);
    let organization = OrganizationInfo::new(OrganizationId(31));
    let cancel = UpdateOrderStatus::cancel(order, "wrong names");
    let approve = UpdateRequestStatus::approve(request);
    let validation = OrderValidationStatus::new(order);
    let change_method = ChangeOrderDcvMethod::new(order, DcvMethod::DnsTxt);
    vec![
        json("GET /order/certificate", ORDERS, AnyPage(ListOrders::new())),
        json("GET /order/certificate/7", ORDER, OrderInfo::new(order)),
        json("GET /order/certificate/7/reissue", REISSUES, ListReissues::new(order)),
        json("GET /order/certificate/7/duplicate", DUPLICATES, ListDuplicates::new(order)),
        json("GET /order/certificate/status-changes?seconds=60", CHANGED_ORDERS, minute),
        json("POST /order/certificate/7/reissue", PLACED, reissue),
        json("POST /order/certificate/7/duplicate", PLACED, duplicate),
        json("POST /order/certificate/ssl_basic", PLACED, new_order),
        json(
            "GET /order/alternate/fleet-7",
            ORDER_SUMMARIES,
            AnyPage(OrdersByAlternativeId::new("fleet-7")),
        ),
        other("PUT /order/certificate/7/status", cancel, done),
        json("GET /order/certificate/7/validation", VALIDATION_STATUS, validation),
        json("PUT /order/certificate/7/check-dcv", CHECKED_DCV, CheckOrderDcv::new(order)),
        json(
            "PUT /order/certificate/7/dcv-random-value",
            RANDOM_VALUE,
            OrderRandomValue::new(order),
        ),
        json("PUT /order/certificate/7/dcv-method", RANDOM_VALUE, change_method),
        other("PUT /order/certificate/7/resend-emails", ResendOrderEmails::new(order), done),
        revoke("PUT /order/certificate/7/revoke", REQUEST, RevokeOrder::new(order)),
        revoke("PUT /certificate/8/revoke", REQUEST, RevokeCertificate::new(certificate)),
        other("GET /certificate/8/download/format/pem_all", download, chain),
        other("GET /certificate/8/download/format/p7b", file_of, file),
        other("GET /certificate/8/chain", chain_of, chain_in_json),
        json("GET /domain", DOMAINS, AnyPage(ListDomains::new())),
        json("GET /domain/5", DOMAIN, DomainInfo::new(domain)),
        other("POST /domain/5/validation", submit, done),
        json("PUT /domain/5/dcv/method", DOMAIN_DCV, change_domain),
        json("PUT /domain/5/dcv/validate-token", DCV_TOKEN, CheckDomainDcv::new(domain)),
        json("GET /domain/5/dcv/emails", DCV_EMAILS, DomainEmails::new(domain)),
        json("GET /request", REQUESTS, AnyPage(ListRequests::new())),
        json("GET /request/9", REQUEST, RequestInfo::new(request)),
        other("PUT /request/9/status", approve, done),
        json("GET /organization", ORGANIZATIONS, AnyPage(ListOrganizations::new())),
        json("GET /organization/31", ACCOUNT_ORGANIZATION, organization),
        json("GET /product", PRODUCTS, ListProducts::new()),
        json("GET /product/ssl_basic", ACCOUNT_PRODUCT, ProductInfo::new("ssl_basic")),
        json("GET /container", CONTAINERS, ListContainers::new()),
        json("GET /user/me", USER, UserInfo::me()),
    ]
});

/// Returns those whose response is JSON.
pub fn with_json() -> impl Iterator<Item = &'static Described> {
    ALL.iter().filter(|endpoint| !endpoint.schema.is_empty())
}

/// A list in pages, of which any page may be the response: the generated ones have any offset.
struct AnyPage<L>(L);

impl<L: Endpoint> Endpoint for AnyPage<L>
where
    L::Output: DeserializeOwned,
{
    type Output = L::Output;

    fn path(&self) -> String {
        self.0.path()
    }

    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn parse(&self, response: &Response<Bytes>) -> Result<L::Output, DecodeError> {
        decode_json(response)
    }
}

const CSR: &str = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";

static ORDERS: Schema = &[required("orders", List(&Object(ORDER))), optional("page", Object(PAGE))];

static PAGE: Schema = &[optional("total", Uint), optional("limit", Uint), optional("offset", Uint)];

static ORDER: Schema = &[
    required("id", Uint),
    required("status", Word(ORDER_STATUS)),
    optional("certificate", Object(PRIMARY)),
    optional("is_renewed", Flag),
    optional("date_created", Timestamp),
    optional("order_valid_till", Date),
    optional("validity_years", Uint32),
    optional("organization", Object(ORGANIZATION)),
    optional("container", Object(CONTAINER)),
    optional("product", Object(PRODUCT)),
    optional("product_name_id", Text),
    defaulted("is_multi_year_plan", Flag),
    optional("has_reissues", Flag),
    optional("has_duplicates", Flag),
    optional("reissues_count", Uint32),
    optional("duplicates_count", Uint32),
    optional("number_of_sans", Uint32),
    optional("is_renewal", Flag),
    optional("renewed_order_id", Id),
    optional("renewal_of_order_id", Id),
    optional("last_reissued_date", Timestamp),
    optional("auto_renew", Flag),
    optional("auto_reissue", Flag),
    defaulted("requests", List(&Object(REQUEST_SUMMARY))),
];

const ORDER_STATUS: &[&str] = &[
    "approved",
    "canceled",
    "denied",
    "expired",
    "issued",
    "needs_approval",
    "needs_csr",
    "pending",
    "processing",
    "reissue_pending",
    "rejected",
    "revoked",
    "waiting_pickup",
];

static PRIMARY: Schema = &[
    optional("id", Id),
    optional("thumbprint", Text),
    optional("serial_number", Serial),
    optional("common_name", Text),
    defaulted("dns_names", List(&Text)),
    defaulted("emails", List(&Text)),
    optional("date_created", Timestamp),
    optional("date_issued", Timestamp),
    optional("valid_from", Date),
    optional("valid_till", Date),
    optional("days_remaining", Int),
    optional("csr", Text),
    optional("signature_hash", Word(HASH)),
    optional("key_size", Uint32),
    optional("ca_cert_id", Text),
    optional("status", Word(CERTIFICATE_STATUS)),
    optional("user_id", Uint),
];

const HASH: &[&str] = &["sha256", "sha384", "sha512"];
const CERTIFICATE_STATUS: &[&str] =
    &["approved", "expired", "issued", "pending", "rejected", "revoked"];

static ORGANIZATION: Schema = &[
    optional("id", Uint),
    optional("name", Text),
    optional("display_name", Text),
    optional("city", Text),
    optional("state", Text),
    optional("country", Text),
];

static PRODUCT: Schema = &[
    optional("name_id", Text),
    optional("name", Text),
    optional("type", Text),
    optional("validation_type", Text),
];

static PERSON: Schema = &[
    optional("id", Uint),
    optional("first_name", Text),
    optional("last_name", Text),
    optional("email", Text),
];

static CONTAINER: Schema = &[optional("id", Uint), optional("name", Text)];

static REISSUES: Schema =
    &[required("certificates", List(&Object(REISSUE))), never("page", Object(PAGE))];

static REISSUE: Schema = &[
    required("id", Uint),
    optional("thumbprint", Text),
    optional("serial_number", Serial),
    optional("common_name", Text),
    defaulted("dns_names", List(&Text)),
    required("status", Word(&["issued", "pending", "rejected"])),
    required("date_created", Timestamp),
    optional("date_issued", Timestamp),
    optional("valid_till", Date),
    optional("days_remaining", Int),
    optional("csr", Text),
    optional("key_size", Uint32),
    optional("user_id", Uint),
    optional("email", Text),
    optional("firstname", Text),
    optional("lastname", Text),
    optional("receipt_id", Text),
    optional("purchased_dns_names", Uint32),
    optional("purchased_wildcard_names", Uint32),
    defaulted("archived", Flag),
];

static DUPLICATES: Schema =
    &[required("certificates", List(&Object(DUPLICATE))), never("page", Object(PAGE))];

static DUPLICATE: Schema = &[
    required("id", Uint),
    optional("thumbprint", Text),
    optional("serial_number", Serial),
    optional("common_name", Text),
    defaulted("dns_names", List(&Text)),
    required("status", Word(CERTIFICATE_STATUS)),
    required("date_created", Timestamp),
    optional("valid_from", Date),
    optional("valid_till", Date),
    optional("days_remaining", Int),
    optional("csr", Text),
    optional("signature_hash", Word(HASH)),
    optional("key_size", Uint32),
    optional("ca_cert_id", Text),
    optional("sub_id", Text),
    optional("public_id", Text),
    defaulted("archived", Flag),
    optional("user_id", Uint),
    optional("firstname", Text),
    optional("lastname", Text),
];

static CHANGED_ORDERS: Schema =
    &[required("orders", List(&Object(ORDER_SUMMARY))), never("page", Object(PAGE))];

static ORDER_SUMMARIES: Schema =
    &[required("orders", List(&Object(ORDER_SUMMARY))), optional("page", Object(PAGE))];

static ORDER_SUMMARY: Schema = &[
    required("order_id", Uint),
    optional("certificate_id", Id),
    required("status", Word(ORDER_STATUS)),
];

static PLACED: Schema = &[
    required("id", Uint),
    defaulted("requests", List(&Object(REQUEST_SUMMARY))),
    optional("certificate_id", Id),
    defaulted("certificate_chain", List(&Object(CHAIN_CERTIFICATE))),
    optional("dcv_random_value", Text),
    defaulted("domains", List(&Object(ORDER_DOMAIN))),
    optional("order_valid_till", Date),
];

static ORDER_DOMAIN: Schema = &[
    optional("id", Id),
    optional("name", Text),
    optional("dns_name", Text),
    optional("dcv_token", Object(DCV_TOKEN)),
];

static VALIDATION_STATUS: Schema = &[
    required("order_id", Uint),
    required("order_status", Word(ORDER_STATUS)),
    optional("order_name_scope", Word(&["base_domain", "fqdn"])),
    optional("order_dcv_method", Word(DCV_METHOD)),
    optional("organization_id", Id),
    optional("organization_name", Text),
    defaulted("organization_validations", List(&Object(ORGANIZATION_VALIDATION))),
    defaulted("dns_name_validations", List(&Object(SCOPE_VALIDATION))),
];

const DCV_METHOD: &[&str] =
    &["dns-txt-token", "dns-cname-token", "http-token", "http-token-dynamic", "email", "acme"];
const DCV_STATUS: &[&str] = &["approved", "unapproved"];

static ORGANIZATION_VALIDATION: Schema = &[
    optional("type", Text),
    optional("validated_until", Timestamp),
    optional("status", Word(&["active", "complete", "expired", "pending"])),
];

static SCOPE_VALIDATION: Schema = &[
    optional("domain_id", Id),
    required("name_scope", Text),
    optional("base_domain", Text),
    defaulted("dns_names", List(&Text)),
    required("status", Word(DCV_STATUS)),
    optional("method", Word(DCV_METHOD)),
    optional("approval_scope", Text),
    optional("approval_expiration_date", Timestamp),
];

static CHECKED_DCV: Schema = &[
    required("order_status", Word(ORDER_STATUS)),
    optional("certificate_id", Id),
    optional("dcv_status", Text),
    defaulted("dns_name_validations", List(&Object(NAME_VALIDATION))),
];

static NAME_VALIDATION: Schema =
    &[required("dns_name", Text), required("status", Word(DCV_STATUS))];

static RANDOM_VALUE: Schema =
    &[required("dcv_random_value", Text), optional("expiration_date", Timestamp)];

static DOMAINS: Schema =
    &[required("domains", List(&Object(DOMAIN))), optional("page", Object(PAGE))];

static DOMAIN: Schema = &[
    required("id", Uint),
    required("name", Text),
    optional("is_active", Flag),
    optional("date_created", Timestamp),
    optional("base_domain", Text),
    optional("organization", Object(ORGANIZATION)),
    optional("container", Object(CONTAINER)),
    optional("dcv_method", Word(DCV_METHOD)),
    optional("last_submitted_datetime", Timestamp),
    optional("dcv_approval_datetime", Timestamp),
    optional("dcv_expiration_datetime", Timestamp),
    optional("is_pending_validation", Flag),
    defaulted("validations", List(&Object(DOMAIN_VALIDATION))),
    optional("dcv_token", Object(DCV_TOKEN)),
];

static DOMAIN_VALIDATION: Schema = &[
    optional("type", Text),
    optional("validated_until", Timestamp),
    optional("status", Word(DOMAIN_STATUS)),
];

static DCV_TOKEN: Schema = &[
    optional("token", Text),
    optional("status", Word(DOMAIN_STATUS)),
    optional("expiration_date", Timestamp),
    optional("http_token_url", Text),
];

const DOMAIN_STATUS: &[&str] = &["active", "pending"];

static DOMAIN_DCV: Schema = &[optional("dcv_token", Object(DCV_TOKEN))];

static DCV_EMAILS: Schema = &[
    optional("name_scope", Text),
    defaulted("base_emails", List(&Text)),
    defaulted("dns_txt_emails", List(&Text)),
    defaulted("email_array", List(&Text)),
];

static CHAIN_CERTIFICATE: Schema = &[optional("subject_common_name", Text), optional("pem", Text)];

static REQUEST_SUMMARY: Schema = &[
    required("id", Uint),
    optional("date", Timestamp),
    optional("type", Word(REQUEST_TYPE)),
    optional("status", Word(REQUEST_STATUS)),
    optional("comments", Text),
    optional("requester", Object(PERSON)),
    optional("processor", Object(PERSON)),
    optional("order", Object(REQUESTED_ORDER)),
];

static REQUESTS: Schema =
    &[required("requests", List(&Object(REQUEST_SUMMARY))), optional("page", Object(PAGE))];

static REQUESTED_ORDER: Schema = &[
    required("id", Uint),
    optional("certificate", Object(PRIMARY)),
    optional("organization", Object(ORGANIZATION)),
    optional("container", Object(CONTAINER)),
    optional("product", Object(PRODUCT)),
];

const REQUEST_TYPE: &[&str] = &["duplicate", "new_request", "reissue", "revoke"];
const REQUEST_STATUS: &[&str] = &["approved", "pending", "rejected", "submitted"];

static REQUEST: Schema = &[
    required("id", Uint),
    optional("date", Timestamp),
    required("type", Word(REQUEST_TYPE)),
    required("status", Word(REQUEST_STATUS)),
    optional("date_processed", Timestamp),
    optional("requester", Object(PERSON)),
    optional("reviewer", Object(PERSON)),
    optional("processor", Object(PERSON)),
    optional("order", Object(ORDER)),
    optional("comments", Text),
    optional("processor_comment", Text),
];

static USER: Schema = &[
    required("id", Uint),
    optional("username", Text),
    optional("account_id", Uint),
    optional("first_name", Text),
    optional("last_name", Text),
    optional("email", Text),
    optional("status", Text),
    optional("container", Object(CONTAINER)),
    defaulted("access_roles", List(&Object(&[optional("id", Uint), optional("name", Text)]))),
];

static ORGANIZATIONS: Schema = &[
    required("organizations", List(&Object(ACCOUNT_ORGANIZATION))),
    optional("page", Object(PAGE)),
];

static ACCOUNT_ORGANIZATION: Schema = &[
    required("id", Uint),
    optional("status", Word(&["active", "inactive"])),
    optional("name", Text),
    optional("assumed_name", Text),
    optional("display_name", Text),
    optional("is_active", Flag),
    optional("city", Text),
    optional("state", Text),
    optional("country", Text),
    optional("container", Object(CONTAINER)),
    defaulted("validations", List(&Object(ORGANIZATION_VALIDATION))),
];

static PRODUCTS: Schema =
    &[required("products", List(&Object(ACCOUNT_PRODUCT))), never("page", Object(PAGE))];

static ACCOUNT_PRODUCT: Schema = &[
    required("name_id", Text),
    optional("name", Text),
    optional("type", Text),
    optional("group_name", Text),
    optional("validation_type", Text),
    defaulted("allowed_validity_years", List(&Uint32)),
    defaulted("allowed_order_validity_years", List(&Uint32)),
    optional("max_multi_year_order_validity_years", Uint32),
    defaulted("allowed_ca_certs", List(&Object(&[optional("id", Text), optional("name", Text)]))),
    optional("csr_required", Flag),
    optional("duplicates_allowed", Flag),
    optional("replacement_product_name_id", Text),
];

static CONTAINERS: Schema =
    &[required("containers", List(&Object(ACCOUNT_CONTAINER))), never("page", Object(PAGE))];

static ACCOUNT_CONTAINER: Schema = &[
    required("id", Uint),
    optional("name", Text),
    optional("parent_id", Id),
    optional("description", Text),
    optional("is_active", Flag),
    defaulted("allowed_domain_names", List(&Text)),
];
