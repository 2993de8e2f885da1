//! Public keys, as they are compared.

use super::der::{BIT_STRING, Der, INTEGER, NULL, OBJECT_IDENTIFIER, SEQUENCE};

/// A public key in a form that is the same however the key was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PublicKey {
    algorithm: Vec<u8>,
    /// The curve, for example. NULL, which some writers leave out, is nothing.
    parameters: Vec<u8>,
    parts: Vec<Vec<u8>>,
}

impl PublicKey {
    /// Reads the content of a `SubjectPublicKeyInfo`.
    pub(crate) fn read(mut info: Der<'_>) -> Option<Self> {
        let mut parameters = info.element(SEQUENCE)?;
        let algorithm = parameters.element(OBJECT_IDENTIFIER)?.bytes();
        parameters.element(NULL);
        let (_unused_bits, key) = info.element(BIT_STRING)?.bytes().split_first()?;
        let parts = match algorithm {
            RSA => modulus_and_exponent(key),
            EC => compressed(key),
            _ => None,
        };
        Some(Self {
            algorithm: algorithm.to_vec(),
            parameters: parameters.bytes().to_vec(),
            parts: parts.unwrap_or_else(|| vec![key.to_vec()]),
        })
    }
}

/// 1.2.840.113549.1.1.1
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// 1.2.840.10045.2.1
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

fn modulus_and_exponent(key: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut numbers = Der::new(key).element(SEQUENCE)?;
    let mut number = || {
        let digits = numbers.element(INTEGER)?.bytes();
        Some(digits.iter().copied().skip_while(|&digit| digit == 0).collect())
    };
    Some(vec![number()?, number()?])
}

/// The compressed form of a point: x, and whether y is odd. A curve has no other point with both, so
/// nothing need be computed to compare a point with one that was sent without its y.
fn compressed(point: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (&form, coordinates) = point.split_first()?;
    // 4 is the usual form; 6 and 7 say y's parity too.
    if !matches!(form, 4 | 6 | 7) || !coordinates.len().is_multiple_of(2) {
        return None;
    }
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    Some(vec![[&[2 | (y.last()? & 1)], x].concat()])
}
