//! The types of std and of other crates that the trace can visit, by their full names.

use objgraph_core::has_feature;

/// What values of a type of std may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contents {
    /// No references, whatever its arguments.
    Nothing,
    /// Values of its arguments.
    Arguments,
    /// References, whatever its arguments.
    References,
}

/// Returns what values of this type of std, or of objgraph, hold; `None` if the trace cannot visit
/// it.
pub(super) fn std_contents(path: &str) -> Option<Contents> {
    use Contents::{Arguments, Nothing, References};
    let (root, inside) = path.split_once("::")?;
    match root {
        "objgraph_core" => return Some(References),
        "std" | "core" | "alloc" => {}
        _ => return None,
    }
    let (modules, name) = inside.rsplit_once("::")?;
    let module = modules.split("::").next().unwrap_or(modules);
    Some(match (module, name) {
        ("rc", "Rc" | "Weak") | ("sync", "Arc" | "Weak") => References,
        ("vec", "Vec")
        | ("option", "Option")
        | ("result", "Result")
        | ("boxed", "Box")
        | ("pin", "Pin")
        | ("cell", "RefCell" | "OnceCell" | "Cell")
        | ("sync", "Mutex" | "RwLock" | "OnceLock")
        | (
            "collections",
            "BTreeMap" | "BTreeSet" | "BinaryHeap" | "HashMap" | "HashSet" | "LinkedList"
            | "VecDeque",
        )
        | ("cmp", "Reverse")
        | ("mem", "ManuallyDrop")
        | ("num", "Wrapping" | "Saturating")
        | ("ops", "Bound" | "ControlFlow" | "Range" | "RangeInclusive" | "RangeFrom" | "RangeTo")
        | ("borrow", "Cow")
        | ("task", "Poll")
        | ("panic", "AssertUnwindSafe") => Arguments,
        ("string", "String")
        | ("num", "NonZero")
        | ("marker", "PhantomData" | "PhantomPinned")
        | ("time", "Duration" | "Instant" | "SystemTime")
        | ("path", "PathBuf" | "Path")
        | ("ffi", "OsString" | "CString" | "OsStr" | "CStr")
        | ("net", _)
        | ("fs", "File" | "FileType" | "Metadata" | "OpenOptions" | "Permissions")
        | ("thread", "Thread" | "ThreadId")
        | ("process", "Child" | "ChildStdin" | "ChildStdout" | "ChildStderr" | "Output")
        | ("sync", "Barrier" | "Condvar" | "Once")
        | ("hash", "RandomState" | "DefaultHasher")
        | ("io", "Error")
        | ("any", "TypeId") => Nothing,
        ("sync", name) if name.starts_with("Atomic") => Nothing,
        _ => return None,
    })
}

/// Returns whether this is a primitive type, which holds nothing.
pub(super) fn is_primitive(name: &str) -> bool {
    matches!(
        name,
        "bool"
            | "char"
            | "f32"
            | "f64"
            | "i8"
            | "i16"
            | "i32"
            | "i64"
            | "i128"
            | "isize"
            | "str"
            | "u8"
            | "u16"
            | "u32"
            | "u64"
            | "u128"
            | "usize"
    )
}

/// A crate that objgraph has a feature for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ecosystem {
    /// The name of the feature.
    pub(super) feature: &'static str,
    /// The first segments of the names of its types.
    roots: &'static [&'static str],
    /// The last segments of the types that the trace can visit; empty if it can visit all.
    types: &'static [&'static str],
    /// The module through which programs name the types; empty for the root of the crate.
    module: &'static str,
}

impl Ecosystem {
    /// Returns whether the feature is on.
    pub(super) fn is_on(&self) -> bool {
        has_feature(self.feature)
    }
}

macro_rules! ecosystem {
    ($($feature:literal, [$($root:literal),+], [$($name:literal),*] $(in $module:literal)?;)*) => {
        const ECOSYSTEM: &[Ecosystem] = &[$(Ecosystem {
            feature: $feature,
            roots: &[$($root),+],
            types: &[$($name),*],
            module: concat!($($module)?),
        },)*];
    };
}

