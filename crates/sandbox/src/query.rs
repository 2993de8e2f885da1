//! Query strings.

use std::borrow::Cow;

/// The parameters of a request, decoded.
pub(crate) struct Query<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Query<'a> {
    pub(crate) fn parse(query: Option<&'a str>) -> Self {
        Self(form_urlencoded::parse(query.unwrap_or_default().as_bytes()).collect())
    }

    /// Returns a parameter's value. Of several with one name the last counts, as in PHP (assumed).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_ref())
    }

    /// Returns the name and value of each `filters[name]=value`.
    pub(crate) fn filters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(key, value)| {
            Some((key.strip_prefix("filters[")?.strip_suffix(']')?, value.as_ref()))
        })
    }

    /// Returns whether a flag is set. Only `true` is documented; all else counts as unset
    /// (assumed).
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_decoded() {
        let query = Query::parse(Some("filters%5Bstatus%5D=needs+csr&filters[id]=7&empty"));
        assert_eq!(query.get("filters[status]"), Some("needs csr"));
        assert_eq!(query.filters().collect::<Vec<_>>(), [("status", "needs csr"), ("id", "7")]);
        assert_eq!((query.get("empty"), query.get("none")), (Some(""), None));
    }

    #[test]
    fn the_last_of_several_values_counts() {
        let query = Query::parse(Some("show_archived=true&show_archived=false"));
        assert!(!query.flag("show_archived"));
        assert!(!Query::parse(None).flag("show_archived"));
    }
}
