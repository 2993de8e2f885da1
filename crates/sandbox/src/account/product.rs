//! What an order is for.

use std::fmt::{self, Debug, Formatter};

/// A product that can be ordered, or that a living order is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Product {
    /// The service's id of it.
    pub(crate) name_id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) class: Class,
    /// The group in the list of products.
    pub(crate) group: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Ov,
    Ev,
    Dv,
    Private,
    CodeSigning,
    DocumentSigning,
}

const SSL: &str = "ssl_certificate";
const SECURE_SITE: &str = "securesite_ssl_certificate";

/// Those of the recorded list that are for TLS: what the account can order.
pub(crate) const PRODUCTS: [Product; 15] = [
    Product::OV,
    Product::EV,
    Product::DV,
    product("ssl_securesite_flex", "Secure Site OV", Class::Ov, SECURE_SITE),
    product("ssl_ev_securesite_flex", "Secure Site EV", Class::Ev, SECURE_SITE),
    product("ssl_securesite_pro", "Secure Site Pro SSL", Class::Ov, SECURE_SITE),
    product("ssl_ev_securesite_pro", "Secure Site Pro EV SSL", Class::Ev, SECURE_SITE),
    product("ssl_geotrust_truebizid", "GeoTrust TrueBusiness ID OV", Class::Ov, SSL),
    product("ssl_ev_geotrust_truebizid", "GeoTrust TrueBusiness ID EV", Class::Ev, SSL),
    product("ssl_thawte_webserver", "Thawte SSL Webserver OV", Class::Ov, SSL),
    product("ssl_ev_thawte_webserver", "Thawte SSL Webserver EV", Class::Ev, SSL),
    product("ssl_dv_rapidssl", "RapidSSL Standard DV", Class::Dv, DV_SSL),
    product("wildcard_dv_rapidssl", "RapidSSL Wildcard DV", Class::Dv, DV_SSL),
    product("ssl_dv_thawte", "Thawte SSL 123 DV", Class::Dv, DV_SSL),
    product("private_ssl_flex", "Private SSL Flex", Class::Private, "private_ssl_certificate"),
];

const DV_SSL: &str = "dv_ssl_certificate";

/// Retired products, and their successors (assumed): still accepted, and shown as these.
pub(crate) const RETIRED: [(&str, Product); 6] = [
    ("ssl_plus", Product::OV),
    ("ssl_multi_domain", Product::OV),
    ("ssl_wildcard", Product::OV),
    ("ssl_cloud_wildcard", Product::OV),
    ("ssl_ev_plus", Product::EV),
    ("ssl_ev_multi_domain", Product::EV),
];

const fn product(
    name_id: &'static str,
    name: &'static str,
    class: Class,
    group: &'static str,
) -> Product {
    Product { name_id, name, class, group }
}

impl Product {
    pub(crate) const OV: Self = product("ssl_basic", "Basic OV", Class::Ov, SSL);
    pub(crate) const EV: Self = product("ssl_ev_basic", "Basic EV", Class::Ev, SSL);
    pub(crate) const DV: Self =
        product("ssl_dv_geotrust_flex", "GeoTrust DV SSL", Class::Dv, DV_SSL);
    pub(crate) const CODE_SIGNING: Self =
        product("code_signing", "Code Signing", Class::CodeSigning, "code_signing_certificate");
    pub(crate) const DOCUMENT_SIGNING: Self = product(
        "document_signing_org_1",
        "Document Signing - Organization (2000)",
        Class::DocumentSigning,
        "document_signing_certificate",
    );

    /// Returns what an order for this name is for.
    pub(crate) fn ordered(name_id: &str) -> Option<Self> {
        let retired = RETIRED.iter().map(|(name_id, successor)| (*name_id, *successor));
        let all = PRODUCTS.iter().map(|product| (product.name_id, *product)).chain(retired);
        all.into_iter().find(|(known, _)| *known == name_id).map(|(_, product)| product)
    }

    pub(crate) fn kind(self) -> &'static str {
        match self.class {
            Class::Ov | Class::Ev | Class::Private => SSL,
            Class::Dv => DV_SSL,
            Class::CodeSigning => "code_signing_certificate",
            Class::DocumentSigning => "document_signing_certificate",
        }
    }

    /// The type of its validation, in lower case.
    pub(crate) fn validation_type(self) -> &'static str {
        match self.class {
            Class::Ov | Class::Private => "ov",
            Class::Ev => "ev",
            Class::Dv => "dv",
            Class::CodeSigning => "cs",
            Class::DocumentSigning => "ds",
        }
    }

    /// Returns whether its certificates are for names of the DNS.
    pub(crate) fn is_tls(self) -> bool {
        matches!(self.class, Class::Ov | Class::Ev | Class::Dv | Class::Private)
    }

    /// Returns whether it has an organization, and domains that are validated beside the order.
    pub(crate) fn has_organization(self) -> bool {
        self.class != Class::Dv
    }
}

impl Debug for Product {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name_id)
    }
}