ecosystem! {
    "arc-swap", ["arc_swap"], ["ArcSwapAny"];
    "arrayvec", ["arrayvec"], ["ArrayVec", "ArrayString"];
    "bytes", ["bytes"], ["Bytes", "BytesMut"];
    "chrono", ["chrono"], [];
    "dashmap", ["dashmap"], ["DashMap", "DashSet"];
    "either", ["either"], ["Either"];
    "hashbrown", ["hashbrown"], ["HashMap", "HashSet", "HashTable"];
    "im", ["im"], ["Vector", "HashMap", "HashSet", "OrdMap", "OrdSet"];
    "imbl", ["imbl"], ["GenericVector", "GenericHashMap", "GenericHashSet", "GenericOrdMap", "GenericOrdSet"];
    "indexmap", ["indexmap"], ["IndexMap", "IndexSet"];
    "once_cell", ["once_cell"], ["OnceCell", "OnceBox", "Lazy", "OnceBool", "OnceNonZeroUsize"];
    "parking_lot", ["parking_lot", "lock_api"], ["Mutex", "RwLock", "ReentrantMutex", "Once", "Condvar"];
    "serde_json", ["serde_json"], ["Value", "Map", "Number"];
    "slab", ["slab"], ["Slab"];
    "slotmap", ["slotmap"], ["SlotMap", "DenseSlotMap", "HopSlotMap", "SecondaryMap", "SparseSecondaryMap", "DefaultKey", "KeyData"];
    "smallvec", ["smallvec"], ["SmallVec"];
    "thin-vec", ["thin_vec"], ["ThinVec"];
    "time", ["time"], [];
    "tokio", ["tokio"], ["Mutex", "RwLock", "OnceCell", "SetOnce", "Barrier", "Notify", "Semaphore"] in "sync";
    "triomphe", ["triomphe"], [];
    "url", ["url"], ["Url", "Host", "ParseError"];
    "uuid", ["uuid"], [];
}

/// Returns the crate that declares the type, if objgraph has a feature by which the trace can visit
/// the type.
pub(super) fn ecosystem(path: &str) -> Option<&'static Ecosystem> {
    let (root, inside) = path.split_once("::")?;
    let found = ECOSYSTEM.iter().find(|one| one.roots.contains(&root))?;
    let name = inside.rsplit("::").next()?;
    let is_in = found.module.is_empty() || inside.starts_with(found.module);
    (is_in && (found.types.is_empty() || found.types.contains(&name))).then_some(found)
}

impl Ecosystem {
    /// Returns the name by which a program writes the type.
    pub(super) fn written(&self, path: &str) -> String {
        let (root, inside) = path.split_once("::").unwrap_or((path, path));
        let name = inside.rsplit("::").next().unwrap_or(inside);
        match (self.feature, self.module) {
            // Its modules distinguish types of the same name.
            ("once_cell", _) => path.to_owned(),
            ("parking_lot", _) => format!("parking_lot::{name}"),
            (_, "") => format!("{root}::{name}"),
            (_, module) => format!("{root}::{module}::{name}"),
        }
    }
}

/// Modules of std and of other crates whose channels objgraph knows.
const CHANNELS: [&str; 7] = [
    "std::sync::mpsc::",
    "std::sync::mpmc::",
    "async_channel::",
    "crossbeam_channel::",
    "flume::",
    "futures_channel::",
    "tokio::sync::",
];

/// Returns whether this is an end of a channel, or a stream of what is in it.
pub(super) fn is_channel(path: &str) -> bool {
    let name = path.rsplit("::").next().unwrap_or(path);
    let is_end = ["Sender", "Receiver"].iter().any(|end| name.ends_with(end));
    is_end && CHANNELS.iter().any(|module| path.starts_with(module))
}
