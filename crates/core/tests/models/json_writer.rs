//! Writes values in every form that the service has been seen to use, and some more.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use certcentral_core_testing::schema::{Field, Form, Presence, Schema};

/// Writes JSON; the seed decides about every form.
pub(crate) struct JsonWriter(pub(crate) u64);

impl JsonWriter {
    /// Writes an object of the schema as a whole body.
    pub(crate) fn body(&mut self, value: &Value, schema: Schema) -> String {
        let body = if is_of_nothing(value, schema) && self.flip() {
            self.one_of(&["{}", "[]", "null"])
        } else {
            self.form(value, Form::Object(schema))
        };
        let mark = self.one_of(&["", "", "", "\u{feff}", "\u{feff}\u{feff}"]);
        format!("{mark}{0}{body}{0}", self.space())
    }

    fn field(&mut self, field: &Field, value: &Value) -> Option<String> {
        let is_default = *value == false || value.as_array().is_some_and(Vec::is_empty);
        if !(value.is_null() || field.presence == Presence::Defaulted && is_default) {
            return Some(self.form(value, field.form));
        }
        let absent: &[&str] = match field.form {
            Form::Object(_) => &["null", "[]", "\"\"", "\" \""],
            Form::List(_) => &["null", "[]", "{}", "\"\"", "\" \""],
            Form::Id => &["null", "\"\"", "0", "\"0\"", "0.0"],
            Form::Flag if *value == false => &["null", "\"\"", "0", "\"0\"", "false", "\"false\""],
            Form::Date | Form::Timestamp => &["null", "\"\"", "\" \"", "\"0000-00-00 00:00:00\""],
            _ => &["null", "\"\"", "\" \""],
        };
        self.some_of(absent)
    }

    fn form(&mut self, value: &Value, form: Form) -> String {
        match form {
            Form::Date => {
                let date = value.as_str().unwrap();
                let time = self.edge_of_day();
                self.string(&format!("{date}{time}"))
            }
            Form::Flag => self.one_of(if *value == true {
                &["1", "\"1\"", "true", "\"true\""]
            } else {
                &["0", "\"0\"", "false", "\"false\""]
            }),
            Form::Id | Form::Int | Form::Uint | Form::Uint32 => {
                let number = value.to_string();
                let is_exact = number.len() < 16; // as a float
                match self.below(4) {
                    0 if is_exact => format!("{number}.0"),
                    1 if number == "0" && matches!(form, Form::Int) => {
                        self.one_of(&["-0", "\"-0\""])
                    }
                    2 => self.string(&number),
                    _ => number,
                }
            }
            Form::List(&form) => self.list_of(value.as_array().unwrap(), form),
            Form::Object(schema) => self.object_of(value.as_object().unwrap(), schema),
            Form::Serial => self.serial(value.as_str().unwrap()),
            Form::Text => self.text(value.as_str().unwrap()),
            Form::Timestamp => self.timestamp(value.as_str().unwrap()),
            Form::Word(_) => self.value(value),
        }
    }

    /// Unknown fields stand beside the others, or apart as they are written.
    fn object_of(&mut self, object: &Map<String, Value>, schema: Schema) -> String {
        let mut fields = Vec::new();
        for field in schema {
            let value = self.field(field, &object[field.name]);
            fields.extend(value.map(|value| (field.name.to_owned(), value)));
        }
        let extra = &object["extra"];
        if self.below(4) > 0 {
            let beside = extra.as_object().unwrap().iter();
            fields.extend(beside.map(|(name, value)| (name.clone(), self.value(value))));
        } else {
            fields.push(("extra".to_owned(), self.value(extra)));
        }
        self.object(fields)
    }

    fn list_of(&mut self, list: &[Value], form: Form) -> String {
        let entries: Vec<_> = list.iter().map(|value| self.form(value, form)).collect();
        if entries.is_empty() {
            return self.one_of(&["[]", "{}", "null"]);
        }
        if self.below(4) > 0 {
            return self.list(&entries);
        }
        // An entry was filtered out, so that the list has a gap. Its order counts.
        let entries = entries.iter().enumerate();
        let entries: Vec<_> = entries.map(|(i, entry)| format!("\"{}\":{entry}", 2 * i)).collect();
        format!("{{{}}}", entries.join(","))
    }

    /// A text, or a number if it reads as one.
    fn text(&mut self, text: &str) -> String {
        let is_number = text.parse().is_ok_and(|number: i64| number.to_string() == text);
        if is_number && self.flip() { text.to_owned() } else { self.string(text) }
    }

    /// A text, or a number if it is a long one.
    fn serial(&mut self, text: &str) -> String {
        let is_long = text
            .parse()
            .is_ok_and(|number: u64| number >= 1_000_000_000 && number.to_string() == text);
        if is_long && self.flip() { text.to_owned() } else { self.string(text) }
    }

    /// Nothing, or the first or last second of a day in any zone.
    fn edge_of_day(&mut self) -> String {
        if self.flip() {
            return String::new();
        }
        self.one_of(&["T", "t", " "])
            + &self.one_of(&["00:00", "00:00:00", "00:00:00.000", "23:59:59", "23:59:59.999"])
            + &self.one_of(&["", "Z", "z", "+00:00", "-0700", " +05:30", "+14"])
    }

    /// The fraction as long as it must be or longer; UTC as an offset, or as `Z`.
    fn timestamp(&mut self, text: &str) -> String {
        let at = OffsetDateTime::parse(text, &Rfc3339).unwrap();
        let (date, (hour, minute, second, nanos)) = (at.date(), at.to_hms_nano());
        let separator = self.one_of(&["T", "T", "t", " "]);
        let mut text = format!("{date}{separator}{hour:02}:{minute:02}:{second:02}");
        let fraction = format!("{nanos:09}");
        let fraction = if self.flip() { fraction.trim_end_matches('0') } else { &fraction };
        if !fraction.is_empty() {
            write!(text, ".{fraction}").unwrap();
        }
        let (hours, minutes, _) = at.offset().as_hms();
        if at.offset().is_utc() && self.flip() {
            text += &self.one_of(&["Z", "z", "-00:00", "-0000"]);
        } else {
            let sign = if at.offset().is_negative() { '-' } else { '+' };
            let colon = self.one_of(&[":", ":", ""]);
            write!(text, "{sign}{:02}", hours.abs()).unwrap();
            if minutes != 0 || self.flip() {
                write!(text, "{colon}{:02}", minutes.abs()).unwrap();
            }
        }
        self.string(&text)
    }

    /// A value as it is, but for escapes and white space.
    fn value(&mut self, value: &Value) -> String {
        match value {
            Value::String(text) => self.string(text),
            Value::Array(list) => {
                let list: Vec<_> = list.iter().map(|value| self.value(value)).collect();
                self.list(&list)
            }
            Value::Object(fields) => {
                let fields = fields.iter().map(|(name, value)| (name.clone(), self.value(value)));
                let fields = fields.collect();
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

    fn list(&mut self, entries: &[String]) -> String {
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

    /// The next number of a sequence (`SplitMix64`), below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed >> 33) % bound as u64).unwrap()
    }
}

/// Whether a response is a list of no rows, and nothing else.
fn is_of_nothing(value: &Value, schema: Schema) -> bool {
    let is_empty = |value: &Value| match value {
        Value::Array(rows) => rows.is_empty(),
        Value::Object(extra) => extra.is_empty(),
        other => other.is_null(),
    };
    let is_list = schema
        .iter()
        .any(|field| matches!((field.presence, field.form), (Presence::Required, Form::List(_))));
    is_list && value.as_object().unwrap().values().all(is_empty)
}
