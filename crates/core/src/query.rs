//! Query strings.

use form_urlencoded::Serializer;

/// Returns `path` with `pairs` as its query, encoded; without a `?` if there are none.
pub(crate) fn with_query<N: AsRef<str>, V: AsRef<str>>(
    path: String,
    pairs: impl IntoIterator<Item = (N, V)>,
) -> String {
    let start = path.len() + 1;
    let query = Serializer::for_suffix(path + "?", start).extend_pairs(pairs).finish();
    match query.strip_suffix('?') {
        Some(path) => path.to_owned(),
        None => query,
    }
}
