//! Query strings.

use form_urlencoded::Serializer;

/// Returns `path` with `pairs` as its query, encoded; without a `?` if there are none.
pub(crate) fn with_query<'a>(
    path: String,
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let start = path.len() + 1;
    let query = Serializer::for_suffix(path + "?", start).extend_pairs(pairs).finish();
    match query.strip_suffix('?') {
        Some(path) => path.to_owned(),
        None => query,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_encoded() {
        let path = |pairs: &[(&'static str, &'static str)]| {
            with_query("/order".to_owned(), pairs.iter().copied())
        };
        assert_eq!(path(&[]), "/order");
        assert_eq!(path(&[("limit", "1000")]), "/order?limit=1000");
        assert_eq!(
            path(&[("filters[search]", "%a&b=c#d é"), ("sort", "-id")]),
            "/order?filters%5Bsearch%5D=%25a%26b%3Dc%23d+%C3%A9&sort=-id"
        );
    }
}
