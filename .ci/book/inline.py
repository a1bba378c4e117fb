#!/usr/bin/env python3
"""Checks the commands in the sentences of the documents: `cargo objgraph leaks --json`, `--fail-on KIND`.

They are not run, as those in blocks are (commands.py). Their subcommands, options, packages, tests, steps
and scripts have to exist: in the help of the built command and of cargo, in the metadata of the workspace,
in the steps and recipes, and among the files. A word in capitals stands for a value of the reader.

`cargo-objgraph` has to be in the target folder.
"""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
OWN = TARGET / "debug/cargo-objgraph"
BLOCK = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
# Subcommands of cargo that are installed by others, and are not part of every machine.
FOREIGN = {"deny", "fuzz", "nextest", "semver-checks"}
# Pages whose bare options, `--explain`, are those of our command.
OF_COMMAND = re.compile(r"docs/(command|fleet|notebooks|snapshots|stories/.*)\.md")
# Subcommands that pass other options on to cargo.
PASSED_ON = ["run", "test"]


@cache
def help_of(*command):
    done = subprocess.run(
        [*command, "--help"], capture_output=True, text=True, cwd=ROOT, stdin=subprocess.DEVNULL
    )
    # The help of cargo is a page of a manual, whose bold letters are printed twice.
    return re.sub(r".\x08", "", done.stdout) if done.returncode == 0 else ""


def options(text):
    return set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", text))


@cache
def own_subcommands():
    section = help_of(OWN, "objgraph").split("Commands:")[1].split("Options:")[0]
    return set(re.findall(r"^  (\w+)", section, flags=re.MULTILINE)) - {"help"}


