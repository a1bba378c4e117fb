#!/usr/bin/env python3
"""Runs the commands of the documents.

Usage: commands.py [PAGE…], such as `commands.py docs/start.md`; without a page, all.

Each page with a block of the language `sh` or `console` has a scratch folder. Its commands run there
with bash, in their order, and `cd` counts for those that follow. In a `console` block, a line that
begins with `$ ` is a command, and the lines below it are what it prints; `…` stands for anything, and
`$ echo $?` shows a status that is not 0. Blocks of the language `python` are the cells of a notebook, and a
`text` block after one is what it prints. A block after `<!-- file: NAME -->` is written as a file.

`commands.toml` lists the commands that run as another one, or not here but in a check that it names.
There is no other way to leave a command out.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LISTED = tomllib.loads((ROOT / ".ci/book/commands.toml").read_text())
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"<!-- file: (\S+) -->\s*$")


@dataclass
class Command:
    text: str
    # None if the page does not show any.
    output: str | None
    status: int = 0


@dataclass
class Cell:
    """A cell of a notebook in Python: a `python` block, and the `text` block with what it prints."""

    code: str
    output: str | None = None
    status: int = 0


@dataclass
class File:
    name: str
    text: str


def steps(page):
    """The files and commands of a page, in their order."""
    text = page.read_text()
    commands = []
    for block in FENCE.finditer(text):
        language, content = block[1], block[2]
        name = FILE.search(text, 0, block.start())
        if name:
            commands.append(File(name[1], content))
        elif language == "sh":
            for line in content.replace("\\\n", " ").splitlines():
                # Two spaces before a comment, as in the examples of a table.
                line = re.sub(r"\s{2,}#.*", "", line).strip()
                if line and not line.startswith("#"):
                    commands.append(Command(line, None))
        elif language == "python":
            commands.append(Cell(content))
        elif language == "text" and commands and isinstance(commands[-1], Cell):
            commands[-1].output = content
        elif language == "console":
            if not content.startswith("$ "):
                sys.exit(f"{page}: a console block does not begin with a command:\n{content}")
            last = None
            for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
                line, _, output = part.partition("\n")
                if line == "echo $?" and last:
                    last.status = int(output)
                    continue
                last = Command(line, output)
                commands.append(last)
    return commands


def entry(command, page):
    """The entry of a command in the list, or an empty one."""
    for listed in LISTED["command"]:
        is_it = listed.get("text") == command or re.fullmatch(listed.get("pattern", "$^"), command)
        if is_it and page in listed.get("in", [page]):
            listed["is_used"] = True
            return listed
    return {}


def pattern(output):
    """A pattern for what a page shows."""
    lines = []
    for line in output.splitlines():
        if line.strip() == "…":
            lines.append(r"(?:.*\n)*?")
        else:
            lines.append(".*".join(map(re.escape, line.split("…"))) + r"\n")
    return "".join(lines)


class Scratch:
    """A folder of a page, with a copy of the program `shop` where the list asks for it."""

    def __init__(self, page, folder):
        self.page = page
        self.folder = folder
        self.where = folder
        self.cells = []
        self.env = os.environ | {
            "PATH": f"{TARGET / 'debug'}:{os.environ['PATH']}",
            "ROOT": str(ROOT),
            "SCRATCH": str(folder),
            "TARGET": str(TARGET),
            "CARGO_TERM_COLOR": "never",
        }
        # The programs of users have folders of their own, except for what `setup` builds.
        for name in ("CARGO_TARGET_DIR", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "RUSTFLAGS"):
            self.env.pop(name, None)
        for line in LISTED["page"].get(str(page.relative_to(ROOT)), {}).get("setup", []):
            status, printed = self.run(line)
            if status:
                sys.exit(f"{page}: the setup `{line}` failed:\n{printed}")

    def run(self, line):
        """Runs a line, and returns its status and what it printed."""
        ended = self.folder / ".where"
        script = f"set -e\ncd '{self.where}'\ntrap 'pwd >\"{ended}\"' EXIT\n{line}\n"
        done = subprocess.run(
            ["bash", "-c", script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.env,
            text=True,
            timeout=600,
        )
        self.where = Path(ended.read_text().strip())
        return done.returncode, done.stdout

    def check(self, step):
        if isinstance(step, File):
            path = self.where / step.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text)
            return
        place = str(self.page.relative_to(ROOT))
        if isinstance(step, Cell):
            # Each cell runs after those before it, whose output is thrown away.
            before = "import os, sys\nsys.stdout = open(os.devnull, 'w')\n" + "".join(self.cells)
            code = before + "sys.stdout = sys.__stdout__\n" + step.code
            self.cells.append(step.code)
            (self.folder / "cell.py").write_text(code)
            status, printed = self.run("PYTHONPATH=$SCRATCH/python python3 $SCRATCH/cell.py")
            self.compare(place, step, status, printed, f"cell {len(self.cells)}")
            return
        listed = entry(step.text, place)
        if "by" in listed:
            if listed["has"] not in (ROOT / listed["by"]).read_text():
                sys.exit(f"{place}: {listed['by']} no longer has `{listed['has']}`")
            print(f"{place}: {step.text}: by {listed['by']}", flush=True)
            return
        print(f"{place}: {step.text}", flush=True)
        status, printed = self.run(listed.get("as", step.text))
        self.compare(place, step, status, printed, f"`{step.text}`")

    def compare(self, place, step, status, printed, name):
        if status != step.status:
            sys.exit(f"{place}: {name} ended with status {status}:\n{printed}")
        if step.output and not re.search(pattern(step.output), printed):
            sys.exit(f"{place}: {name} printed:\n{printed}\nThe page shows:\n{step.output}")


def main():
    pages = [Path(name).resolve() for name in sys.argv[1:]]
    everything = not pages
    if everything:
        pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    commands = 0
    for page in pages:
        # A folder may have a checker of its own.
        if str(page.parent.relative_to(ROOT)) in LISTED["folder"]:
            continue
        found = steps(page)
        if not any(isinstance(step, Command | Cell) for step in found):
            continue
        with tempfile.TemporaryDirectory() as folder:
            scratch = Scratch(page, Path(folder).resolve())
            for step in found:
                scratch.check(step)
                commands += isinstance(step, Command | Cell)
    if everything:
        for listed in LISTED["command"]:
            if "is_used" not in listed:
                sys.exit(f"no document has the command {listed} of .ci/book/commands.toml")
    print(f"{commands} commands of the documents are checked")


main()
