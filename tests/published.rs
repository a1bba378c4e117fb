//! What a published crate needs beside its code: licences, a README whose links lead somewhere from
//! any page, and what registries show of it. `.ci/package.py` looks at the packages themselves.

// recount: no, it reads files and makes no object.

// Elsewhere git may write a link as a file with a path in it.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// A crate that is published.
struct Published {
    folder: PathBuf,
    name: String,
    package: Table,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn manifest(folder: &Path) -> Table {
    text(&folder.join("Cargo.toml"))
        .parse()
        .expect("a manifest is TOML")
}

/// The members of the workspace, except those that say `publish = false`.
fn published() -> Vec<Published> {
    let workspace = manifest(root());
    let members = workspace["workspace"]["members"]
        .as_array()
        .expect("a list");
    let members = members.iter().filter_map(Value::as_str);
    let mut out = Vec::new();
    for member in std::iter::once("").chain(members) {
        let folder = root().join(member);
        let manifest = manifest(&folder);
        let package = manifest["package"].as_table().expect("a package").clone();
        if package.get("publish").and_then(Value::as_bool) != Some(false) {
            let name = package["name"].as_str().expect("a name").to_owned();
            out.push(Published {
                folder,
                name,
                package,
            });
        }
    }
    out
}

/// The address that the manifest of the workspace has; no other file chooses one.
fn repository() -> String {
    let workspace = manifest(root());
    let repository = workspace["workspace"]["package"]["repository"].as_str();
    repository
        .expect("the workspace has a repository")
        .to_owned()
}

#[test]
fn published_crates_have_what_a_registry_shows() {
    let published = published();
    for Published {
        folder,
        name,
        package,
    } in &published
    {
        for key in [
            "description",
            "version",
            "license",
            "repository",
            "rust-version",
            "keywords",
            "categories",
            "include",
            "readme",
        ] {
            assert!(package.contains_key(key), "{name} has no {key}");
        }
        for key in ["version", "license", "repository"] {
            let is_inherited = package[key].get("workspace").and_then(Value::as_bool);
            assert_eq!(is_inherited, Some(true), "{name} has a {key} of its own");
        }
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            assert_eq!(
                text(&folder.join(licence)),
                text(&root().join(licence)),
                "{name}"
            );
        }
        let readme = text(&folder.join("README.md"));
        assert!(
            readme.starts_with(&format!("# {name}\n")),
            "the README of {name}"
        );
        // Whoever finds a part finds the whole.
        assert!(
            name == "objgraph" || readme.contains("https://docs.rs/objgraph\n"),
            "the README of {name} does not link to objgraph"
        );
    }
    assert_eq!(published.len(), 12);
}

/// crates.io shows a README without the files beside it.
#[test]
fn links_of_readmes_are_absolute_and_those_into_the_repository_exist() {
    let repository = repository();
    let mut inside = 0;
    for Published { folder, name, .. } in published() {
        let readme = text(&folder.join("README.md"));
        for target in targets(&readme) {
            assert!(
                target.starts_with("https://"),
                "the README of {name} has a link that is not absolute: write [text][{target}] and, at \
                 its end, [{target}]: {repository}/blob/main/{target}"
            );
            let Some(rest) = target.strip_prefix(&repository) else {
                continue;
            };
            let path = rest
                .strip_prefix("/blob/main/")
                .or(rest.strip_prefix("/raw/main/"));
            let path = path.and_then(|path| path.split('#').next());
            let path = path.unwrap_or_else(|| panic!("the README of {name} links to {target}"));
            assert!(
                root().join(path).exists(),
                "the README of {name} links to {target}"
            );
            inside += 1;
        }
        for used in readme.split("][").skip(1) {
            let label = used.split(']').next().unwrap_or_default();
            assert!(
                readme.contains(&format!("\n[{label}]: ")),
                "the README of {name} does not define [{label}]"
            );
        }
    }
    assert!(inside > 20, "{inside} links into the repository");
}

/// Returns where the links of a text lead, in the order of the text, without the code of its blocks.
fn targets(markdown: &str) -> Vec<&str> {
    let prose = markdown.split("```").step_by(2);
    let lines = prose.flat_map(str::lines);
    let mut out = Vec::new();
    for line in lines {
        let definition = line
            .strip_prefix('[')
            .and_then(|line| line.split_once("]: "));
        out.extend(definition.map(|(_, target)| target));
        let inline = line.split("](").skip(1);
        out.extend(inline.filter_map(|rest| rest.split(')').next()));
    }
    out
}

#[test]
fn links_are_found_in_prose_and_not_in_code() {
    let markdown = "[a](b.md), ![c](d.svg)\n```text\n[e](f)\n```\n[g]: https://h\n";
    assert_eq!(targets(markdown), ["b.md", "d.svg", "https://h"]);
}

/// `.ci/steps.sh repository` changes the address everywhere.
#[test]
fn the_repository_has_one_address() {
    let repository = repository();
    let host = repository.rsplit_once('/').map_or("", |(owner, _)| owner);
    let mut files = vec![root().join("CHANGELOG.md"), root().join("CONTRIBUTING.md")];
    for Published { folder, .. } in published() {
        files.push(folder.join("README.md"));
        collect(&folder.join("src"), &mut files);
    }
    collect(&root().join("docs"), &mut files);
    for file in files {
        for (at, _) in text(&file).match_indices(&format!("{host}/")) {
            let rest = &text(&file)[at..];
            assert!(
                rest.starts_with(&repository),
                "{} has another address",
                file.display()
            );
        }
    }
}

/// Adds the sources and documents below a folder.
fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        let end = path.extension().unwrap_or_default();
        if path.is_dir() {
            collect(&path, out);
        } else if end == "rs" || end == "md" {
            out.push(path);
        }
    }
}
