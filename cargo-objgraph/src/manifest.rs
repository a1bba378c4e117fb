//! The manifests of the copy.

use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::facades::Facades;
use crate::tree::normal;

/// What changes in a manifest.
pub(crate) struct Change<'c> {
    /// The folder of the original manifest.
    pub(crate) dir: &'c Path,
    /// Returns the path to write for a folder or file that the manifest names, if it is not where the
    /// relative path leads from the copy.
    pub(crate) moved: &'c dyn Fn(&Path) -> Option<PathBuf>,
    /// The facades, if the package is instrumented.
    pub(crate) facades: Option<&'c Facades>,
    /// Whether the manifest is that of the workspace, which must not be part of another one.
    pub(crate) is_root: bool,
    /// The packages that are replaced: where cargo gets them from, their name, and their copy.
    pub(crate) patches: &'c [Patch],
    /// The packages of objgraph in the build, and those that only it depends on, as `name@version`.
    pub(crate) own_packages: &'c [String],
}

/// A dependency that is replaced by its instrumented copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Patch {
    /// `crates-io`, or the address of a registry or repository.
    pub(crate) source: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) copy: PathBuf,
}

/// The tables of a manifest that list dependencies.
const DEPENDENCIES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// Returns the text of a manifest for the copy.
///
/// # Errors
///
/// If it is not valid TOML.
pub(crate) fn edit(text: &str, change: &Change<'_>) -> Result<String, toml_edit::TomlError> {
    let mut manifest: DocumentMut = text.parse()?;
    move_paths(manifest.as_table_mut(), change);
    if let Some(facades) = change.facades {
        add_facades(&mut manifest, facades);
    }
    if change.is_root {
        manifest
            .entry("workspace")
            .or_insert_with(|| Item::Table(Table::new()));
        add_patches(&mut manifest, change.patches);
        add_profiles(&mut manifest, change.own_packages);
    }
    Ok(manifest.to_string())
}

/// Corrects the paths that no longer lead where they did.
fn move_paths(table: &mut dyn TableLike, change: &Change<'_>) {
    for name in DEPENDENCIES
        .map(str::to_owned)
        .into_iter()
        .chain(DEPENDENCIES.map(|name| name.replace('-', "_")))
    {
        move_each(table.get_mut(&name), change);
    }
    for name in ["workspace", "lib"] {
        if let Some(inner) = table.get_mut(name).and_then(Item::as_table_like_mut) {
            move_paths(inner, change);
            move_path(inner, "path", change);
        }
    }
    for (_, inner) in tables(table.get_mut("target")) {
        move_paths(inner, change);
    }
    for (_, inner) in tables(table.get_mut("patch")) {
        for (_, dependency) in inner.iter_mut() {
            if let Some(dependency) = dependency.as_table_like_mut() {
                move_path(dependency, "path", change);
            }
        }
    }
    move_each(table.get_mut("replace"), change);
    for kind in ["bin", "example", "test", "bench"] {
        let Some(targets) = table.get_mut(kind).and_then(Item::as_array_of_tables_mut) else {
            continue;
        };
        for target in targets.iter_mut() {
            move_path(target, "path", change);
        }
    }
    if let Some(package) = table.get_mut("package").and_then(Item::as_table_like_mut) {
        move_path(package, "build", change);
    }
}

fn tables(item: Option<&mut Item>) -> impl Iterator<Item = (String, &mut dyn TableLike)> {
    item.and_then(Item::as_table_like_mut)
        .into_iter()
        .flat_map(|table| table.iter_mut())
        .filter_map(|(name, item)| Some((name.get().to_owned(), item.as_table_like_mut()?)))
}

fn move_each(dependencies: Option<&mut Item>, change: &Change<'_>) {
    for (_, dependency) in tables(dependencies) {
        move_path(dependency, "path", change);
    }
}

fn move_path(table: &mut dyn TableLike, key: &str, change: &Change<'_>) {
    let Some(path) = table.get(key).and_then(Item::as_str) else {
        return;
    };
    let original = normal(&change.dir.join(path));
    if let Some(moved) = (change.moved)(&original) {
        table.insert(key, text(&moved));
    }
}

fn text(path: &Path) -> Item {
    Item::Value(Value::from(path.to_string_lossy().into_owned()))
}

fn add_facades(manifest: &mut DocumentMut, facades: &Facades) {
    let dependencies = manifest
        .entry("dependencies")
        .or_insert_with(|| Item::Table(Table::new()));
    let Some(dependencies) = dependencies.as_table_like_mut() else {
        return;
    };
    for (name, dependency) in facades.dependencies() {
        dependencies.insert(&name, Item::Value(Value::InlineTable(dependency)));
    }
}

fn add_patches(manifest: &mut DocumentMut, patches: &[Patch]) {
    for patch in patches {
        let all = manifest
            .entry("patch")
            .or_insert_with(|| Item::Table(implicit()));
        let Some(all) = all.as_table_like_mut() else {
            return;
        };
        let source = all
            .entry(&patch.source)
            .or_insert_with(|| Item::Table(Table::new()));
        let Some(source) = source.as_table_like_mut() else {
            return;
        };
        let mut dependency = InlineTable::new();
        dependency.insert("package", patch.name.as_str().into());
        dependency.insert("path", patch.copy.to_string_lossy().as_ref().into());
        let key = format!("{}-{}", patch.name, patch.version.replace(['.', '+'], "-"));
        source.insert(&key, Item::Value(Value::InlineTable(dependency)));
    }
}