@cache
def cargo_subcommands():
    listed = subprocess.run(["cargo", "--list"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^    (\S+)", listed, flags=re.MULTILINE))


@cache
def workspace():
    """The packages of the workspace, their targets and their features, by kind."""
    command = ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"]
    found = json.loads(subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout)
    names = {"package": set(), "features": set()}
    for package in found["packages"]:
        names["package"].add(package["name"])
        names["features"] |= set(package["features"])
        for target in package["targets"]:
            names.setdefault(target["kind"][0], set()).add(target["name"])
    return names


@cache
def steps():
    return set(re.findall(r"^(?:step|task)_(\w+)", (ROOT / ".ci/steps.sh").read_text(), re.MULTILINE))


@cache
def recipes():
    return set(re.findall(r"^(\w+)[^\n=]*:", (ROOT / "justfile").read_text(), flags=re.MULTILINE))


def is_placeholder(word):
    return word.startswith("…") or word.upper() == word


def values(text, name):
    """The values that an option accepts, as its part of the help lists them; none if it has no list."""
    for part in re.split(r"\n(?= +(?:-\w, )?--\w)", text):
        if re.match(rf" +(?:-\w, )?{name}\b(?!-)", part):
            listed = re.search(r"\[possible values: ([^\]]*)\]", part)
            if listed:
                return re.split(r",\s+", listed[1])
            return re.findall(r"^ +- (\w+):", part, flags=re.MULTILINE)
    return []


def unknown_options(words, text, what):
    known = options(text)
    for at, word in enumerate(words):
        name, _, value = word.partition("=")
        if not re.match(r"--?[a-z]", name):
            continue
        if name not in known:
            yield f"{what} has no option {name}"
            continue
        value = value or (words[at + 1] if at + 1 < len(words) else "")
        allowed = values(text, name)
        if value and allowed and not is_placeholder(value) and value not in allowed:
            yield f"{what} has no value {value!r} of {name}"


def of_objgraph(words):
    if not words:
        return
    if words[0] not in own_subcommands():
        yield f"cargo objgraph has no subcommand {words[0]!r}"
        return
    text = help_of(OWN, "objgraph", words[0])
    if words[0] in PASSED_ON:
        text += help_of("cargo", words[0])
    yield from unknown_options(words[1:], text, f"cargo objgraph {words[0]}")


def of_cargo(words):
    words = words[: words.index("--")] if "--" in words else words
    words = words[1:] if words and words[0].startswith("+") else words
    if not words or words[0] in FOREIGN:
        return
    if words[0] == "objgraph":
        yield from of_objgraph(words[1:])
        return
    if words[0] not in cargo_subcommands():
        yield f"cargo has no subcommand {words[0]!r}"
        return
    yield from unknown_options(words[1:], help_of("cargo", words[0]), f"cargo {words[0]}")
    kinds = {"-p": "package", "--package": "package"}
    kinds |= {f"--{kind}": kind for kind in ("bin", "example", "test", "bench", "features")}
    for name, value in zip(words, words[1:]):
        if name in kinds and not is_placeholder(value):
            for part in value.split(","):
                if part.split("/")[-1] not in workspace()[kinds[name]]:
                    yield f"the workspace has no {kinds[name]} {part}"
    if words[0] in ("add", "install"):
        for name in [word for word in words[1:] if not word.startswith("-")][:1]:
            if name not in workspace()["package"] and name not in {f"cargo-{own}" for own in FOREIGN}:
                yield f"{name} is not a package of the workspace"


def problems(code, page):
    """What is wrong with a text in code style, if it is a command."""
    for line in code.split(" && "):
        words = line.split()
        while words and re.match(r"[A-Z_]+=", words[0]):
            words.pop(0)
        if not words:
            continue
        if words[0] == "python3":
            words.pop(0)
        first, rest = words[0], words[1:]
        if first == "cargo":
            yield from of_cargo(rest)
        elif first in (".ci/steps.sh", ".ci/run"):
            yield from (f"there is no step {name!r}" for name in rest if name not in steps())
        elif first == "just":
            yield from (f"just has no recipe {name!r}" for name in rest[:1] if name not in recipes())
            if rest[:1] == ["step"]:
                named = (name for name in rest[1:] if not is_placeholder(name))
                yield from (f"there is no step {name!r}" for name in named if name not in steps())
        elif re.match(r"[\w./-]+/[\w-]+\.py$", first):
            if not (ROOT / first).is_file():
                yield f"there is no file {first}"
                return
            text = (ROOT / first).read_text()
            for name in rest:
                if name.startswith("--") and f'"{name}"' not in text:
                    yield f"{first} has no option {name}"
        elif first in own_subcommands() and any(word.startswith("--") for word in rest):
            yield from of_objgraph(words)
        elif re.match(r"--[a-z]", first) and OF_COMMAND.fullmatch(page):
            every = [help_of(OWN, "objgraph", name) for name in sorted(own_subcommands())]
            passed_on = {name for sub in PASSED_ON for name in options(help_of("cargo", sub))}
            if all(list(unknown_options(words, text, "")) for text in every) and first not in passed_on:
                yield f"no subcommand of cargo objgraph has {code}"


# Texts that must be found wrong, or else the check itself is.
WRONG = [
    "cargo objgraph leeks",
    "cargo objgraph leaks --jsn",
    "cargo objgraph leaks --fail-on everything",
    "cargo tset",
    "cargo test --tset laws",
    "cargo test --test no_such_test",
    "cargo run -p no-such-package",
    "cargo add objgraph --features no-such-feature",
    "cargo install cargo-objgarph",
    ".ci/steps.sh no_such_step",
    "just no_such_recipe",
    "python3 .ci/no_such_file.py",
    "convert --from svg",
    "--no-such-option",
]


def main():
    for code in WRONG:
        if not list(problems(code, "docs/command.md")):
            sys.exit(f"`{code}` is wrong, and inline.py does not see it")
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    pages += [ROOT / "benches/README.md", *ROOT.glob("*/README.md"), *ROOT.glob("examples/*/README.md")]
    found, checked = [], 0
    for page in sorted(set(pages)):
        place = str(page.relative_to(ROOT))
        for code in re.findall(r"`([^`]+)`", BLOCK.sub("", page.read_text())):
            code = " ".join(code.split())
            checked += bool(re.match(r"(\w+=\S+ )*(cargo |\.ci/|just |--[a-z])", code))
            found += [f"{place}: `{code}`: {problem}" for problem in problems(code, place)]
    if found:
        sys.exit("\n".join(found))
    print(f"{checked} commands and options in the sentences of the documents exist")


main()
