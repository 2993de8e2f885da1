//! What an order is for.

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Product {
    #[default]
    Ov,
    Ev,
    Dv,
    CodeSigning,
    DocumentSigning,
}

impl Product {
    /// The service's id of it.
    pub(crate) fn name_id(self) -> &'static str {
        match self {
            Self::Ov => "ssl_basic",
            Self::Ev => "ssl_ev_basic",
            Self::Dv => "ssl_dv_geotrust_flex",
            Self::CodeSigning => "code_signing",
            Self::DocumentSigning => "document_signing_org_1",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ov => "Basic OV",
            Self::Ev => "Basic EV",
            Self::Dv => "GeoTrust DV SSL",
            Self::CodeSigning => "Code Signing",
            Self::DocumentSigning => "Document Signing - Organization (2000)",
        }
    }

    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Ov | Self::Ev => "ssl_certificate",
            Self::Dv => "dv_ssl_certificate",
            Self::CodeSigning => "code_signing_certificate",
            Self::DocumentSigning => "document_signing_certificate",
        }
    }

    /// The type of its validation, in lower case.
    pub(crate) fn validation_type(self) -> &'static str {
        match self {
            Self::Ov => "ov",
            Self::Ev => "ev",
            Self::Dv => "dv",
            Self::CodeSigning => "cs",
            Self::DocumentSigning => "ds",
        }
    }

    /// Returns whether its certificates are for names of the DNS.
    pub(crate) fn is_tls(self) -> bool {
        matches!(self, Self::Ov | Self::Ev | Self::Dv)
    }

    /// Returns whether it has an organization, and domains that are validated beside the order.
    pub(crate) fn has_organization(self) -> bool {
        self != Self::Dv
    }
}
