#!/usr/bin/env python3
"""Runs std's own tests of `Rc` and `Arc`, and the examples in their documentation, against objgraph's.

Usage: alloctests.py LIBRARY

LIBRARY is the folder `library` of the sources of Rust, as a package installs them. Nothing of them
is in this repository: they are copied into `target/alloctests`, where the imports of std's pointers
become imports of objgraph's. What does not compile then is removed, test by test, and must be
listed in `.ci/alloctests.toml` with the reason. All else must pass.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTED = ROOT / ".ci/alloctests.toml"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
PACKAGE = TARGET / "alloctests"

# Test programs: where their sources are, by the name of the folder in older versions too.
TESTS = {
    "rc": ["alloctests/tests/rc.rs", "alloc/tests/rc.rs"],
    "arc": ["alloctests/tests/arc.rs", "alloc/tests/arc.rs"],
    "sync": ["alloctests/tests/sync.rs"],
}
EXAMPLES = {"rc_examples": "alloc/src/rc.rs", "sync_examples": "alloc/src/sync.rs"}

HEADER = "#![allow(warnings)]\nextern crate alloc;\n"
MANIFEST = """[package]
name = "alloctests"
version = "0.0.0"
edition = "2024"
publish = false

[lib]
path = "lib.rs"

[dependencies]
objgraph = {{ path = {path} }}

