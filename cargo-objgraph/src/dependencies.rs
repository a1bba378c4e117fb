//! The packages that the program depends on: which of their types can be traced, and which packages
//! are instrumented too.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::OsString;
use std::path::Path;

use cargo_metadata::{Metadata, MetadataCommand, PackageId};

use crate::cargo::{Cargo, warn};
use crate::cli::{Adopt, Instrumented};
use crate::copy::Copy;
use crate::error::Error;
use crate::facades::ECOSYSTEM;
use crate::manifest::Patch;
use crate::project::Package;
use crate::tree::Tree;

/// Asks cargo which packages the copy is built with, turns on the features of objgraph for them, and
/// copies those that are to be instrumented.
pub(crate) fn choose(copy: &mut Copy, cargo: &Cargo, options: &Instrumented) -> Result<(), Error> {
    let metadata = resolve(cargo)?;
    copy.own_packages = own_packages(&metadata);
    let wanted = wanted(&metadata, options);
    copy.facades.ecosystem = ecosystem(&metadata, &wanted);
    for name in &options.deps {
        if !wanted.iter().any(|package| is_named(package, name)) {
            warn(&format!("--deps {name}: {}", why_not(&metadata, name)));
        }
    }
    for package in wanted {
        add(copy, package);
    }
    Ok(())
}

/// Returns the features of objgraph for the packages that a workspace depends on itself.
pub(crate) fn direct_ecosystem(
    manifest: &Path,
    options: &Adopt,
) -> Result<BTreeSet<String>, Error> {
    let mut command = MetadataCommand::new();
    command.manifest_path(manifest);
    let options = options.cargo_options().into_iter().map(str::to_owned);
    command.other_options(options.collect::<Vec<String>>());
    let metadata = command.exec().map_err(Error::metadata)?;
    let mut features = ecosystem(&metadata, &[]);
    let members = metadata.workspace_packages();
    features.retain(|name| {
        let dependencies = members.iter().flat_map(|package| &package.dependencies);
        dependencies
            .into_iter()
            .any(|dependency| dependency.name == *name)
    });
    Ok(features)
}

/// Resolves the dependencies of the copy. Its lockfile is written.
fn resolve(cargo: &Cargo) -> Result<Metadata, Error> {
    let mut command = MetadataCommand::new();
    command.manifest_path(&cargo.manifest);
    command.other_options(feature_options(&cargo.options));
    command.exec().map_err(Error::metadata)
}

/// Returns the options that `cargo metadata` knows too.
fn feature_options(options: &[OsString]) -> Vec<String> {
    let mut options = options.iter().map(|option| option.to_string_lossy());
    let mut found = Vec::new();
    while let Some(option) = options.next() {
        let name = option.split('=').next().unwrap_or(&option);
        match name {
            "--all-features" | "--no-default-features" | "--offline" => {
                found.push(option.into_owned());
            }
            "--features" | "-F" => {
                found.push(option.clone().into_owned());
                if !option.contains('=') {
                    found.extend(options.next().map(|value| value.into_owned()));
                }
            }
            _ => {}
        }
    }
    found
}

/// Returns the features of objgraph for the packages that the program uses, in a version that objgraph
/// knows; except those that depend on a package that is to be instrumented, because that depends on
/// objgraph.
fn ecosystem(metadata: &Metadata, wanted: &[&cargo_metadata::Package]) -> BTreeSet<String> {
    let core = metadata
        .packages
        .iter()
        .find(|package| *package.name == "objgraph-core");
    let known = core.into_iter().flat_map(|core| &core.dependencies);
    let required: Vec<_> = known.filter(|dependency| dependency.optional).collect();
    ECOSYSTEM
        .into_iter()
        .filter(|name| {
            let required = required.iter().find(|dependency| dependency.name == *name);
            let mut used = metadata
                .packages
                .iter()
                .filter(|package| *package.name == *name);
            required.is_some_and(|required| {
                used.any(|used| {
                    required.req.matches(&used.version) && !needs(metadata, used, wanted)
                })
            })
        })
        .map(str::to_owned)
        .collect()
}

/// Returns whether a package has a name, or its crate does.
fn is_named(package: &cargo_metadata::Package, name: &str) -> bool {
    package.name.replace('-', "_") == name.replace('-', "_")
}

/// Returns whether a package is one of the others, or depends on one.
fn needs(
    metadata: &Metadata,
    package: &cargo_metadata::Package,
    others: &[&cargo_metadata::Package],
) -> bool {
    let reached = reached(metadata, std::slice::from_ref(&package.id), &[]);
    others.iter().any(|other| reached.contains(&other.id))
}

/// Returns the packages that the program links, outside of its workspace, and that `--deps` names.
fn wanted<'m>(metadata: &'m Metadata, options: &Instrumented) -> Vec<&'m cargo_metadata::Package> {
    if options.deps.is_empty() && !options.all_deps {
        return Vec::new();
    }
    let own = below(metadata, &facades(metadata), &[]);
    let linked = below(metadata, &metadata.workspace_members, &own);
    let packages = metadata.packages.iter().filter(|package| {
        linked.contains(&package.id)
            && !own.contains(&package.id)
            && !metadata.workspace_members.contains(&package.id)
            && Package::new(package).is_some()
    });
    packages
        .filter(|package| {
            options.all_deps || options.deps.iter().any(|name| is_named(package, name))
        })
        .collect()
}

