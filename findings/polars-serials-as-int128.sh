#!/usr/bin/env bash
# A column of serial numbers without the digits A to F should come out of polars as text, or as a number of a type
# that other readers of Parquet know. polars 2.1.0 makes it Int128 and writes that to Parquet without a word. pyarrow
# 26.0.1 then refuses the whole file, the other columns and the schema too, and DuckDB 2.0.1 reads 16 bytes backwards.
# A small inventory is such a file by chance; `schema_overrides` with `pl.String` for the column avoids it.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check polars==2.1.0 pyarrow==26.0.1 duckdb==2.0.1

venv/bin/python - <<'PYTHON' | tee seen
import duckdb
import polars
import pyarrow
import pyarrow.parquet

print("polars", polars.__version__, "pyarrow", pyarrow.__version__, "duckdb", duckdb.__version__)
csv = b"order_id,serial_number\n1,12345678901234567890123456789012\n"
frame = polars.read_csv(csv)
print("polars:", frame.schema["serial_number"])
frame.write_parquet("orders.parquet")

try:
    print("pyarrow:", pyarrow.parquet.read_table("orders.parquet", columns=["order_id"]))
except pyarrow.ArrowException as error:
    print("pyarrow:", error)

query = "select typeof(serial_number), hex(serial_number) from 'orders.parquet'"
print("DuckDB:", *duckdb.sql(query).fetchall()[0])
print("written:", (12345678901234567890123456789012).to_bytes(16, "little").hex().upper())

frame = polars.read_csv(csv, schema_overrides={"serial_number": polars.String})
frame.write_parquet("orders.parquet")
print("as text:", pyarrow.parquet.read_table("orders.parquet").to_pylist())
PYTHON

diff - seen <<'RECORDED'
polars 2.1.0 pyarrow 26.0.1 duckdb 2.0.1
polars: Int128
pyarrow: Integers with more than 64 bits not implemented
DuckDB: BLOB 143AA09016DD4359643C0AD39B000000
written: 143AA09016DD4359643C0AD39B000000
as text: [{'order_id': 1, 'serial_number': '12345678901234567890123456789012'}]
RECORDED
