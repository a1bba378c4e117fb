#!/usr/bin/env python3
"""Runs `cargo objgraph test` on crates from the registry, and compares with what is known without it.

Usage: crates.py [--doc] [NAME…]

`.ci/crates.toml` lists the crates by version. The tests must pass as they do with `cargo test`. Of
the crates with `leaks`, each test that loses memory of `Rc` or `Arc` under valgrind, alone in a
process of the plain build, must be reported as leaking, at least possibly; and no other as leaking
or likely leaking. What is measured is printed as a row of the table in `docs/command.md`, with the
time of the tests over that of the plain build before the leaks. Of builds, it is processor time, so
that other work of the machine counts less. With `--doc`, the examples in documentation are run too.

The command is the first cargo-objgraph in PATH. Everything is written below `target/crates`.
"""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTED = ROOT / ".ci/crates.toml"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "crates"
POINTERS = re.compile(r"\b(rc::Rc|sync::Arc)(<|::<)")


@dataclass
class Ran:
    """What a command printed, and the processor time that it and its children took."""

    stdout: str
    stderr: str
    code: int
    seconds: float

    @property
    def tests_seconds(self) -> float:
        """The time that the tests ran, by their own clock."""
        return sum(map(float, re.findall(r"; finished in ([\d.]+)s$", self.stdout, re.M)))

    @property
    def passed(self) -> Counter:
        """The tests that passed. Of the same name in two programs, both count."""
        return Counter(re.findall(r"^test (.+?)(?: - should panic)? \.\.\. ok$", self.stdout, re.M))


@dataclass
class Row:
    """What was found for one crate."""

    name: str
    version: str
    lines: int = 0
    instrumented: str = ""
    fallbacks: list[str] = field(default_factory=list)
    rounds: int = 0
    passed: int = 0
    build: float = 0
    run: str = "—"
    leaking: str = "0"
    faults: list[str] = field(default_factory=list)


