//! The rows of the tables. The first column of each names the snapshot, so that the files of many
//! snapshots are one table.

use parquet_derive::ParquetRecordWriter;

/// The snapshot: one row.
#[derive(Debug, ParquetRecordWriter)]
pub(super) struct SnapshotRow<'s> {
    pub(super) snapshot: &'s str,
    /// The tags that dumps have, and others by name: `a=1,b=2`.
    pub(super) host: Option<&'s str>,
    pub(super) program: Option<&'s str>,
    pub(super) version: Option<&'s str>,
    /// Seconds since 1970.
    pub(super) time: Option<i64>,
    pub(super) tags: String,
    pub(super) objects: u64,
    pub(super) edges: u64,
    /// How many objects could not be traced.
    pub(super) untraced: u64,
}

/// An object.
#[derive(Debug, ParquetRecordWriter)]
pub(super) struct NodeRow<'s> {
    pub(super) snapshot: &'s str,
    pub(super) node: u32,
    pub(super) id: String,
    pub(super) type_name: &'s str,
    pub(super) site: Option<&'s str>,
    pub(super) thread: Option<&'s str>,
    pub(super) scope: u32,
    pub(super) epoch: u32,
    pub(super) pointer: &'static str,
    pub(super) strong: Option<u32>,
    pub(super) weak: Option<u32>,
    pub(super) external: Option<i64>,
    pub(super) shallow_bytes: u64,
    pub(super) heap_bytes: u64,
    pub(super) retained_bytes: u64,
    /// `leaked`, `likely` or `possibly`.
    pub(super) verdict: Option<&'static str>,
    /// The fingerprint of the kind of leak.
    pub(super) kind: Option<&'s str>,
    pub(super) root: Option<&'s str>,
    pub(super) label: Option<&'s str>,
}

/// A reference.
#[derive(Debug, ParquetRecordWriter)]
pub(super) struct EdgeRow<'s> {
    pub(super) snapshot: &'s str,
    pub(super) source: u32,
    pub(super) target: u32,
    pub(super) path: u32,
    pub(super) element: Option<u32>,
    /// `strong`, `weak` or `inferred`.
    pub(super) reference: &'static str,
}

/// A type with objects.
#[derive(Debug, ParquetRecordWriter)]
pub(super) struct TypeRow<'s> {
    pub(super) snapshot: &'s str,
    pub(super) type_name: &'s str,
    pub(super) short_name: &'s str,
    pub(super) size: u64,
    pub(super) is_traced: bool,
    pub(super) implements_drop: bool,
    pub(super) objects: u64,
    pub(super) bytes: u64,
}

/// A line that created objects.
#[derive(Debug, ParquetRecordWriter)]
pub(super) struct SiteRow<'s> {
    pub(super) snapshot: &'s str,
    pub(super) site: &'s str,
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) objects: u64,
    pub(super) bytes: u64,
}

/// A path that holds references.
#[derive(Debug, ParquetRecordWriter)]
pub(super) struct PathRow<'s> {
    pub(super) snapshot: &'s str,
    pub(super) path: u32,
    pub(super) type_name: &'s str,
    /// Without the numbers of elements: `orders[_]`.
    pub(super) field: String,
}
