//! Rows as lines: JSON Lines, or CSV below a line of headings.

use std::{error::Error, fmt, io, str::FromStr};

use crate::row::Row;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    JsonLines,
    Csv,
}

/// The names of [`Row`]'s fields, in their order.
const HEADINGS: &str = "order_id,order_status,product,certificates,certificate_id,role,status,\
    serial_number,common_name,dns_names,date_created,date_issued,valid_from,valid_till,archived,\
    error_kind,error\n";

impl Format {
    /// Returns what precedes the first row.
    pub(crate) fn head(self) -> &'static str {
        match self {
            Self::JsonLines => "",
            Self::Csv => HEADINGS,
        }
    }

    /// Returns the format of a file whose first line this is, if it is one of this program's.
    pub(crate) fn of_first_line(line: &[u8]) -> Option<Self> {
        match line {
            [b'{', ..] => Some(Self::JsonLines),
            line if line == HEADINGS.as_bytes() => Some(Self::Csv),
            _ => None,
        }
    }

    /// Returns `row` as a line. There is no line break in it but the last character.
    pub(crate) fn line(self, row: &Row) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        match self {
            Self::JsonLines => {
                serde_json::to_writer(&mut line, row)?;
                line.push(b'\n');
            }
            Self::Csv => {
                let mut writer =
                    csv::WriterBuilder::new().has_headers(false).from_writer(&mut line);
                writer.serialize(row).map_err(io::Error::other)?;
                writer.flush()?;
            }
        }
        Ok(line)
    }

    /// Reads a line that [`line`](Self::line) has made.
    pub(crate) fn row(self, line: &[u8]) -> Result<Row, Box<dyn Error>> {
        match self {
            Self::JsonLines => Ok(serde_json::from_slice(line)?),
            Self::Csv => {
                let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line);
                let row = reader.into_deserialize().next();
                Ok(row.ok_or("the line is empty")??)
            }
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
        })
    }
}

impl FromStr for Format {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "jsonl" => Ok(Self::JsonLines),
            "csv" => Ok(Self::Csv),
            _ => Err("neither jsonl nor csv"),
        }
    }
}