def run(command: list[str], folder: Path, **variables: str) -> Ran:
    env = {name: value for name, value in os.environ.items() if name != "CARGO_TARGET_DIR"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, cwd=folder, env=env | variables, text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Ran(done.stdout, done.stderr, done.returncode, seconds)


def unpack(name: str, version: str, files: dict[str, str], more: str) -> Path:
    """Fetches a crate, and copies it with files added, and with more in its manifest."""
    scratch = TARGET / "fetch"
    (scratch / "src").mkdir(parents=True, exist_ok=True)
    (scratch / "src/lib.rs").touch()
    (scratch / "Cargo.toml").write_text(
        '[package]\nname = "fetch"\nedition = "2024"\n[workspace]\n'
        f'[dependencies]\n{name} = "={version}"\n'
    )
    metadata = ["cargo", "metadata", "--format-version", "1", "--manifest-path"]
    found = run([*metadata, str(scratch / "Cargo.toml")], scratch)
    packages = json.loads(found.stdout)["packages"] if found.code == 0 else []
    of_name = [package for package in packages if package["name"] == name]
    if not of_name:
        sys.exit(f"{name} {version} cannot be fetched:\n{found.stderr}")
    folder = TARGET / f"{name}-{version}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(Path(of_name[0]["manifest_path"]).parent, folder)
    # Below the target folder, it would be taken for a member of this workspace.
    with (folder / "Cargo.toml").open("a") as manifest:
        manifest.write(f"\n[workspace]\n{more}")
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def lines(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in folder.rglob("*.rs"))


def lost(program: str, test: str, folder: Path) -> bool:
    """Returns whether a test alone in its process loses memory that `Rc` or `Arc` allocated."""
    report = TARGET / "valgrind.xml"
    command = [
        "valgrind", "--leak-check=full", "--show-leak-kinds=definite,indirect", "--num-callers=24",
        "--xml=yes", f"--xml-file={report}",
    ]
    run([*command, program, "--exact", test, "--test-threads=1"], folder)
    errors = ElementTree.parse(report).getroot().iter("error")
    leaks = (error for error in errors if error.findtext("kind", "").startswith("Leak_"))
    frames = (frame.findtext("fn", "") for leak in leaks for frame in leak.iter("frame"))
    return any(POINTERS.search(frame) for frame in frames)


def losing(built: Ran, folder: Path) -> set[tuple[str, str]]:
    """Returns the tests that lose memory, with their crates."""
    found = set()
    for line in built.stdout.splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        program = message.get("executable")
        if message.get("reason") != "compiler-artifact" or not program:
            continue
        if not message["profile"]["test"]:
            continue
        listed = run([program, "--list", "--format", "terse"], folder)
        krate = message["target"]["name"].replace("-", "_")
        for test in re.findall(r"^(.+): test$", listed.stdout, re.M):
            if lost(program, test, folder):
                found.add((krate, test))
    return found


def compare(entry: dict, is_doc: bool) -> Row:
    row = Row(entry["name"], entry["version"])
    folder = unpack(row.name, row.version, entry.get("files", {}), entry.get("manifest", ""))
    row.lines = lines(folder)
    plain_target = str(folder / "target/plain")
    targets = entry.get("targets", [] if is_doc else ["--lib", "--bins", "--tests"])
    options = [*entry.get("options", []), *targets]
    plain = ["cargo", "test", *options]
    plain_build = run(
        [*plain, "--no-run", "--message-format=json"], folder, CARGO_TARGET_DIR=plain_target
    )
    if plain_build.code != 0:
        row.faults.append(f"it does not build without the command:\n{plain_build.stderr}")
        return row
    plain_run = run([*plain, "--no-fail-fast"], folder, CARGO_TARGET_DIR=plain_target)
    command = ["cargo", "objgraph", "test", *entry.get("command", []), *options]
    build = run([*command, "--no-run", "--explain"], folder)
    (folder / "target/explained.txt").write_text(build.stderr)
    if build.code != 0:
        row.faults.append(f"it does not build with the command:\n{build.stderr}")
        return row
    tested = run([*command, "--no-fail-fast", "--json"], folder)
    (folder / "target/tested.txt").write_text(tested.stdout)
    row.passed = plain_run.passed.total()
    for test, count in (plain_run.passed - tested.passed).items():
        row.faults.append(f"{test} passes without the command ({count})")
    for test, count in (tested.passed - plain_run.passed).items():
        row.faults.append(f"{test} passes with the command only ({count})")
    rounds = re.search(r"after (\d+) rounds? of repair", build.stderr)
    row.rounds = int(rounds[1]) if rounds else 0
    row.build = build.seconds / plain_build.seconds
    # Shorter runs are mostly the start of the process.
    if plain_run.tests_seconds >= 0.5:
        row.run = f"{tested.tests_seconds / plain_run.tests_seconds:.1f}"
    data = json.loads(tested.stdout[tested.stdout.rindex("\n{\n"):])
    instrumented = data["instrumented"]
    row.instrumented = f"{instrumented['derived']} of {instrumented['types']}"
    for one, many, number in [
        ("file", "files", len(instrumented["files_with_std"])),
        ("package", "packages", len(instrumented["plain_packages"])),
        ("type", "types", len(re.findall(r"stay std's", build.stderr))),
    ]:
        if number:
            row.fallbacks.append(f"{number} {one if number == 1 else many}")
    verdicts = {(test["crate"], test["test"]): test["verdict"] for test in data["tests"]}
    sure = {test for test, verdict in verdicts.items() if verdict in ("leaked", "likely")}
    reported = sure | {test for test, verdict in verdicts.items() if verdict == "possibly"}
    row.leaking = f"{len(sure)}" if sure == reported else f"{len(sure)}, {len(reported - sure)} possibly"
    if entry.get("leaks") is not None:
        lost_in = losing(plain_build, folder)
        for test in sorted(lost_in - reported):
            row.faults.append(f"{'::'.join(test)} loses memory, and is not reported")
        for test in sorted(sure - lost_in):
            row.faults.append(f"{'::'.join(test)} is reported as {verdicts[test]}, and loses nothing")
        row.leaking += f" of {len(lost_in)}"
        if len(lost_in) != entry["leaks"]:
            row.faults.append(f"{len(lost_in)} tests lose memory, not {entry['leaks']} as listed")
    return row


def main() -> None:
    names = [name for name in sys.argv[1:] if not name.startswith("--")]
    with LISTED.open("rb") as file:
        entries = tomllib.load(file)["crate"]
    chosen = [entry for entry in entries if not names or entry["name"] in names]
    TARGET.mkdir(parents=True, exist_ok=True)
    has_faults = False
    for entry in chosen:
        row = compare(entry, "--doc" in sys.argv)
        cells = [
            f"{row.name} {row.version}", f"{row.lines:,}", row.instrumented,
            ", ".join(row.fallbacks) or "—", str(row.rounds),
            f"{row.passed}", f"{row.build:.1f}", row.run, row.leaking,
        ]
        print(f"| {' | '.join(cells)} |", flush=True)
        for fault in row.faults:
            print(f"  {fault}", flush=True)
        has_faults |= bool(row.faults)
    sys.exit(1 if has_faults else 0)


main()
