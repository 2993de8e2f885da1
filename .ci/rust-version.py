#!/usr/bin/env python3
"""Checks that no package in Cargo.lock asks for a newer Rust than the workspace promises.

(Our own code is held to it by clippy's `incompatible_msrv`.)
"""

import json
import subprocess
import sys


def main():
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    packages = json.loads(subprocess.check_output(command))["packages"]
    promised = min(version(package) for package in packages if package["source"] is None)
    newer = [package for package in packages if version(package) > promised]
    for package in newer:
        print(f'{package["name"]} {package["version"]} needs Rust {package["rust_version"]}')
    sys.exit(bool(newer))


def version(package):
    numbers = [int(part) for part in (package["rust_version"] or "0").split(".")]
    return numbers + [0] * (3 - len(numbers))


if __name__ == "__main__":
    main()
