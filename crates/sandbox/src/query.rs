//! Query strings, read as PHP reads them.

use std::borrow::Cow;

/// The parameters of a request, decoded.
pub(crate) struct Query<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

/// The elements of an array, with their indices; one without an index for a text.
type Elements<'a> = Vec<(Option<&'a str>, &'a str)>;

impl<'a> Query<'a> {
    pub(crate) fn parse(query: Option<&'a str>) -> Self {
        Self(form_urlencoded::parse(query.unwrap_or_default().as_bytes()).collect())
    }

    /// Returns a parameter's value. Of several with one name the last counts.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_ref())
    }

    /// Returns the name of each filter, and the values of which one has to fit.
    ///
    /// `filters[name]=value` has one, and the last of several counts. `filters[name][0]=value` and
    /// `filters[name][]=value` are elements of an array, and the last of one index counts.
    pub(crate) fn filters(&self) -> Vec<(&str, Vec<&str>)> {
        let mut filters: Vec<(&str, Elements<'_>)> = Vec::new();
        for (key, value) in &self.0 {
            let Some((name, index)) = filter(key) else { continue };
            let element = (index, value.as_ref());
            match filters.iter_mut().find(|(known, _)| *known == name) {
                None => filters.push((name, vec![element])),
                Some((_, elements)) => {
                    elements.retain(|&(known, _)| match (known, index) {
                        (Some(known), Some(index)) => index == "[]" || known != index,
                        // A text takes the place of an array, and an array that of a text.
                        _ => false,
                    });
                    elements.push(element);
                }
            }
        }
        let values = |elements: Vec<(_, _)>| elements.into_iter().map(|(_, value)| value).collect();
        filters.into_iter().map(|(name, elements)| (name, values(elements))).collect()
    }

    /// Returns whether a flag is set. Only `true` is documented; all else counts as unset
    /// (assumed).
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }
}

/// Decodes a segment of a path: in one, a plus sign is what it is.
pub(crate) fn decode_path(segment: &str) -> String {
    let escaped = [("+", "%2B"), ("&", "%26"), ("=", "%3D")]
        .iter()
        .fold(segment.to_owned(), |text, (sign, escape)| text.replace(sign, escape));
    form_urlencoded::parse(escaped.as_bytes()).map(|(name, _)| name).collect()
}

/// Returns name and index of `filters[name]` or `filters[name][index]`; the index in its brackets.
fn filter(key: &str) -> Option<(&str, Option<&str>)> {
    let (name, rest) = key.strip_prefix("filters[")?.split_once(']')?;
    match rest {
        "" => Some((name, None)),
        index => (index.starts_with('[') && index.ends_with(']')).then_some((name, Some(index))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_decoded() {
        let query = Query::parse(Some("filters%5Bstatus%5D=needs+csr&filters[id]=7&empty"));
        assert_eq!(query.get("filters[status]"), Some("needs csr"));
        assert_eq!(query.filters(), [("status", vec!["needs csr"]), ("id", vec!["7"])]);
        assert_eq!((query.get("empty"), query.get("none")), (Some(""), None));
    }

    #[test]
    fn the_last_of_several_values_counts() {
        let query = Query::parse(Some("show_archived=true&show_archived=false"));
        assert!(!query.flag("show_archived"));
        assert!(!Query::parse(None).flag("show_archived"));
    }

    #[test]
    fn a_filter_may_be_an_array() {
        for (query, values) in [
            ("filters[status][0]=a&filters[status][1]=b", vec!["a", "b"]),
            ("filters[status][]=a&filters[status][]=b", vec!["a", "b"]),
            ("filters[status][0]=a&filters[status][0]=b", vec!["b"]),
            ("filters[status]=a&filters[status]=b", vec!["b"]),
            ("filters[status]=a&filters[status][0]=b", vec!["b"]),
            ("filters[status][0]=a&filters[status][1]=b&filters[status]=c", vec!["c"]),
        ] {
            assert_eq!(Query::parse(Some(query)).filters(), [("status", values)], "{query}");
        }
    }
}
