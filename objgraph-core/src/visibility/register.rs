//! The registry of the process, and how types enter it.
//!
//! Derives enter their types at link time, through `inventory`; they are registered when a query
//! first needs them. Generic types are registered with the types that name them, or by [`register`].

use std::any::TypeId;
use std::cell::Cell;
use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::registrar::Registrar;
use super::registry::{Maps, Registry};
use crate::emptiness::nothing;
use crate::order;
use crate::tracked::Visit;
use crate::type_info::TypeInfo;

static REGISTRY: crate::lock::Mutex<Option<Registry>> = crate::lock::Mutex::new(None);

/// An entry in the list that the linker makes.
#[derive(Debug)]
pub enum Submission {
    /// A type with a derive. Its `Debug` calls [`pass_registration`]: the `dead_code` lint does not count what a
    /// derived `Debug` uses.
    Derived(&'static (dyn fmt::Debug + Sync)),
    /// Types that the program names.
    Named(fn(&mut Registrar)),
}

impl Submission {
    /// Registers the types.
    fn run(&self, registrar: &mut Registrar) {
        match self {
            Self::Named(register) => register(registrar),
            Self::Derived(entry) => {
                // `Nowhere` accepts every text.
                let _ = write!(Nowhere, "{entry:?}");
                if let Some(register) = SUBMITTED.take() {
                    register(registrar);
                }
            }
        }
    }
}

/// Accepts text and drops it.
struct Nowhere;

impl fmt::Write for Nowhere {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        Ok(())
    }
}

thread_local! {
    /// The function that the entry of a derive has passed to [`pass_registration`].
    static SUBMITTED: Cell<Option<fn(&mut Registrar)>> = const { Cell::new(None) };
}

/// Passes on the function that registers a type with a derive.
pub fn pass_registration(register: fn(&mut Registrar)) -> fmt::Result {
    SUBMITTED.set(Some(register));
    Ok(())
}

inventory::collect!(Submission);

/// The entry of a generic type with a derive, which may have no registered instance.
#[derive(Debug)]
pub struct Generic {
    /// Returns the full name of a type that is declared beside it, in a `const _`.
    pub beside: fn() -> &'static str,
    /// The name of the type.
    pub name: &'static str,
    /// The module of the type, or of the function that declares it.
    pub module: &'static str,
}

inventory::collect!(Generic);

impl Generic {
    /// Returns the path of the type: that of its neighbour with another last segment.
    fn path(&self) -> String {
        let beside = (self.beside)();
        let parent = beside
            .rfind("::_::")
            .map_or(self.module, |end| &beside[..end]);
        format!("{parent}::{}", self.name)
    }
}

/// Whether the types of the derives are in the registry.
static LOADED: AtomicBool = AtomicBool::new(false);

/// Returns the types known now, including those of the derives.
///
/// Two threads may both register the types of the derives; the registry keeps the first entry of each
/// type. A `Once` would make one wait for the other, which does not exist in the child of a fork.
pub(crate) fn registry() -> Registry {
    if !crate::ENABLED {
        return nothing();
    }
    // Relaxed: the lock of the registry orders its contents. A thread that sees the flag late
    // registers the types once more.
    //
    // A registration pass that calls this sees the types that are known so far.
    if !LOADED.load(Ordering::Relaxed) && !LOADING.replace(true) {
        publish(submitted());
        LOADED.store(true, Ordering::Relaxed);
        LOADING.set(false);
    }
    REGISTRY.lock().clone().unwrap_or_default()
}

/// Runs the registrations of all derives.
fn submitted() -> Maps {
    let mut registrar = Registrar::default();
    for submission in inventory::iter::<Submission> {
        submission.run(&mut registrar);
    }
    let mut maps = registrar.into_maps();
    let generics = inventory::iter::<Generic>.into_iter();
    let families = generics.map(|generic| (generic.path(), generic.module));
    maps.families.extend(families);
    maps
}

thread_local! {
    /// Whether this thread is running the registrations of the derives.
    static LOADING: Cell<bool> = const { Cell::new(false) };
}

fn publish(maps: Maps) {
    if !crate::ENABLED {
        return nothing();
    }
    REGISTRY
        .lock()
        .get_or_insert_with(Registry::default)
        .add(maps);
}

/// Registers a type, so that the trace can visit objects of it.
///
/// It is needed only for an instance of a generic type that no field of a type with a derive names.
///
/// ```
/// objgraph_core::register::<Vec<objgraph_core::rc::Rc<u8>>>();
/// ```
pub fn register<T: Visit + 'static>() {
    if !crate::ENABLED || registry().is_complete(TypeId::of::<T>()) {
        return;
    }
    let mut registrar = Registrar::default();
    registrar.named_by_user::<T>();
    publish(registrar.into_maps());
}

/// Registers the type of a value that was passed to a query, and the types that it names.
pub fn register_type_of<T: Visit>() {
    if !crate::ENABLED {
        return;
    }
    let mut registrar = Registrar::with_known(registry());
    T::register_static(&mut registrar);
    let maps = registrar.into_maps();
    if !maps.types.is_empty() {
        publish(maps);
    }
}

/// Returns all types whose values the trace can visit, sorted by name, whether or not a value of them is
/// alive.
#[must_use]
pub fn types() -> Vec<Arc<TypeInfo>> {
    if !crate::ENABLED {
        return nothing();
    }
    let registry = registry();
    let visited = registry.infos().filter(|info| info.is_visited);
    let mut types: Vec<_> = visited.map(Arc::clone).collect();
    order::sort_by(&mut types, |a, b| a.name.cmp(&b.name));
    types.dedup_by(|a, b| a.name == b.name);
    types
}

/// Returns the full names, without generic arguments, of all types with a derive, sorted. Includes
/// generic types that have no registered instance.
#[must_use]
pub fn families() -> Vec<String> {
    if !crate::ENABLED {
        return nothing();
    }
    let mut families: Vec<String> = registry().family_paths().cloned().collect();
    order::sort(&mut families);
    families
}
