#!/usr/bin/env python3
"""Checks that a checkout builds on every system, and that files and calls are where people look for
them.

Git for Windows checks out a symbolic link as a text file, and a package holds no source of another.
"""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

TOP_LEVEL = {"Cargo.toml", "Cargo.lock", "README.md", "crates", "findings", "fixtures"}
# `#[path = "…"]`, also within `cfg_attr`, and `include!("…")`.
SOURCE_PATH = re.compile(r'#!?\[[^\]"]*\bpath\s*=\s*"([^"]+)"|\binclude!\s*\(\s*"([^"]+)"')
ENDPOINT = re.compile(r"^impl Endpoint for (\w+)", re.MULTILINE)
# Where each endpoint has its row, and what the row has in it.
LISTS = {
    "README.md": "`{type}`",
    "crates/core/testing/src/endpoints.rs": "{type}::",
    "crates/sandbox/src/routes.rs": "    {call}::ROUTE,",
}


def main():
    problems = [
        *symbolic_links(),
        *shared_sources(),
        *unexpected_names(),
        *unlisted_endpoints(),
        *endpoints_that_all_compile(),
        *endpoints_that_are_said_to_be_missing(),
    ]
    print(*problems, sep="\n", end="\n" if problems else "")
    sys.exit(bool(problems))


def symbolic_links():
    for line in git("ls-files", "--stage"):
        mode, name = line.split(" ", 1)[0], line.split("\t", 1)[1]
        if mode == "120000":
            yield f"{name}: a symbolic link"


def shared_sources():
    for file in map(Path, git("ls-files", "*.rs")):
        for paths in SOURCE_PATH.findall(file.read_text()):
            source = Path(os.path.normpath(file.parent / "".join(paths)))
            if crate_of(file) not in source.parents:
                yield f"{file}: takes source from outside its crate: {source}"


def crate_of(file):
    return next(folder for folder in file.parents if (folder / "Cargo.toml").exists())


def unexpected_names():
    for name in sorted({file.split("/")[0] for file in git("ls-files")} - TOP_LEVEL):
        if not name.startswith("."):
            yield f"{name}: unexpected at the top level"


@cache
def endpoints():
    # A new file counts before it is added.
    listed = ["ls-files", "--cached", "--others", "--exclude-standard"]
    files = map(Path, git(*listed, "crates/core/src/*/*.rs"))
    texts = ((file, file.read_text()) for file in files)
    return [(file, name, text) for file, text in texts for name in ENDPOINT.findall(text)]


def unlisted_endpoints():
    for file, row in LISTS.items():
        text = Path(file).read_text()
        for endpoint, name, _ in endpoints():
            if row.format(type=name, call=endpoint.stem) not in text:
                yield f"{file}: no row for {name}"


def endpoints_that_all_compile():
    """A program compiles the reading of the responses that it gets, and of no others."""
    for file, name, text in endpoints():
        if "#[inline]\n    fn parse(" not in text:
            yield f"{file}: `parse` of {name} is not `#[inline]`"


def endpoints_that_are_said_to_be_missing():
    page = Path("crates/core/src/docs/endpoints.md")
    shown = page.read_text()
    for _, name, text in endpoints():
        route = text.split("\n", 1)[0].removeprefix("//! ").strip("`")
        if re.search(f"/// `{re.escape(route)}[`?]", shown):
            yield f"{page}: shows {route} as a call that the crate lacks, and there is {name}"


def git(*arguments):
    command = ["git", "-c", "core.quotePath=false", *arguments]
    return subprocess.check_output(command, text=True).splitlines()


if __name__ == "__main__":
    main()
