//! Rows as lines: JSON, or CSV below a line of headings.

use std::{error::Error, io};

use crate::row::Row;

#[derive(Clone, Copy)]
pub(crate) enum Format {
    JsonLines,
    Csv,
}

/// The names of [`Row`]'s fields, in their order.
const HEADINGS: &str =
    "order_id,issued,pending,rejected,other,certificate_id,common_name,valid_till,error\n";

impl Format {
    /// Returns what precedes the first row.
    pub(crate) fn head(self) -> &'static str {
        match self {
            Self::JsonLines => "",
            Self::Csv => HEADINGS,
        }
    }

    /// Returns `row` as a line; there is no line break but its own in it.
    pub(crate) fn line(self, row: &Row) -> io::Result<Vec<u8>> {
        match self {
            Self::JsonLines => {
                let mut line = serde_json::to_vec(row)?;
                line.push(b'\n');
                Ok(line)
            }
            Self::Csv => {
                let mut line = Vec::new();
                let mut writer =
                    csv::WriterBuilder::new().has_headers(false).from_writer(&mut line);
                writer.serialize(row).map_err(io::Error::other)?;
                writer.flush()?;
                drop(writer);
                Ok(line)
            }
        }
    }

    /// Reads whole `lines`.
    pub(crate) fn rows(self, lines: &str) -> Result<Vec<Row>, Box<dyn Error>> {
        match self {
            Self::JsonLines => {
                let rows = lines.lines().zip(1..).map(|(line, number)| {
                    serde_json::from_str(line).map_err(|e| format!("line {number}: {e}").into())
                });
                rows.collect()
            }
            Self::Csv if lines.is_empty() => Ok(Vec::new()),
            Self::Csv if !lines.starts_with(HEADINGS) => Err("it has other headings".into()),
            Self::Csv => Ok(csv::Reader::from_reader(lines.as_bytes())
                .into_deserialize()
                .collect::<Result<_, _>>()?),
        }
    }
}
