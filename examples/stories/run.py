#!/usr/bin/env python3
"""Runs the stories of `docs/stories` again, and checks that their pages say what is printed.

Each page `docs/stories/NAME.md` has `console` blocks with commands, `$ cargo objgraph run …`, and what
they print. The program of the story, `examples/stories/NAME`, is copied to `target/stories/NAME`, and
the commands of its page are run there, one after the other; cargo gets the crates from the registry.

A block holds if the command prints its lines, one after the other. A line `…` stands for lines that
are left out, and `…` in a line for any text. The picture `docs/stories/NAME.svg` must be one that a
command draws; `--update` replaces it by the first one.

The command is the first cargo-objgraph in PATH. Commands of valgrind are skipped where it is missing.
"""

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAMS = ROOT / "examples/stories"
PAGES = ROOT / "docs/stories"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "stories"

@dataclass
class Step:
    """A command of a page, and the lines that it must print."""

    command: str
    lines: list[str]


def steps(page: str) -> list[Step]:
    """Returns the commands in the `console` blocks of a page."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", page, re.M | re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(Step(line[2:], []))
            elif found[-1].command.endswith("\\"):
                found[-1].command = found[-1].command[:-1] + line.strip()
            else:
                found[-1].lines.append(line)
    return found


def difference(step: Step, printed: str) -> str | None:
    """Returns the first lines that are not printed after those before them."""
    groups, group = [], []
    for line in [*step.lines, "…"]:
        if line.strip() == "…":
            groups.append(group)
            group = []
        else:
            group.append(".*".join(re.escape(part) for part in line.split("…")))
    start = 0
    for group in filter(None, groups):
        found = re.compile("^" + "\n".join(group) + "$", re.M).search(printed, start)
        if not found:
            return "\n".join(re.sub(r"\\(.)", r"\1", line) for line in group)
        start = found.end()
    return None


def environment() -> dict[str, str]:
    """Returns the variables of the commands."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    env.pop("CARGO_TARGET_DIR", None)
    return env | {"CARGO_TERM_COLOR": "never", "COLUMNS": "100"}


def without_graphviz(command: str) -> str:
    """Hides `dot` from a command that draws: objgraph's layout is the same on every machine."""
    program = shlex.quote(shutil.which("cargo-objgraph") or "cargo-objgraph")
    return command.replace("cargo objgraph convert", f"PATH='' {program} objgraph convert")


def share_build(folder: Path) -> None:
    """Lets all stories share a folder for their builds, so that objgraph is built once."""
    shared = TARGET / "build"
    shared.mkdir(exist_ok=True)
    for manifest in list(folder.rglob("Cargo.toml")):
        copies = manifest.parent / "target/objgraph"
        copies.mkdir(parents=True)
        (copies / "build").symlink_to(shared)


def pictures(folder: Path) -> list[Path]:
    """Returns the pictures that reports and commands have drawn."""
    return [*folder.glob("*.svg"), *folder.glob("target/objgraph/findings/*.svg")]


def check(name: str, is_update: bool) -> list[str]:
    """Runs the commands of a story, and returns what differs from its page."""
    page = (PAGES / f"{name}.md").read_text()
    folder = TARGET / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PROGRAMS / name, folder, ignore=shutil.ignore_patterns("target"))
    share_build(folder)
    drawn = []
    faults = []
    for step in steps(page):
        print(f"+ {step.command}", flush=True)
        if step.command.startswith("valgrind") and not shutil.which("valgrind"):
            print("  skipped: valgrind is not installed")
            continue
        done = subprocess.run(
            ["bash", "-c", without_graphviz(step.command)], cwd=folder, env=environment(), text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )
        drawn.extend(path.read_bytes() for path in sorted(pictures(folder)))
        lines = difference(step, done.stdout)
        if lines is not None:
            faults.append(f"`{step.command}` does not print\n{lines}\nbut\n{done.stdout}")
    shown = PAGES / f"{name}.svg"
    if is_update and drawn:
        shown.write_bytes(drawn[0])
    if not shown.exists() or shown.read_bytes() not in drawn:
        faults.append(f"{shown.relative_to(ROOT)} is not what is drawn; renew it: run.py --update {name}")
    if f"]({shown.name})" not in page:
        faults.append(f"the page does not show {shown.name}")
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="of the story; all, if none is given")
    parser.add_argument("--update", action="store_true", help="renew the pictures")
    options = parser.parse_args()
    known = sorted(path.stem for path in PAGES.glob("*.md") if path.stem != "README")
    for name in options.names:
        if name not in known:
            parser.error(f"no story is called {name}; there are: {', '.join(known)}")
    has_faults = False
    for name in options.names or known:
        print(f"{name}:", flush=True)
        faults = check(name, options.update)
        print("\n".join(faults) or f"{name}: the page is true", flush=True)
        has_faults |= bool(faults)
    sys.exit(1 if has_faults else 0)


main()
