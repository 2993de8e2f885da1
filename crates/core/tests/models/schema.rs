//! What the service sends: the names of all fields, and the form of each.

use Form::{
    Date, Decimal, Digit, DigitText, Fields, Id, Int, IntText, List, Object, Text, Timestamp,
    TimestampUtc, Uint, Uint32, Word, YesNo,
};
use Presence::{Always, IfSet, Optional, Required};

/// An object's fields.
pub(crate) type Schema = &'static [Field];

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    pub(crate) presence: Presence,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    Date,
    Decimal,
    /// A flag as `1` or `0`.
    Digit,
    /// A flag as `"1"` or `"0"`.
    DigitText,
    /// An object whose fields have any names.
    Fields,
    /// A number above 0.
    Id,
    Int,
    /// A number in a string.
    IntText,
    List(&'static Form),
    Object(Schema),
    Text,
    Timestamp,
    /// A timestamp that may lack its offset.
    TimestampUtc,
    Uint,
    Uint32,
    /// A word of an open enum.
    Word(&'static [&'static str]),
    /// A flag as `true` or `false`.
    YesNo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Written even where it was absent: an empty list, or a flag that is `"0"`.
    Always,
    /// A flag that is written only where it is set.
    IfSet,
    /// Not written where it is absent.
    Optional,
    /// Absent nowhere.
    Required,
}

const fn optional(name: &'static str, form: Form) -> Field {
    Field { name, form, presence: Optional }
}

const fn required(name: &'static str, form: Form) -> Field {
    Field { name, form, presence: Required }
}

const fn if_set(name: &'static str, form: Form) -> Field {
    Field { name, form, presence: IfSet }
}

const fn always(name: &'static str, form: Form) -> Field {
    Field { name, form, presence: Always }
}

pub(crate) static ORDERS: Schema =
    &[required("orders", List(&Object(ORDER))), optional("page", Object(PAGE))];

static PAGE: Schema = &[optional("total", Uint), optional("limit", Uint), optional("offset", Uint)];

pub(crate) static ORDER: Schema = &[
    required("id", Uint),
    required("status", Word(ORDER_STATUS)),
    optional("certificate", Object(PRIMARY)),
    optional("is_renewed", YesNo),
    optional("date_created", Timestamp),
    optional("order_valid_till", Date),
    optional("validity_years", Uint32),
    optional("order_validity", Object(VALIDITY)),
    optional("organization", Object(ORGANIZATION)),
    optional("container", Object(CONTAINER)),
    optional("product", Object(PRODUCT)),
    optional("product_name_id", Text),
    if_set("is_multi_year_plan", DigitText),
    optional("has_reissues", YesNo),
    optional("has_duplicates", YesNo),
    optional("reissues_count", Uint32),
    optional("duplicates_count", Uint32),
    optional("number_of_sans", Uint32),
    optional("price", Decimal),
    optional("disable_renewal_notifications", YesNo),
    optional("custom_fields", List(&Object(CUSTOM_FIELD))),
    optional("is_renewal", YesNo),
    optional("renewed_order_id", Id),
    optional("renewal_of_order_id", Id),
    optional("renewal_of_order_valid_till", Date),
    optional("last_reissued_date", Timestamp),
    optional("auto_renew", Digit),
    optional("auto_reissue", Digit),
    optional("organization_contact", Object(PERSON)),
    optional("technical_contact", Object(PERSON)),
    optional("verified_contacts", List(&Object(PERSON))),
    optional("user", Object(PERSON)),
    optional("user_assignments", List(&Object(PERSON))),
    optional("requests", List(&Object(REQUEST_SUMMARY))),
    optional("caa_status_message", Fields),
    optional("allow_duplicates", YesNo),
    optional("purchased_dns_names", Uint32),
    optional("payment_method", Text),
    optional("disable_issuance_email", YesNo),
    optional("is_out_of_contract", YesNo),
    optional("is_guest_access_enabled", YesNo),
    optional("cs_provisioning_method", Text),
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
    optional("dns_names", List(&Text)),
    optional("emails", List(&Text)),
    optional("cert_validity", Object(VALIDITY)),
    optional("date_created", Timestamp),
    optional("date_issued", Timestamp),
    optional("valid_from", Date),
    optional("valid_till", Date),
    optional("days_remaining", Int),
    optional("csr", Text),
    optional("organization", Object(ORGANIZATION)),
    optional("organization_units", List(&Text)),
    optional("server_platform", Object(SERVER_PLATFORM)),
    optional("signature_hash", Word(HASH)),
    optional("key_size", Uint32),
    optional("ca_cert", Object(&[optional("id", Text), optional("name", Text)])),
    optional("ca_cert_id", Text),
    optional("status", Word(CERTIFICATE_STATUS)),
    optional("user_id", Uint),
];

