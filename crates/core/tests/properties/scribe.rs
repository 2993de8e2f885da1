//! One who writes models in every form.

use std::fmt::{Display, Write as _};

use certcentral_core::{Reissue, Reissues};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::models::{TEXTS, texts_of};

/// Writes models in every form that the service has been seen to use, and some more.
pub(crate) struct Scribe(pub(crate) u64);

impl Scribe {
    pub(crate) fn reissues(&mut self, reissues: &Reissues) -> String {
        let rows: Vec<_> = reissues.into_iter().map(|row| self.row(row)).collect();
        let mut fields = self.values(&reissues.extra);
        if !rows.is_empty() || !fields.is_empty() || self.flip() {
            let rows =
                if rows.is_empty() { self.one_of(&["[]", "{}", "null"]) } else { self.list(rows) };
            fields.push(("certificates".into(), rows));
        } else if self.flip() {
            return format!("{0}[{0}]{0}", self.space());
        }
        format!("{0}{1}{0}", self.space(), self.object(fields))
    }

    fn row(&mut self, row: &Reissue) -> String {
        let mut fields = self.values(&row.extra);
        let mut put = |name: &str, value: Option<String>| {
            fields.extend(value.map(|value| (name.to_owned(), value)));
        };
        put("id", Some(self.number(row.id.0)));
        put("status", Some(self.string(row.status.as_str())));
        put("date_created", Some(self.timestamp(row.date_created)));
        put("dns_names", self.names(&row.dns_names));
        put("archived", self.flag(row.archived));
        for (name, text) in TEXTS.iter().zip(texts_of(&mut row.clone())) {
            put(name, self.text(text.as_deref()));
        }
        let issued = row.date_issued.map(|issued| self.timestamp(issued));
        put("date_issued", self.optional(issued));
        let till = row.valid_till.map(|till| self.string(&till.to_string()));
        put("valid_till", self.optional(till));
        let days = row.days_remaining.map(|days| self.number(days));
        put("days_remaining", self.optional(days));
        let size = row.key_size.map(|size| self.number(size));
        put("key_size", self.optional(size));
        let user = row.user_id.map(|user| self.number(user));
        put("user_id", self.optional(user));
        let names = row.purchased_dns_names.map(|count| self.number(count));
        put("purchased_dns_names", self.optional(names));
        let names = row.purchased_wildcard_names.map(|count| self.number(count));
        put("purchased_wildcard_names", self.optional(names));
        self.object(fields)
    }

    /// A number, date or flag that may be absent.
    fn optional(&mut self, value: Option<String>) -> Option<String> {
        value.or_else(|| self.some_of(&["null", "\"\"", "\" \""]))
    }

    fn number(&mut self, number: impl Display) -> String {
        if self.flip() { number.to_string() } else { self.string(&number.to_string()) }
    }

    fn flag(&mut self, flag: bool) -> Option<String> {
        if flag {
            Some(self.one_of(&["1", "\"1\"", "true", "\"true\""]))
        } else {
            self.some_of(&["0", "\"0\"", "false", "\"false\"", "null", "\"\""])
        }
    }

    fn text(&mut self, text: Option<&str>) -> Option<String> {
        let Some(text) = text else { return self.some_of(&["null"]) };
        let is_number =
            text.parse().is_ok_and(|number: i64| number.to_string() == text && text != "0");
        Some(if is_number && self.flip() { text.to_owned() } else { self.string(text) })
    }

    fn names(&mut self, names: &[String]) -> Option<String> {
        if names.is_empty() {
            return self.some_of(&["[]", "{}", "null"]);
        }
        let names = names.iter().map(|name| self.string(name)).collect();
        Some(self.list(names))
    }

    /// ISO 8601, its fraction as long as it must be or longer, UTC as an offset or as `Z`.
    fn timestamp(&mut self, at: OffsetDateTime) -> String {
        let (date, (hour, minute, second, nanos)) = (at.date(), at.to_hms_nano());
        let mut text = format!("{date}T{hour:02}:{minute:02}:{second:02}");
        let fraction = format!("{nanos:09}");
        let fraction = if self.flip() { fraction.trim_end_matches('0') } else { &fraction };
        if !fraction.is_empty() {
            write!(text, ".{fraction}").unwrap();
        }
        let (hours, minutes, _) = at.offset().as_hms();
        if at.offset().is_utc() && self.flip() {
            text.push('Z');
        } else {
            let sign = if at.offset().is_negative() { '-' } else { '+' };
            write!(text, "{sign}{:02}:{:02}", hours.abs(), minutes.abs()).unwrap();
        }
        self.string(&text)
    }

    fn values(&mut self, fields: &Map<String, Value>) -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| (name.clone(), self.value(value))).collect()
    }

    fn value(&mut self, value: &Value) -> String {
        match value {
            Value::String(text) => self.string(text),
            Value::Array(list) => {
                let list = list.iter().map(|value| self.value(value)).collect();
                self.list(list)
            }
            Value::Object(fields) => {
                let fields = self.values(fields);
                self.object(fields)
            }
            scalar => scalar.to_string(),
        }
    }

    /// An object, its fields in any order.
    fn object(&mut self, mut fields: Vec<(String, String)>) -> String {
        let mut text = format!("{{{}", self.space());
        while !fields.is_empty() {
            let (name, value) = fields.swap_remove(self.below(fields.len()));
            let comma = if fields.is_empty() { "" } else { "," };
            let name = self.string(&name);
            write!(text, "{name}{0}:{0}{value}{0}{comma}{0}", self.space()).unwrap();
        }
        text + "}"
    }

    fn list(&mut self, entries: Vec<String>) -> String {
        let (before, after) = (self.space(), self.space());
        format!("[{before}{}{after}]", entries.join(&format!("{after},{before}")))
    }

    /// A string, some of its characters escaped that need not be.
    fn string(&mut self, text: &str) -> String {
        let often = self.flip();
        let mut escaped = String::from("\"");
        for c in text.chars() {
            match c {
                '"' | '\\' | '/' if self.flip() => escaped.extend(['\\', c]),
                '\n' if self.flip() => escaped.push_str("\\n"),
                '/' | ' '.. if c != '"' && c != '\\' && !(often && self.flip()) => escaped.push(c),
                _ => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        write!(escaped, "\\u{unit:04x}").unwrap();
                    }
                }
            }
        }
        escaped + "\""
    }

    fn space(&mut self) -> String {
        self.one_of(&["", "", " ", "\n", "\t", "\r\n    ", "  "])
    }

    fn one_of(&mut self, forms: &[&str]) -> String {
        forms[self.below(forms.len())].to_owned()
    }

    /// One of `forms`, or nothing at all.
    fn some_of(&mut self, forms: &[&str]) -> Option<String> {
        let chosen = self.below(forms.len() + 1);
        forms.get(chosen).map(|&form| form.to_owned())
    }

    fn flip(&mut self) -> bool {
        self.below(2) == 0
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        // SplitMix64, so that one generated number decides about a whole body.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed >> 33) % bound as u64).unwrap()
    }
}
