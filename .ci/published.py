#!/usr/bin/env python3
"""Lists the packages that are published, one a line: name, version, folder, and features that add items.

`aws-lc-rs` adds none, and takes minutes of C to compile.
"""

import json
import os
import subprocess


def main():
    command = ["cargo", "metadata", "--format-version", "1", "--no-deps", "--locked"]
    workspace = json.loads(subprocess.check_output(command))
    for package in workspace["packages"]:
        if package["publish"] != []:
            folder = os.path.relpath(os.path.dirname(package["manifest_path"]), workspace["workspace_root"])
            features = ",".join(feature for feature in package["features"] if feature != "aws-lc-rs")
            print(package["name"], package["version"], folder, features)


if __name__ == "__main__":
    main()