const HASH: &[&str] = &["sha256", "sha384", "sha512"];
const CERTIFICATE_STATUS: &[&str] =
    &["approved", "expired", "issued", "pending", "rejected", "revoked"];

static VALIDITY: Schema = &[
    optional("years", Uint32),
    optional("days", Uint32),
    optional("custom_expiration_date", Date),
];

static ORGANIZATION: Schema = &[
    optional("id", Uint),
    optional("name", Text),
    optional("assumed_name", Text),
    optional("display_name", Text),
    optional("city", Text),
    optional("state", Text),
    optional("country", Text),
    optional("is_active", YesNo),
];

static PRODUCT: Schema = &[
    optional("name_id", Text),
    optional("name", Text),
    optional("type", Text),
    optional("validation_type", Text),
    optional("validation_name", Text),
    optional("validation_description", Text),
    optional("csr_required", YesNo),
];

static CUSTOM_FIELD: Schema =
    &[optional("metadata_id", Uint), optional("label", Text), optional("value", Text)];

static SERVER_PLATFORM: Schema = &[
    optional("id", Int),
    optional("name", Text),
    optional("install_url", Text),
    optional("csr_url", Text),
];

static PERSON: Schema = &[
    optional("id", Uint),
    optional("first_name", Text),
    optional("last_name", Text),
    optional("email", Text),
    optional("job_title", Text),
    optional("telephone", Text),
    optional("telephone_extension", Text),
];

static CONTAINER: Schema = &[
    optional("id", Uint),
    optional("name", Text),
    optional("is_active", YesNo),
    optional("public_id", Text),
    optional("parent_id", Uint),
    optional("template_id", Uint),
    optional("ekey", Text),
    optional("has_logo", YesNo),
];

pub(crate) static REISSUES: Schema = &[required("certificates", List(&Object(REISSUE)))];

static REISSUE: Schema = &[
    required("id", Uint),
    optional("thumbprint", Text),
    optional("serial_number", Text),
    optional("common_name", Text),
    always("dns_names", List(&Text)),
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
    optional("purchased_dns_names", IntText),
    optional("purchased_wildcard_names", IntText),
    if_set("archived", Digit),
];

pub(crate) static DUPLICATES: Schema = &[required("certificates", List(&Object(DUPLICATE)))];

static DUPLICATE: Schema = &[
    required("id", Uint),
    optional("thumbprint", Text),
    optional("serial_number", Text),
    optional("common_name", Text),
    always("dns_names", List(&Text)),
    required("status", Word(CERTIFICATE_STATUS)),
    required("date_created", Timestamp),
    optional("valid_from", Date),
    optional("valid_till", Date),
    optional("days_remaining", Int),
    optional("csr", Text),
    optional("server_platform", Object(SERVER_PLATFORM)),
    optional("signature_hash", Word(HASH)),
    optional("key_size", Uint32),
    optional("ca_cert_id", Text),
    optional("sub_id", Text),
    optional("public_id", Text),
    always("archived", DigitText),
    optional("user_id", Uint),
    optional("firstname", Text),
    optional("lastname", Text),
];

pub(crate) static CHANGED_ORDERS: Schema = &[required("orders", List(&Object(CHANGED_ORDER)))];

static CHANGED_ORDER: Schema = &[
    required("order_id", Uint),
    optional("certificate_id", Id),
    required("status", Word(ORDER_STATUS)),
];

pub(crate) static REISSUED: Schema = &[
    required("id", Uint),
    optional("requests", List(&Object(REQUEST_SUMMARY))),
    optional("certificate_id", Id),
    optional("certificate_chain", List(&Object(CHAIN_CERTIFICATE))),
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

pub(crate) static REQUEST: Schema = &[
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

pub(crate) static USER: Schema = &[
    required("id", Uint),
    optional("username", Text),
    optional("account_id", Uint),
    optional("first_name", Text),
    optional("last_name", Text),
    optional("email", Text),
    optional("job_title", Text),
    optional("telephone", Text),
    optional("status", Text),
    optional("last_login_date", TimestampUtc),
    optional("container", Object(CONTAINER)),
    optional("access_roles", List(&Object(&[optional("id", Uint), optional("name", Text)]))),
    optional("type", Text),
    optional("is_cert_central", YesNo),
    optional("is_enterprise", YesNo),
    optional("is_saml_sso_only", YesNo),
    optional("has_container_assignments", YesNo),
    optional("language_id", Uint),
    optional("account_language_id", Uint),
];
