//! The dependency in a `Cargo.toml`.

use std::error::Error;
use std::fmt;

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value};

const NAME: &str = "objgraph";

/// The source of the dependency on objgraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DependencySource {
    /// A version from the registry.
    Version(String),
    /// A folder.
    Path(String),
    /// The `[workspace.dependencies]` of the root.
    Workspace,
}

/// The list to which the dependency is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DependencyList {
    /// `[dependencies]` of a package.
    Package,
    /// `[workspace.dependencies]` of a root.
    Workspace,
}

/// Returns the manifest with objgraph and these features of it among the dependencies, in its place if
/// they are sorted; unchanged if it is there.
///
/// # Errors
///
/// If the manifest is not TOML, or its dependencies are no table.
///
/// ```
/// use objgraph_edits::{DependencyList, DependencySource, add_dependency};
///
/// let manifest = "[dependencies]\nlog = \"0.4\" # Logs.\nserde = \"1\"\n";
/// let source = DependencySource::Version("0.1".to_owned());
/// assert_eq!(
///     add_dependency(manifest, DependencyList::Package, &source, &[])?,
///     "[dependencies]\nlog = \"0.4\" # Logs.\nobjgraph = \"0.1\"\nserde = \"1\"\n",
/// );
/// # Ok::<(), objgraph_edits::ManifestError>(())
/// ```
pub fn add_dependency(
    manifest: &str,
    list: DependencyList,
    source: &DependencySource,
    features: &[&str],
) -> Result<String, ManifestError> {
    let mut document = parse(manifest)?;
    let parent: &mut dyn TableLike = match list {
        DependencyList::Package => document.as_table_mut(),
        DependencyList::Workspace => table(document.as_table_mut(), "workspace")?,
    };
    let is_new = !parent.contains_key("dependencies");
    let dependencies = table(parent, "dependencies")?;
    if dependencies.contains_key(NAME) {
        return Ok(manifest.to_owned());
    }
    let is_sorted = dependencies.iter().map(|(name, _)| name).is_sorted();
    dependencies.insert(NAME, item(source, features, dependencies));
    if is_sorted {
        dependencies.sort_values();
    }
    let own = parent.get_mut("dependencies").filter(|_| is_new);
    if let Some(Item::Table(table)) = own {
        table
            .decor_mut()
            .set_prefix(if manifest.is_empty() { "" } else { "\n" });
    }
    Ok(document.to_string())
}

/// Returns whether a root has `[workspace.dependencies]`, from which its members inherit.
///
/// # Errors
///
/// If the manifest is not TOML.
///
/// ```
/// use objgraph_edits::has_workspace_dependencies;
///
/// assert!(has_workspace_dependencies("[workspace.dependencies]\nserde = \"1\"\n")?);
/// assert!(!has_workspace_dependencies("[workspace]\n")?);
/// # Ok::<(), objgraph_edits::ManifestError>(())
/// ```
pub fn has_workspace_dependencies(manifest: &str) -> Result<bool, ManifestError> {
    let document = parse(manifest)?;
    let workspace = document.get("workspace").and_then(Item::as_table_like);
    Ok(workspace.is_some_and(|table| table.contains_key("dependencies")))
}

fn parse(manifest: &str) -> Result<DocumentMut, ManifestError> {
    manifest
        .parse()
        .map_err(|error: toml_edit::TomlError| ManifestError(error.to_string()))
}

/// Returns the table with this name; creates it if there is none.
fn table<'a>(
    parent: &'a mut dyn TableLike,
    name: &str,
) -> Result<&'a mut dyn TableLike, ManifestError> {
    parent
        .entry(name)
        .or_insert_with(|| Item::Table(Table::new()))
        .as_table_like_mut()
        .ok_or_else(|| ManifestError(format!("`{name}` is not a table")))
}

fn item(source: &DependencySource, features: &[&str], others: &dyn TableLike) -> Item {
    let (key, value) = match source {
        DependencySource::Version(version) if features.is_empty() => {
            return toml_edit::value(version);
        }
        DependencySource::Version(version) => ("version", Value::from(version)),
        DependencySource::Path(path) => ("path", Value::from(path)),
        DependencySource::Workspace => ("workspace", Value::from(true)),
    };
    // `serde.workspace = true` is a table with a dot.
    let is_dotted =
        |(_, item): (&str, &Item)| item.as_table_like().is_some_and(TableLike::is_dotted);
    if features.is_empty() && others.iter().any(is_dotted) {
        let mut table = Table::new();
        table.set_dotted(true);
        table.insert(key, Item::Value(value));
        return Item::Table(table);
    }
    let mut table = InlineTable::new();
    table.insert(key, value);
    if !features.is_empty() {
        table.insert("features", Value::Array(features.iter().copied().collect()));
    }
    toml_edit::value(table)
}

/// The manifest cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError(String);

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_end())
    }
}

impl Error for ManifestError {}
