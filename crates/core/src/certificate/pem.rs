//! PEM (RFC 7468), with any text around its blocks.

use std::{mem, str::Split};

use rustls_pki_types::{CertificateDer, pem::PemObject};

/// One block of a text.
pub(crate) struct Block<'a> {
    /// What it holds, as in `CERTIFICATE`.
    pub(crate) label: &'a str,
    /// What is between its marks.
    pub(crate) base64: &'a str,
}

/// A mark that belongs to no block.
pub(crate) enum Problem<'a> {
    /// The text ends in a block or in the mark itself.
    Cut,
    /// The mark without its dashes.
    Stray(&'a str),
}

/// Iterates over the blocks of a text.
pub(crate) fn blocks(text: &str) -> Blocks<'_> {
    let last_line = text.rsplit(['\n', '\r']).next().unwrap_or_default();
    Blocks {
        parts: text.split(DASHES),
        ends_in_mark: !last_line.is_empty() && "-----BEGIN".starts_with(last_line),
    }
}

const DASHES: &str = "-----";

pub(crate) struct Blocks<'a> {
    parts: Split<'a, &'static str>,
    ends_in_mark: bool,
}

impl<'a> Iterator for Blocks<'a> {
    type Item = Result<Block<'a>, Problem<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let is_mark = |part: &&str| part.starts_with("BEGIN ") || part.starts_with("END ");
        let Some(mark) = self.parts.find(is_mark) else {
            return mem::take(&mut self.ends_in_mark).then_some(Err(Problem::Cut));
        };
        let Some(label) = mark.strip_prefix("BEGIN ") else {
            return Some(Err(Problem::Stray(mark)));
        };
        let mut ahead = self.parts.clone();
        let (Some(base64), Some(end), Some(_)) = (ahead.next(), ahead.next(), ahead.clone().next())
        else {
            self.parts = ahead;
            return Some(Err(Problem::Cut));
        };
        if end.strip_prefix("END ") != Some(label) {
            return Some(Err(Problem::Stray(mark)));
        }
        self.parts = ahead;
        Some(Ok(Block { label, base64 }))
    }
}

/// Decodes base64 with any white space in it; none if it is not that, or nothing.
pub(crate) fn decode(base64: &str) -> Option<Vec<u8>> {
    // The library decodes whole sections and nothing less.
    let section = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
    let der = CertificateDer::from_pem_slice(section.as_bytes()).ok()?;
    (!der.is_empty()).then(|| der.to_vec())
}

/// Returns one block with `\n`, and 64 characters a line.
pub(crate) fn encode(label: &str, der: &[u8]) -> String {
    let mut pem = format!("-----BEGIN {label}-----\n");
    for line in der.chunks(64 / 4 * 3) {
        for group in line.chunks(3) {
            let bits = group.iter().fold(0, |bits, &byte| (bits << 8) | usize::from(byte));
            let bits = bits << (8 * (3 - group.len()));
            let digits = [18, 12, 6, 0].map(|shift| DIGITS.get((bits >> shift) & 0x3f));
            let digits = digits.into_iter().flatten().take(group.len() + 1);
            pem.extend(digits.map(|&digit| char::from(digit)).chain(['=', '=']).take(4));
        }
        pem.push('\n');
    }
    pem + &format!("-----END {label}-----\n")
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
