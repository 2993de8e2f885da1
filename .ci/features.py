#!/usr/bin/env python3
"""Lists arguments of cargo, one build a line, that select no feature, each by itself, and all.

No item of ours depends on two features, so other sets show nothing new. Packages without features are
in the last line only.
"""

import json
import subprocess


def main():
    command = ["cargo", "metadata", "--format-version", "1", "--no-deps", "--locked"]
    packages = json.loads(subprocess.check_output(command))["packages"]
    print(*selected(package for package in packages if package["features"]))
    for feature in sorted({feature for package in packages for feature in package["features"]}):
        having = selected(package for package in packages if feature in package["features"])
        print(*having, "--features", feature)
    print("--workspace --all-features")


def selected(packages):
    return ["--package=" + package["name"] for package in packages]


if __name__ == "__main__":
    main()
