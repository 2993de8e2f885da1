//! The names in a CSR.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Fields;
use crate::{
    certificate::{
        der::{Der, OBJECT_IDENTIFIER, SEQUENCE, SET},
        x509::extension,
    },
    error::{Error, InvalidInputError},
};

/// The names that a CSR asks for.
///
/// The service takes none of them from it: a [`ReissueCertificate`](super::super::ReissueCertificate)
/// names them again. They are as they were written; whether they are names of hosts is not checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CsrNames {
    /// Common name of the subject.
    pub common_name: Option<String>,
    /// Alternative names of hosts, each once.
    pub dns_names: Vec<String>,
    /// Other alternative names, each once: IP addresses, mail addresses and URLs.
    pub other_names: Vec<String>,
}

impl CsrNames {
    /// Reads the names in a CSR, PEM.
    ///
    /// An attribute or extension that cannot be read is passed over. Alternative names are taken from
    /// every request for extensions, Microsoft's kind too.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if there is no CSR, as for [`read_csr`](super::read_csr), or if it is not
    /// PKCS #10.
    pub fn read(csr: &str) -> Result<Self, Error> {
        let pem = super::read(csr)?;
        let der = super::find(&pem).and_then(|csr| csr.decode()).unwrap_or_default();
        let fields = Fields::read(&der);
        let fields = fields.ok_or_else(|| InvalidInputError::new("the CSR is not PKCS #10"))?;
        let mut names = Self { common_name: common_name(fields.subject), ..Self::default() };
        for extensions in fields.attributes.filter_map(requested_extensions).flatten() {
            let Some(mut value) = extension(extensions, ALTERNATIVE_NAMES) else { continue };
            value
                .element(SEQUENCE)
                .unwrap_or_default()
                .for_each(|(kind, name)| names.add(kind, &name));
        }
        Ok(names)
    }

    fn add(&mut self, kind: u8, name: &Der<'_>) {
        let text = || String::from_utf8_lossy(name.bytes()).into_owned();
        let (names, name) = match kind {
            0x82 => (&mut self.dns_names, text()),
            0x81 | 0x86 => (&mut self.other_names, text()),
            0x87 => (&mut self.other_names, address(name.bytes())),
            _ => (&mut self.other_names, "a name of another kind".to_owned()),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
}

/// 2.5.4.3
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// 2.5.29.17
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];
/// 1.2.840.113549.1.9.14, and 1.3.6.1.4.1.311.2.1.14
const EXTENSION_REQUESTS: [&[u8]; 2] = [
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e],
    &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x0e],
];

/// The lists of extensions in an attribute; none if it is another one.
fn requested_extensions(
    (_, mut attribute): (u8, Der<'_>),
) -> Option<impl Iterator<Item = Der<'_>>> {
    let id = attribute.element(OBJECT_IDENTIFIER)?;
    let values = attribute.element(SET)?;
    EXTENSION_REQUESTS.contains(&id.bytes()).then(|| values.map(|(_, extensions)| extensions))
}

fn common_name(subject: Der<'_>) -> Option<String> {
    let mut attributes = subject.flat_map(|(_, attributes)| attributes);
    let (kind, value) = attributes.find_map(|(_, mut attribute)| {
        let is_common_name = attribute.element(OBJECT_IDENTIFIER)?.bytes() == COMMON_NAME;
        attribute.next().filter(|_| is_common_name)
    })?;
    Some(if kind == BMP_STRING {
        let units = value.bytes().as_chunks().0.iter().copied().map(u16::from_be_bytes);
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    } else {
        String::from_utf8_lossy(value.bytes()).into_owned()
    })
}

const BMP_STRING: u8 = 0x1e;

fn address(bytes: &[u8]) -> String {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        Ipv4Addr::from(bytes).to_string()
    } else if let Ok(bytes) = <[u8; 16]>::try_from(bytes) {
        Ipv6Addr::from(bytes).to_string()
    } else {
        "a broken IP address".to_owned()
    }
}
