//! Error sources: redaction and display.

use std::{
    error::Error as StdError,
    fmt::{self, Formatter},
    iter::successors,
};

use crate::{
    secret::Secret,
    text::{Excerpted, is_line, is_plain},
};

pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

type Link<'a> = &'a (dyn StdError + 'static);

/// Returns `source` itself, unless it or an error behind it would print the secret, or text that is
/// not fit for a log; then an error with its text, cut and escaped.
pub(super) fn cleaned(source: BoxError, secret: Option<&Secret>) -> BoxError {
    let shows_secret = |link: Link<'_>| {
        secret.is_some_and(|s| s.is_in(&link.to_string()) || s.is_in(&format!("{link:?}")))
    };
    let is_clean = |link: Link<'_>| is_plain(link) && is_line(link) && !shows_secret(link);
    if links(&*source).all(is_clean) {
        return source;
    }
    let text = source.to_string();
    let text = match secret {
        Some(secret) => secret.redact_text(text),
        None => text,
    };
    Excerpted(text).to_string().into()
}

/// Writes ": " and the reason at the end of the chain, or with `{:#}` every link of it.
pub(super) fn write_reason(f: &mut Formatter<'_>, source: Option<Link<'_>>) -> fmt::Result {
    let Some(source) = source else { return Ok(()) };
    if !f.alternate() {
        return links(source).last().map_or(Ok(()), |link| write!(f, ": {}", Excerpted(link)));
    }
    write_reasons(f, source)
}

/// Writes ": " and each link of the chain.
pub(super) fn write_reasons(f: &mut Formatter<'_>, source: Link<'_>) -> fmt::Result {
    let mut written = String::new();
    for link in links(source) {
        let text = Excerpted(link).to_string();
        // Some errors print what is behind them too.
        if !written.ends_with(&text) {
            write!(f, ": {text}")?;
            written = text;
        }
    }
    Ok(())
}

fn links<'a>(error: Link<'a>) -> impl Iterator<Item = Link<'a>> {
    // Nobody's chain is longer, unless it has no end.
    successors(Some(error), |&error: &Link<'a>| error.source()).take(32)
}
