#!/usr/bin/env python3
"""Names the crates whose types stand in a crate's public signatures, and compares them with a list.

A type of another crate in a public signature ties our versions to theirs. The list beside this file
says which are meant. The compiler's own JSON documentation is read for them, so a nightly
toolchain is needed: every public item, documented or hidden, its signature, fields, bounds and
the traits it implements.

    .ci/external-types.py < .ci/external-types
"""

import json
import subprocess
import sys
from pathlib import Path

# The language's own.
STANDARD = {"alloc", "core", "std"}
# Not the crate's words: what every type has for free.
FOR_FREE = ("blanket_impl", "is_synthetic")
TARGET = Path("target")


def main():
    unexpected = False
    for line in sys.stdin:
        package, _, listed = line.partition("#")[0].partition(":")
        if not listed:
            continue
        expected, found = set(listed.split()), foreign(package.strip())
        for crate in sorted(found.keys() - expected):
            unexpected = True
            print(f"{package}: {crate} is not listed, and stands in", *sorted(found[crate]), sep="\n    ")
        for crate in sorted(expected - found.keys()):
            unexpected = True
            print(f"{package}: {crate} is listed, and stands nowhere")
    sys.exit(unexpected)


def foreign(package):
    """The other crates in the public signatures of `package`, and in which items each stands."""
    documentation = document(package)
    found = {}
    for item in documentation["index"].values():
        inner = item["inner"]
        if item["crate_id"] != 0 or any(inner.get("impl", {}).get(mark) for mark in FOR_FREE):
            continue
        for named in ids(inner):
            crate = crate_of(documentation, named)
            if crate not in STANDARD:
                found.setdefault(crate, set()).add(where(item))
    del found[package.replace("-", "_")]
    return found


def document(package):
    subprocess.run(
        ["cargo", "+nightly", "rustdoc", "--quiet", "--locked", "--lib", "--all-features"]
        + ["--package", package, "--target-dir", TARGET, "--"]
        + ["-Z", "unstable-options", "--output-format", "json", "--document-hidden-items"],
        check=True,
    )
    return json.loads((TARGET / "doc" / (package.replace("-", "_") + ".json")).read_text())


def ids(node):
    """What `node` names: paths to types and traits, and re-exports."""
    if isinstance(node, list):
        for child in node:
            yield from ids(child)
    elif isinstance(node, dict):
        if node.get("id") is not None and {"path", "source"} & node.keys():
            yield node["id"]
        for child in node.values():
            yield from ids(child)


def crate_of(documentation, named):
    """The crate that defines an item."""
    known = documentation["paths"].get(str(named)) or documentation["index"][str(named)]
    crate = known["crate_id"]
    return documentation["external_crates"][str(crate)]["name"] if crate else own_name(documentation)


def own_name(documentation):
    return documentation["index"][str(documentation["root"])]["name"]


def where(item):
    lines = item["span"]
    place = f'{lines["filename"]}:{lines["begin"][0]}' if lines else "generated code"
    return f'{place} {item["name"] or next(iter(item["inner"]))}'


if __name__ == "__main__":
    main()
