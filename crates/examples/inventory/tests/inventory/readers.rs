//! The output as a database reads it.

use std::process::Command;

use serde_json::{Value, json};

use crate::{PROGRAM, living, temp_dir};

/// Loads both files into a database, and prints every row.
const SCRIPT: &str = r#"
import csv, json, sqlite3

database = sqlite3.connect(":memory:")

def load(table, columns, rows):
    database.execute(f"create table {table} ({', '.join(columns)})")
    database.executemany(f"insert into {table} values ({', '.join('?' * len(columns))})", rows)
    for row in database.execute(f"select * from {table}"):
        print(json.dumps(row))

with open("rows.jsonl", encoding="utf-8") as file:
    rows = [json.loads(line) for line in file]
with open("rows.csv", encoding="utf-8", newline="") as file:
    columns, *lines = csv.reader(file)
load("jsonl", columns, [[row[column] for column in columns] for row in rows])
load("csv", columns, lines)
"#;

#[test]
fn sqlite_reads_every_field_as_it_was_written() {
    let (dir, sandbox) = (temp_dir("sqlite"), living());
    dir.write("stdin", "3\n4\n5\n"); // there is no order 4
    for format in ["jsonl", "csv"] {
        let output = format!("rows.{format}");
        let args = ["-", "--concurrency", "1", "--format", format, "--output", &output];
        assert_eq!(dir.start(PROGRAM, &sandbox, &args).end().code, Some(1));
    }
    let python = Command::new("python3").args(["-c", SCRIPT]).current_dir(dir.path("")).output();
    let python = python.unwrap();
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
    let loaded: Vec<Vec<Value>> = String::from_utf8(python.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();

    let (text, csv) = (dir.read("rows.jsonl"), dir.read("rows.csv"));
    let columns: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let fields = |row: &Value, as_read: fn(&Value) -> Value| -> Vec<Value> {
        columns.iter().map(|&column| as_read(&row[column])).collect()
    };
    let of_json = rows.iter().map(|row| {
        fields(row, |value| match value {
            Value::Bool(flag) => json!(i32::from(*flag)), // SQLite has no other
            value => value.clone(),
        })
    });
    let of_csv = rows.iter().map(|row| {
        fields(row, |value| match value {
            Value::Null => json!(""),
            Value::String(text) => json!(text),
            value => json!(value.to_string()),
        })
    });
    assert_eq!(loaded, of_json.chain(of_csv).collect::<Vec<_>>());
    assert_eq!(rows.iter().filter(|row| row["error"] != "").count(), 1);
}