fn why_not(metadata: &Metadata, name: &str) -> String {
    let own = below(metadata, &facades(metadata), &[]);
    let found = metadata
        .packages
        .iter()
        .find(|package| is_named(package, name));
    match found {
        None => "the program has no such dependency".to_owned(),
        Some(package) if own.contains(&package.id) => {
            "objgraph depends on it, so it cannot depend on objgraph".to_owned()
        }
        Some(package) if metadata.workspace_members.contains(&package.id) => {
            "it is in the workspace, and instrumented anyway".to_owned()
        }
        Some(_) => "it is only used while the program is built".to_owned(),
    }
}

/// Returns the packages of objgraph, and those that only it depends on, as `name@version`.
fn own_packages(metadata: &Metadata) -> Vec<String> {
    let starts = facades(metadata);
    let own = reached(metadata, &starts, &[]);
    let packages = metadata.packages.iter();
    let objgraph =
        packages.filter(|package| *package.name == "objgraph" && own.contains(&package.id));
    let without: Vec<PackageId> = starts
        .into_iter()
        .chain(objgraph.map(|package| package.id.clone()))
        .collect();
    let of_program = reached(metadata, &metadata.workspace_members, &without);
    let packages = metadata
        .packages
        .iter()
        .filter(|package| own.contains(&package.id) && !of_program.contains(&package.id));
    packages
        .map(|package| format!("{}@{}", package.name, package.version))
        .collect()
}

/// Returns packages and everything that they depend on, of every kind, except those in `without`.
fn reached(metadata: &Metadata, starts: &[PackageId], without: &[PackageId]) -> HashSet<PackageId> {
    let nodes = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
    let nodes: HashMap<_, _> = nodes.map(|node| (&node.id, node)).collect();
    let mut found = HashSet::new();
    let mut next = starts.to_vec();
    while let Some(id) = next.pop() {
        if without.contains(&id) && !starts.contains(&id) || !found.insert(id.clone()) {
            continue;
        }
        if let Some(node) = nodes.get(&id) {
            next.extend(node.dependencies.iter().cloned());
        }
    }
    found
}

fn facades(metadata: &Metadata) -> Vec<PackageId> {
    let packages = metadata.packages.iter();
    packages
        .filter(|package| *package.name == "objgraph-std" || *package.name == "objgraph-alloc")
        .map(|package| package.id.clone())
        .collect()
}

/// Returns what is linked into packages: themselves and their dependencies that are not for building,
/// except those of macros, and those in `without`.
fn below(metadata: &Metadata, starts: &[PackageId], without: &[PackageId]) -> Vec<PackageId> {
    let Some(resolve) = &metadata.resolve else {
        return Vec::new();
    };
    let nodes: HashMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let is_macro = |id: &PackageId| {
        let targets = metadata.packages.iter().find(|package| package.id == *id);
        targets.is_some_and(|package| Package::new(package).is_none())
    };
    let mut found: Vec<PackageId> = Vec::new();
    let mut next: Vec<PackageId> = starts.to_vec();
    while let Some(id) = next.pop() {
        if found.contains(&id) || without.contains(&id) || is_macro(&id) {
            continue;
        }
        if let Some(node) = nodes.get(&id) {
            let linked = node.deps.iter().filter(|dependency| {
                let kinds = &dependency.dep_kinds;
                kinds
                    .iter()
                    .any(|kind| kind.kind != cargo_metadata::DependencyKind::Build)
            });
            next.extend(linked.map(|dependency| dependency.pkg.clone()));
        }
        found.push(id);
    }
    found
}

/// Copies a dependency, and lets cargo use the copy.
fn add(copy: &mut Copy, package: &cargo_metadata::Package) {
    let Some(instrumented) = Package::new(package) else {
        return;
    };
    let folder = format!("{}-{}", package.name, package.version);
    let tree = Tree {
        original: instrumented.dir.clone(),
        copy: copy.home.join("deps").join(folder),
        without: BTreeSet::from([
            instrumented.dir.join("target"),
            instrumented.dir.join(".git"),
            instrumented.dir.join("Cargo.lock"),
            instrumented.dir.join(".cargo-ok"),
        ]),
        own: BTreeSet::new(),
    };
    if let Some(source) = &package.source {
        let patch = Patch {
            source: address(&source.repr),
            name: package.name.to_string(),
            version: package.version.to_string(),
            copy: tree.copy.clone(),
        };
        if !copy.patches.contains(&patch) {
            copy.patches.push(patch);
        }
    }
    copy.trees.push(tree);
    copy.packages.push(instrumented);
}

/// Returns how `[patch]` names the source of a package.
fn address(source: &str) -> String {
    let (_, address) = source.split_once('+').unwrap_or(("", source));
    let address = address.split(['?', '#']).next().unwrap_or(address);
    match address.ends_with("crates.io-index") || address.starts_with("https://index.crates.io") {
        true => "crates-io".to_owned(),
        false => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_named_as_patches_name_them() {
        for (source, name) in [
            (
                "registry+https://github.com/rust-lang/crates.io-index",
                "crates-io",
            ),
            ("sparse+https://index.crates.io/", "crates-io"),
            (
                "registry+https://example.org/index",
                "https://example.org/index",
            ),
            (
                "git+https://example.org/a?branch=main#0123456",
                "https://example.org/a",
            ),
        ] {
            assert_eq!(address(source), name);
        }
    }

    #[test]
    fn only_options_about_features_are_passed_to_metadata() {
        let options = [
            "-p",
            "a",
            "--features",
            "x,y",
            "--release",
            "--features=z",
            "--offline",
        ];
        let options = options.map(OsString::from);
        assert_eq!(
            feature_options(&options),
            ["--features", "x,y", "--features=z", "--offline"]
        );
    }
}
