#!/usr/bin/env python3
"""Lists the packages that are published: name, version and folder, one package a line."""

import json
import os
import subprocess


def main():
    command = ["cargo", "metadata", "--format-version", "1", "--no-deps", "--locked"]
    workspace = json.loads(subprocess.check_output(command))
    for package in workspace["packages"]:
        if package["publish"] != []:
            folder = os.path.relpath(os.path.dirname(package["manifest_path"]), workspace["workspace_root"])
            print(package["name"], package["version"], folder)


if __name__ == "__main__":
    main()
