#!/usr/bin/env python3
"""Packs the crates that are published, unpacks them elsewhere, and uses them there as a stranger does.

Nothing in the folder of the unpacked crates refers to the checkout. cargo gets them from a folder that
takes the place of crates.io (https://doc.rust-lang.org/cargo/reference/source-replacement.html), with
the crates that they depend on.

    package.py FOLDER                     the contents, all crates with their features, the stranger
    package.py FOLDER --tests             and their unit tests and the examples in their documentation
    package.py FOLDER --oldest CARGO      and the stranger's program with this cargo and its compiler
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent

# Parts of the checkout that no user needs.
LEFT_OUT = {".ci", ".cargo", ".github", "benches", "fixtures", "fuzz", "page", "tests"}

# A program with a leak that knows nothing of objgraph.
PLAIN = """\
use std::cell::RefCell;
use std::rc::Rc;

struct Folder {
    name: String,
    parent: RefCell<Option<Rc<Folder>>>,
    folders: RefCell<Vec<Rc<Folder>>>,
}

fn folder(name: &str) -> Rc<Folder> {
    Rc::new(Folder {
        name: name.to_owned(),
        parent: RefCell::new(None),
        folders: RefCell::new(Vec::new()),
    })
}

fn main() {
    let home = folder("home");
    let work = folder("work");
    *work.parent.borrow_mut() = Some(Rc::clone(&home));
    home.folders.borrow_mut().push(Rc::clone(&work));
    println!("{} is in {}", work.name, home.name);
}
"""

# What the README makes of it by hand: the imports, the derive, the question.
CHANGES = [
    ("use std::rc::Rc;", "use objgraph::Tracked;\nuse objgraph::rc::Rc;"),
    ("struct Folder", "#[derive(Tracked)]\nstruct Folder"),
    (
        '    println!("{} is in {}", work.name, home.name);\n',
        '    println!("{} is in {}", work.name, home.name);\n'
        "    drop((home, work));\n"
        '    println!("{}", objgraph::find_leaks());\n',
    ),
]

# What explains the leak.
EXPLAINED = ["2 objects leaked", "Folder.folders[0] → Folder.parent", "fix: make `Folder.parent` Weak"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tests", action="store_true")
    parser.add_argument("--oldest", type=Path)
    options = parser.parse_args()
    folder = options.folder.resolve()
    if CHECKOUT in folder.parents:
        sys.exit(f"{folder} is in the checkout; choose one outside")

    crates = published()
    packed = pack(crates, folder)
    unpacked = unpack(packed, folder)
    for name, path in unpacked.items():
        check_contents(name, path)
    write_workspace(unpacked, folder)
    check_builds(crates, unpacked, folder, options.tests)
    vendor(packed, unpacked, folder)
    stranger(folder, options.oldest)


def published():
    """Returns the metadata of the crates that are published, by name."""
    metadata = run(["cargo", "metadata", "--format-version=1", "--no-deps"], CHECKOUT, quiet=True)
    packages = json.loads(metadata)["packages"]
    return {package["name"]: package for package in packages if package["publish"] != []}


def pack(crates, folder):
    """Packs all crates, and returns the file of each."""
    command = ["cargo", "package", "--no-verify", "--allow-dirty", "--quiet"]
    command += [f"--target-dir={folder / 'packed'}"]
    command += [f"--package={name}" for name in crates]
    run(command, CHECKOUT, quiet=True)
    packed = folder / "packed" / "package"
    return {name: packed / f"{name}-{crate['version']}.crate" for name, crate in crates.items()}


def unpack(packed, folder):
    """Unpacks the crates, prints their sizes, and returns the folder of each."""
    crates = folder / "crates"
    crates.mkdir()
    unpacked = {}
    for name, file in packed.items():
        with tarfile.open(file) as archive:
            members = [member for member in archive.getmembers() if member.isfile()]
            archive.extractall(crates, filter="data")
        size = sum(member.size for member in members)
        print(
            f"{name:20} {len(members):4} files {size / 1024:8.1f} KiB,"
            f" {file.stat().st_size / 1024:6.1f} KiB compressed",
            flush=True,
        )
        unpacked[name] = crates / file.stem
    return unpacked


def check_contents(name, crate):
    """Fails unless the crate has its licences and its README, and nothing that no user needs."""
    for licence in ("LICENSE-MIT", "LICENSE-APACHE"):
        packed = crate / licence
        if packed.is_symlink() or packed.read_bytes() != (CHECKOUT / licence).read_bytes():
            sys.exit(f"{name}: {licence} is not that of the checkout")
    if not (crate / "README.md").read_text().startswith(f"# {name}\n"):
        sys.exit(f"{name}: README.md is not that of the crate")
    for path in crate.rglob("*"):
        relative = path.relative_to(crate)
        # A module may have the name of a folder that is left out.
        if relative.parts[0] != "src" and LEFT_OUT.intersection(relative.parts):
            sys.exit(f"{name}: {relative} is no part of what a user needs; see `include`")


def write_workspace(unpacked, folder):
    """Makes the unpacked crates a workspace, in which they find each other."""
    patches = [f'{name} = {{ path = "{crate.name}" }}' for name, crate in unpacked.items()]
    members = [f'"{crate.name}"' for crate in unpacked.values()]
    lines = ["[workspace]", 'resolver = "3"', f"members = [{', '.join(members)}]"]
    lines += ["", "[patch.crates-io]", *patches, ""]
    (folder / "crates" / "Cargo.toml").write_text("\n".join(lines))
    # The versions that are tested; what is left out is removed.
    shutil.copy(CHECKOUT / "Cargo.lock", folder / "crates")


def check_builds(crates, unpacked, folder, tests):
    """Builds each crate by itself, then with the features of its documentation; or tests it so."""
    workspace = folder / "crates"
    # What the crates depend on is built there already.
    target = os.environ.get("CARGO_TARGET_DIR", "target")
    environment = dict(os.environ, CARGO_TARGET_DIR=str(CHECKOUT / target))
    has_page = (unpacked["objgraph-analysis"] / "assets" / "page.html").exists()
    if not has_page:
        message = "objgraph-analysis has no assets/page.html, which `page` makes"
        if tests:
            sys.exit(f"{message}: users could not build the feature `html`")
        print(f"{message}: the feature `html` is not tried", flush=True)
    for name, crate in crates.items():
        features = ((crate["metadata"] or {}).get("docs") or {}).get("rs", {}).get("features", [])
        features = [feature for feature in features if has_page or feature != "html"]
        if name == "cargo-objgraph" and has_page:
            features.append("html")
        for chosen in [[], features] if features else [[]]:
            arguments = ["--package", name]
            if chosen:
                arguments += ["--features", ",".join(chosen)]
            run(["cargo", "check", *arguments], workspace, environment)
            if not tests:
                continue
            kind = crate["targets"][0]["kind"][0]
            run(["cargo", "test", *arguments, "--bins" if kind == "bin" else "--lib"], workspace, environment)
            # The examples of these, and of the macros, are written as users of objgraph write them, and a
            # package cannot depend on one that depends on it, not even for its tests.
            if kind == "lib" and name != "objgraph-analysis":
                run(["cargo", "test", *arguments, "--doc"], workspace, environment)


def vendor(packed, unpacked, folder):
    """Makes a folder that takes the place of crates.io, and a home of cargo that uses it."""
    run(["cargo", "vendor", "--quiet", "--versioned-dirs", "../vendor"], folder / "crates", quiet=True)
    for name, crate in unpacked.items():
        copy = folder / "vendor" / crate.name
        shutil.copytree(crate, copy)
        checksum = hashlib.sha256(packed[name].read_bytes()).hexdigest()
        (copy / ".cargo-checksum.json").write_text(json.dumps({"files": {}, "package": checksum}))
    home = folder / "home"
    home.mkdir()
    (home / "config.toml").write_text(
        '[source.crates-io]\nreplace-with = "packed"\n\n'
        f"[source.packed]\ndirectory = {json.dumps(str(folder / 'vendor'))}\n"
    )


def stranger(folder, oldest):
    """Follows the README in an empty folder: the command, then the library by hand."""
    environment = dict(os.environ, CARGO_HOME=str(folder / "home"), CARGO_NET_OFFLINE="true")
    environment["PATH"] = f"{folder / 'home' / 'bin'}{os.pathsep}{environment['PATH']}"
    for name in ("CARGO_TARGET_DIR", "RUSTC_WORKSPACE_WRAPPER"):
        environment.pop(name, None)

    started = time.monotonic()
    plain = new_program(folder / "stranger", "plain", PLAIN, environment)
    # Without optimisation, which the command does not need.
    install = ["cargo", "install", "--quiet", "--debug", "cargo-objgraph"]
    run([*install, f"--target-dir={folder / 'target'}"], folder, environment)
    installed = time.monotonic()
    printed = run(["cargo", "objgraph", "run"], plain, environment, fails=True)
    expect(printed, EXPLAINED)
    ended = time.monotonic()
    print(f"the command: installed in {installed - started:.0f} s, ", end="")
    print(f"the leak explained {ended - installed:.0f} s later", flush=True)

    changed = PLAIN
    for old, new in CHANGES:
        assert old in changed
        changed = changed.replace(old, new)
    compilers = [("the installed compiler", "cargo", environment)]
    if oldest:
        path = f"{oldest.parent}{os.pathsep}{environment['PATH']}"
        older = dict(environment, PATH=path, RUSTC=str(oldest.parent / "rustc"))
        compilers.append(("the oldest compiler", str(oldest), older))
    for what, cargo, environment in compilers:
        started = time.monotonic()
        program = new_program(folder / "stranger", f"by-hand-{len(what)}", PLAIN, environment)
        run([cargo, "add", "--quiet", "objgraph", "--features", "scan"], program, environment)
        (program / "src" / "main.rs").write_text(changed)
        printed = run([cargo, "run", "--quiet"], program, environment)
        expect(printed, EXPLAINED)
        print(f"the library, {what}: the leak explained in {time.monotonic() - started:.0f} s", flush=True)


def new_program(folder, name, source, environment):
    folder.mkdir(exist_ok=True)
    run(["cargo", "new", "--quiet", "--vcs=none", name], folder, environment)
    (folder / name / "src" / "main.rs").write_text(source)
    return folder / name


def expect(printed, parts):
    for part in parts:
        if part not in printed:
            sys.exit(f"{printed}\nthis does not contain: {part}")


def run(command, folder, environment=None, quiet=False, fails=False):
    """Runs a command, and returns what it printed; its errors are shown only if it fails. With `fails` it
    may, since a leak is an error, and they are part of what is returned."""
    if not quiet:
        print("+", *command, file=sys.stderr, flush=True)
    errors = subprocess.STDOUT if fails else subprocess.PIPE
    ended = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
    )
    if ended.returncode and not fails:
        print(ended.stdout, ended.stderr, file=sys.stderr)
        sys.exit(f"{' '.join(command)}: failed in {folder}")
    # That tests ran is seen in what they print last.
    for line in ended.stdout.splitlines():
        if line.startswith("test result:"):
            print(line, file=sys.stderr, flush=True)
    return ended.stdout


if __name__ == "__main__":
    main()
