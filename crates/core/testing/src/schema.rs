//! The models: the names of all fields, and the form of each.

use Form::{Date, Flag, Id, Int, List, Object, Text, Timestamp, Uint, Uint32, Word};
use Presence::{Defaulted, Never, Optional, Required};

/// An object's fields.
pub type Schema = &'static [Field];

#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub form: Form,
    pub presence: Presence,
}

#[derive(Clone, Copy, Debug)]
pub enum Form {
    Date,
    Flag,
    /// A number above 0.
    Id,
    Int,
    List(&'static Form),
    Object(Schema),
    Text,
    Timestamp,
    Uint,
    Uint32,
    /// A word of an open enum.
    Word(&'static [&'static str]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Where it is absent, it is an empty list, or a flag that is not set.
    Defaulted,
    /// Never there, because it could say that a list is not complete.
    Never,
    /// Where it is absent, it is `null`.
    Optional,
    /// Absent nowhere.
    Required,
}

const fn optional(name: &'static str, form: Form) -> Field {
    Field { name, form, presence: Optional }
}

const fn defaulted(name: &'static str, form: Form) -> Field {
    Field { name, form, presence: Defaulted }
}

const fn never(name: &'static str, form: Form) -> Field {
    Field { name, form, presence: Never }
}

const fn required(name: &'static str, form: Form) -> Field {
    Field { name, form, presence: Required }
}

/// Of what is no JSON.
pub static NO_JSON: Schema = &[];

pub static ORDERS: Schema =
    &[required("orders", List(&Object(ORDER))), optional("page", Object(PAGE))];

static PAGE: Schema = &[optional("total", Uint), optional("limit", Uint), optional("offset", Uint)];

pub static ORDER: Schema = &[
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
    optional("serial_number", Text),
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

pub static REISSUES: Schema =
    &[required("certificates", List(&Object(REISSUE))), never("page", Object(PAGE))];

static REISSUE: Schema = &[
    required("id", Uint),
    optional("thumbprint", Text),
    optional("serial_number", Text),
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

pub static DUPLICATES: Schema =
    &[required("certificates", List(&Object(DUPLICATE))), never("page", Object(PAGE))];

static DUPLICATE: Schema = &[
    required("id", Uint),
    optional("thumbprint", Text),
    optional("serial_number", Text),
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

pub static CHANGED_ORDERS: Schema =
    &[required("orders", List(&Object(CHANGED_ORDER))), never("page", Object(PAGE))];

static CHANGED_ORDER: Schema = &[
    required("order_id", Uint),
    optional("certificate_id", Id),
    required("status", Word(ORDER_STATUS)),
];

pub static REISSUED: Schema = &[
    required("id", Uint),
    defaulted("requests", List(&Object(REQUEST_SUMMARY))),
    optional("certificate_id", Id),
    defaulted("certificate_chain", List(&Object(CHAIN_CERTIFICATE))),
    optional("dcv_random_value", Text),
    optional("order_valid_till", Date),
];

static CHAIN_CERTIFICATE: Schema = &[optional("subject_common_name", Text), optional("pem", Text)];

static REQUEST_SUMMARY: Schema = &[
    required("id", Uint),
    optional("date", Timestamp),
    optional("type", Word(REQUEST_TYPE)),
    optional("status", Word(REQUEST_STATUS)),
    optional("comments", Text),
];

const REQUEST_TYPE: &[&str] = &["duplicate", "new_request", "reissue", "revoke"];
const REQUEST_STATUS: &[&str] = &["approved", "pending", "rejected", "submitted"];

pub static REQUEST: Schema = &[
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

pub static USER: Schema = &[
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