[workspace]
"""


@dataclass
class Item:
    """A piece of a test program that is removed as a whole."""

    text: str
    # The name of a test; None for all else.
    test: str | None
    first_line: int = 0
    last_line: int = 0


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    library = Path(sys.argv[1])
    programs = {}
    for name, places in TESTS.items():
        source = next((library / place for place in places if (library / place).is_file()), None)
        if source:
            programs[name] = items(ours(source.read_text()))
    unstable = 0
    for name, place in EXAMPLES.items():
        found = examples((library / place).read_text())
        programs[name] = [item for item in found if item]
        unstable += found.count(None)
    if not any(programs.values()):
        sys.exit(f"{library} has no tests of Rc and Arc")
    total = sum(1 for item in all_of(programs) if item.test)
    write_package()
    removed = remove_what_does_not_compile(programs)
    compare(programs, removed)
    left = sum(1 for item in all_of(programs) if item.test)
    print(f"{left} of {total} tests compile; {unstable} examples are of unstable features", flush=True)
    sys.exit(cargo("test", "--quiet", "--no-fail-fast").returncode)


def all_of(programs):
    return (item for items in programs.values() for item in items)


def ours(source):
    """The source with objgraph's pointers for std's."""
    # Nothing of these is stable.
    source = re.sub(r"(use [\w:]+::\{[^}]*?)\bUnique(Rc|Arc), ?", r"\1", source)
    source = re.sub(r"\b(std|alloc|crate)::(rc|sync)::", r"objgraph::\2::", source)
    source = re.sub(r"\buse (std|alloc)::(rc|sync);", r"use objgraph::\2;", source)
    # What stable asks for in place of a coercion.
    return re.sub(
        r"(let (?:mut )?\w+: (?:Rc|Arc|Weak)<(dyn [^=>]+|\[[^;=>]+\])> = )(?!(?:Rc|Arc)::from)([^;]+);",
        r"\1objgraph::unsize!(\3 => \2);",
        source,
    )


def items(source):
    """The items of a file."""
    found, start, depth, at = [], 0, 0, 0
    while at < len(source):
        token = skipped(source, at)
        if token:
            at = token
            continue
        char = source[at]
        at += 1
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        if depth == 0 and (char == "}" or char == ";"):
            found.append(item(source[start:at].strip()))
            start = at
    return found


def item(text):
    is_test = re.search(r"^#\[test\]", text, re.MULTILINE)
    name = re.search(r"\bfn (\w+)", text)
    return Item(text, name[1] if is_test and name else None)


def skipped(source, at):
    """Where a comment or a literal ends that begins here, or None."""
    patterns = [
        r"//[^\n]*",
        r"/\*.*?\*/",
        r'[bc]?r(#*)".*?"\1',
        r'[bc]?"(?:\\.|[^"\\])*"',
        r"b?'(?:\\[^\n]+?|[^'\\\n])'",
    ]
    if source[at] not in "/\"'bcr" or (at and (source[at - 1].isalnum() or source[at - 1] == "_")):
        return None
    for pattern in patterns:
        match = re.compile(pattern, re.DOTALL).match(source, at)
        if match:
            return match.end()
    return None


def examples(source):
    """The examples of a file; None for each that uses unstable features."""
    found, names = [], {}
    lines = source.splitlines()
    owner, at = "", 0
    while at < len(lines):
        header = re.match(r"(?:unsafe )?impl\b(?:<[^{]*?>+)? ?([^{]*)", lines[at])
        if header:
            owner = bare(header[1])
        doc = re.match(r"\s*//[/!]", lines[at])
        if not doc:
            at += 1
            continue
        text, marker = [], doc[0].strip()
        while at < len(lines) and lines[at].strip().startswith(marker):
            text.append(lines[at].strip().removeprefix(marker).removeprefix(" "))
            at += 1
        name = name_of(lines, at, owner) if marker == "///" else "module"
        for fence, code in blocks(text):
            if {"ignore", "text", "compile_fail"} & set(fence):
                continue
            number = names[name] = names.get(name, 0) + 1
            found.append(example(name if number == 1 else f"{name} {number}", fence, code, len(found)))
    return found


def bare(header):
    """`Clone for Rc` of `Clone for Rc<T, A>`."""
    header = re.sub(r"\bwhere\b.*", "", header)
    while "<" in header:
        shorter = re.sub(r"<[^<>]*>", "", header)
        if shorter == header:
            break
        header = shorter
    return " ".join(header.split())


def name_of(lines, at, owner):
    """The name of what is documented before a line."""
    for line in lines[at : at + 40]:
        function = re.search(r"\bfn (\w+)", line)
        if function:
            return f"{owner}::{function[1]}" if line.startswith(" ") else function[1]
        named = re.match(r"\s*(?:pub )?(?:struct|trait|type|macro_rules!) ?(\w+)", line)
        if named:
            return named[1]
        header = re.match(r"(?:unsafe )?impl\b(?:<[^{]*?>+)? ?([^{]*)", line)
        if header:
            return bare(header[1])
    return "?"


def blocks(text):
    """The fenced blocks of a documentation comment."""
    fence, code = None, []
    for line in text:
        if line.strip().startswith("```"):
            if fence is None:
                fence, code = re.split(r"[\s,]+", line.strip()[3:]), []
            else:
                yield fence, code
                fence = None
        elif fence is not None:
            hidden = line.lstrip()
            code.append("" if hidden == "#" else re.sub(r"^(\s*)#( |(?=#))", r"\1", line))


def example(name, fence, code, number):
    body = ours("\n".join(code))
    if "#![feature" in body:
        return None
    call = "main();" if re.search(r"\bfn main\(\)", body) else ""
    attributes = "#[test]\n" + ("#[should_panic]\n" if "should_panic" in fence else "")
    if "no_run" in fence:
        attributes += "#[ignore = \"not to be run\"]\n"
    word = re.sub(r"\W+", "_", name).strip("_").lower()
    return Item(f"{attributes}fn example_{number}_{word}() {{\n{body}\n{call}\n}}", name)


def write_package():
    (PACKAGE / "tests").mkdir(parents=True, exist_ok=True)
    for old in (PACKAGE / "tests").glob("*.rs"):
        old.unlink()
    (PACKAGE / "Cargo.toml").write_text(MANIFEST.format(path=json.dumps(str(ROOT))))
    (PACKAGE / "Cargo.lock").write_bytes((ROOT / "Cargo.lock").read_bytes())
    (PACKAGE / "lib.rs").write_text("")


def write_programs(programs):
    for name, items in programs.items():
        text = HEADER
        for item in items:
            item.first_line = text.count("\n") + 1
            text += item.text + "\n\n"
            item.last_line = text.count("\n")
        (PACKAGE / "tests" / f"{name}.rs").write_text(text)


def remove_what_does_not_compile(programs):
    """Removes items until the programs compile; gives the first error of each test."""
    removed = {name: {} for name in programs}
    while True:
        write_programs(programs)
        checked = cargo("check", "--tests", "--keep-going", "--message-format=json", capture=True)
        wrong = {}
        for line in checked.stdout.splitlines():
            message = json.loads(line)
            if message.get("reason") == "compiler-message" and message["message"]["level"] == "error":
                for name, number in places(message["message"]):
                    wrong.setdefault((name, number), message["message"]["rendered"])
        if checked.returncode == 0:
            return removed
        before = sum(len(items) for items in programs.values())
        for (name, number), error in wrong.items():
            for item in list(programs.get(name, ())):
                if item.first_line <= number <= item.last_line:
                    programs[name].remove(item)
                    if item.test:
                        removed[name][item.test] = error
        if before == sum(len(items) for items in programs.values()):
            sys.exit(f"{checked.stdout}\n{checked.stderr}\nan error is of no item")


def places(message):
    """The programs and lines that an error is at."""
    for span in message["spans"]:
        if not span["is_primary"]:
            continue
        while span and not span["file_name"].startswith("tests/"):
            span = (span.get("expansion") or {}).get("span")
        if span:
            yield Path(span["file_name"]).stem, span["line_start"]


def compare(programs, removed):
    """Compares what does not compile with what is listed."""
    listed = {}
    for group in tomllib.loads(LISTED.read_text())["cannot_compile"]:
        for name in programs:
            for test in group.get(name, ()):
                listed.setdefault(name, {})[test] = group["why"]
    failed = False
    for name, tests in removed.items():
        for test, error in tests.items():
            if test not in listed.get(name, {}):
                failed = True
                print(f"{name}: `{test}` does not compile, and is not in {LISTED.name}:\n{error}")
        compiled = {item.test for item in programs[name]}
        for test in sorted(compiled & set(listed.get(name, {}))):
            print(f"{name}: {test} compiles; its line in {LISTED.name} can go")
    if failed:
        sys.exit(1)


def cargo(command, *arguments, capture=False):
    return subprocess.run(
        ["cargo", command, "--manifest-path", PACKAGE / "Cargo.toml", "--target-dir", TARGET, *arguments],
        cwd=PACKAGE,
        stdout=subprocess.PIPE if capture else None,
        stderr=subprocess.PIPE if capture else None,
        text=True,
        check=False,
    )


if __name__ == "__main__":
    main()