/// Compiles packages without debug information and not incrementally, in few units: half the work. They
/// do not change while the program does.
fn add_profiles(manifest: &mut DocumentMut, packages: &[String]) {
    if packages.is_empty() {
        return;
    }
    let settings: [(&str, Vec<(&str, Value)>); 2] = [
        (
            "dev",
            vec![
                ("debug", false.into()),
                ("incremental", false.into()),
                ("codegen-units", 4.into()),
            ],
        ),
        ("release", vec![("debug", false.into())]),
    ];
    for (profile, settings) in settings {
        let mut table = manifest.as_table_mut() as &mut dyn TableLike;
        for name in ["profile", profile, "package"] {
            let item = table.entry(name).or_insert_with(|| Item::Table(implicit()));
            let Some(inner) = item.as_table_like_mut() else {
                return;
            };
            table = inner;
        }
        let named: Vec<String> = table
            .iter()
            .map(|(spec, _)| name(spec).to_owned())
            .collect();
        for package in packages {
            // Cargo refuses two settings that match a package.
            if !named.iter().any(|named| named == name(package)) {
                let settings = settings.iter().cloned().collect::<InlineTable>();
                table.insert(package, Item::Value(Value::InlineTable(settings)));
            }
        }
    }
}

/// Returns the name in the specification of a package, such as `image@0.25` or `path+file:///image#0.25.1`.
fn name(spec: &str) -> &str {
    let (url, version) = spec.rsplit_once('#').unwrap_or(("", spec));
    let is_version = version.starts_with(|first: char| first.is_ascii_digit());
    match is_version && !version.contains('@') {
        true => url.rsplit('/').next().unwrap_or(url),
        false => version.split(['@', ':']).next().unwrap_or(version),
    }
}

fn implicit() -> Table {
    let mut table = Table::new();
    table.set_implicit(true);
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Edits a manifest in `/home/shop`, of which everything outside is moved to itself.
    fn edited(text: &str, facades: Option<&Facades>, is_root: bool, patches: &[Patch]) -> String {
        let moved = |path: &Path| (!path.starts_with("/home/shop")).then(|| path.to_owned());
        let change = Change {
            dir: Path::new("/home/shop"),
            moved: &moved,
            facades,
            is_root,
            patches,
            own_packages: &["objgraph-core@0.1.0".to_owned()],
        };
        edit(text, &change).unwrap()
    }

    #[test]
    fn paths_to_the_outside_become_absolute() {
        let text = r#"[package]
name = "shop" # the shop
build = "../build.rs"

[dependencies]
near = { path = "crates/near" }
far = { path = "../far", version = "1" }

[target.'cfg(unix)'.dev-dependencies]
far2.path = "../../far2"

[[bin]]
name = "a"
path = "../bins/a.rs"

[workspace.dependencies]
far3 = { path = "../far3" }

[patch.crates-io]
far4 = { path = "../far4" }
"#;
        let after = r#"[package]
name = "shop" # the shop
build = "/home/build.rs"

[dependencies]
near = { path = "crates/near" }
far = { path = "/home/far", version = "1" }

[target.'cfg(unix)'.dev-dependencies]
far2.path = "/far2"

[[bin]]
name = "a"
path = "/home/bins/a.rs"

[workspace.dependencies]
far3 = { path = "/home/far3" }

[patch.crates-io]
far4 = { path = "/home/far4" }
"#;
        assert_eq!(edited(text, None, false, &[]), after);
    }

    #[test]
    fn the_packages_of_objgraph_are_compiled_quickly() {
        let text = "[package]\nname = \"shop\"\n\n[profile]\ndev = { opt-level = 1, package.image.opt-level = 3 }\n";
        let read: DocumentMut = edited(text, None, true, &[]).parse().unwrap();
        let dev = &read["profile"]["dev"];
        assert_eq!(dev["opt-level"].as_integer(), Some(1));
        assert_eq!(dev["package"]["image"]["opt-level"].as_integer(), Some(3));
        let package = &dev["package"]["objgraph-core@0.1.0"];
        assert_eq!(package["debug"].as_bool(), Some(false));
        assert_eq!(package["incremental"].as_bool(), Some(false));
        let release = &read["profile"]["release"]["package"]["objgraph-core@0.1.0"];
        assert_eq!(release["debug"].as_bool(), Some(false));
        assert!(release.get("codegen-units").is_none());
    }

    #[test]
    fn a_package_that_the_program_has_settings_for_keeps_them() {
        for spec in [
            "objgraph-core",
            "objgraph-core@0.1.0",
            "objgraph-core:0.1",
            "registry+https://github.com/rust-lang/crates.io-index#objgraph-core@0.1.0",
            "path+file:///home/objgraph-core#0.1.0",
        ] {
            let text = format!(
                "[package]\nname = \"shop\"\n[profile.dev.package.\"{spec}\"]\nopt-level = 3\n"
            );
            let read: DocumentMut = edited(&text, None, true, &[]).parse().unwrap();
            let packages = read["profile"]["dev"]["package"].as_table_like().unwrap();
            assert_eq!(packages.len(), 1, "{spec}");
            assert_eq!(
                packages.get(spec).unwrap()["opt-level"].as_integer(),
                Some(3)
            );
        }
    }

    #[test]
    fn the_root_is_a_workspace_and_has_the_patches() {
        let patch = Patch {
            source: "crates-io".to_owned(),
            name: "rowan".to_owned(),
            version: "0.16.1".to_owned(),
            copy: "/copy/rowan".into(),
        };
        let text = edited("[package]\nname = \"shop\"\n", None, true, &[patch]);
        let read: DocumentMut = text.parse().unwrap();
        assert!(read.get("workspace").is_some());
        let patch = &read["patch"]["crates-io"]["rowan-0-16-1"];
        assert_eq!(patch["package"].as_str(), Some("rowan"));
        assert_eq!(patch["path"].as_str(), Some("/copy/rowan"));
    }
}
