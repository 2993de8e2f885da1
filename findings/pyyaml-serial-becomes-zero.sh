#!/usr/bin/env bash
# A YAML writer should put quotes around a text that a reader would take for a number. PyYAML 6.0.4 writes YAML 1.1,
# where "00E1234567" and "0899" are text, so it writes them bare; in YAML 1.2 both are numbers. ruamel.yaml 0.19.1
# and yaml 2.9.1 (npm) read 0, infinity and 899; js-yaml 5.5.0 keeps the one that would be infinite as text.
# A hexadecimal serial number that has no letter but one E is so lost between two correct programs, without an error.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check PyYAML==6.0.4 ruamel.yaml==0.19.1
npm install --silent --no-audit --no-fund --ignore-scripts yaml@2.9.1 js-yaml@5.5.0

{
  venv/bin/python - <<'PYTHON'
from importlib.metadata import version

import ruamel.yaml
import yaml

text = yaml.safe_dump(["00E1234567", "12E45678", "0899", "0123"])
with open("serials.yaml", "w") as file:
    file.write(text)
print("PyYAML", version("PyYAML"), "writes")
print(text, end="")
print("PyYAML reads", yaml.safe_load(text))
print("ruamel.yaml", version("ruamel.yaml"), "reads", ruamel.yaml.YAML(typ="safe").load(text))
PYTHON
  node - <<'NODE'
const text = require("fs").readFileSync("serials.yaml", "utf8");
for (const [name, read] of [["yaml", require("yaml").parse], ["js-yaml", require("js-yaml").load]]) {
  const { version } = require(`./node_modules/${name}/package.json`);
  console.log(name, version, "reads", read(text));
}
NODE
} | tee seen

diff - seen <<'RECORDED'
PyYAML 6.0.4 writes
- 00E1234567
- 12E45678
- 0899
- '0123'
PyYAML reads ['00E1234567', '12E45678', '0899', '0123']
ruamel.yaml 0.19.1 reads [0.0, inf, 899, '0123']
yaml 2.9.1 reads [ 0, Infinity, 899, '0123' ]
js-yaml 5.5.0 reads [ 0, '12E45678', 899, '0123' ]
RECORDED
