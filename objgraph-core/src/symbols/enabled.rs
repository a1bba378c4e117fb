//! Names the types of values by symbols: the feature `symbols` is on.
//!
//! Compilers and linkers merge functions with equal code, and a symbol then names one type of several.
//! So nothing is named until two types of this file, whose functions are equal, turn out to have
//! their own names. That fails in an optimised program, in one without symbols, and wherever vtables
//! or symbols have an unknown form.
//!
//! An address is resolved once in the process. No lock is held meanwhile, because the memory that this
//! takes comes from the allocator of the program.

use std::any::{Any, type_name};
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering};

use objgraph_scan::Vtable;

use super::names::{as_type_name, dropped_type, function, is_closure, is_code_of};
use super::{ConcreteType, DynFunctions};
use crate::lock::{Mutex, is_forked};
use crate::order::SortedMap;
use crate::site::Site;

/// The vtable of a value, if it has one.
#[derive(Clone, Copy)]
pub(crate) struct DynVtable(Option<Vtable>);

/// Returns the vtable of a value.
#[inline]
pub(crate) fn vtable_of<T: ?Sized>(value: &T) -> DynVtable {
    DynVtable(objgraph_scan::vtable(value))
}

impl DynVtable {
    pub(crate) const NONE: Self = Self(None);

    /// Returns the functions by which the concrete type is named. `declared` is the name of the type
    /// that a field declares for the value, such as a `Box<dyn Fn()>`.
    #[inline]
    pub(crate) fn functions(self, declared: &str) -> Option<DynFunctions> {
        Some(functions(self.0?, declared))
    }
}

fn functions(vtable: Vtable, declared: &str) -> DynFunctions {
    DynFunctions {
        drop_glue: vtable.drop_glue,
        code: method_with_code(declared).map_or(0, |at| vtable.methods[at]),
    }
}

/// Returns which of the methods of a vtable has the code of a closure or a future.
///
/// The vtable of a `dyn Fn` begins with `FnOnce::call_once`, for which the compiler generates a function,
/// and `FnMut::call_mut`.
fn method_with_code(declared: &str) -> Option<usize> {
    let bounds = &declared[declared.find("dyn ")? + "dyn ".len()..];
    let bounds = match bounds.strip_prefix("for<") {
        Some(lifetimes) => lifetimes.split_once("> ")?.1,
        None => bounds,
    };
    let is = |path: &str| bounds.starts_with(path);
    if is("core::ops::function::Fn(") || is("core::ops::function::FnMut(") {
        Some(1)
    } else if is("core::future::future::Future<") {
        Some(0)
    } else {
        None
    }
}

/// The types that were named before, and the functions that name none.
static KNOWN: Mutex<SortedMap<DynFunctions, Option<ConcreteType>>> = Mutex::new(SortedMap::new());

/// Returns the concrete type of the values with these functions, if it is certain.
pub(crate) fn concrete_type(functions: DynFunctions) -> Option<ConcreteType> {
    if let Some(known) = KNOWN.lock().get(&functions) {
        return known.clone();
    }
    // The lock under which symbols are read may be locked forever in the child of a fork.
    if is_forked() || !are_certain() {
        return None;
    }
    let name = catch_unwind(|| named(functions)).ok().flatten();
    KNOWN.lock().get_or_insert_with(functions, || name.clone());
    name
}

/// Returns the concrete type of the values with these functions, by the symbols of the program.
fn named(functions: DynFunctions) -> Option<ConcreteType> {
    // An address inside the function: the one at which it begins may also be the end of another.
    let glue = symbol_at(functions.drop_glue.wrapping_add(1))?;
    let of = dropped_type(&glue.name)?;
    let mut site = None;
    let code = match functions.code {
        0 => None,
        _ if !is_closure(&of) => None,
        address => symbol_at(address),
    };
    let path = code.as_ref().and_then(|code| function(&code.name));
    if let (Some(code), Some(path)) = (code, path) {
        if is_code_of(&path, &of) {
            site = code.site;
        } else if is_closure(&path) {
            // One of the two functions is that of another type.
            return None;
        }
    }
    let name = as_type_name(&of);
    Some(ConcreteType { name, site })
}

/// The symbol of a function.
struct Symbol {
    name: String,
    /// The line at the address.
    site: Option<Site>,
}

/// Returns the symbol of the function at an address. `None` if there are several, because the compiler
/// has inlined one into the other.
fn symbol_at(address: usize) -> Option<Symbol> {
    let mut found = Vec::new();
    // The instruction before an address is what is resolved, because most addresses are those to
    // which a function returns.
    let address = std::ptr::without_provenance_mut::<c_void>(address.checked_add(1)?);
    backtrace::resolve(address, |symbol| found.push(read(symbol)));
    match found.len() {
        1 => found.pop().flatten(),
        _ => None,
    }
}

fn read(symbol: &backtrace::Symbol) -> Option<Symbol> {
    let name = symbol.name()?.as_str()?.to_owned();
    let file = symbol.filename().and_then(|file| file.to_str());
    let site = file.zip(symbol.lineno()).map(|(file, line)| Site {
        file: Site::file_in_package(file).into(),
        line,
        column: 0,
    });
    Some(Symbol { name, site })
}

/// Two types whose functions that drop them have equal code.
struct One(#[allow(dead_code, reason = "it needs a drop")] Box<u8>);
struct Other(#[allow(dead_code, reason = "it needs a drop")] Box<u8>);

/// Whether symbols name the types of this program.
fn are_certain() -> bool {
    const UNKNOWN: u8 = 0;
    const YES: u8 = 1;
    const NO: u8 = 2;
    static ARE_CERTAIN: AtomicU8 = AtomicU8::new(UNKNOWN);
    // Relaxed: all threads find the same, and nothing else is read because of it.
    match ARE_CERTAIN.load(Ordering::Relaxed) {
        UNKNOWN => {
            let values: [(&dyn Any, &str); 2] = [
                (&One(Box::default()), type_name::<One>()),
                (&Other(Box::default()), type_name::<Other>()),
            ];
            let has_its_name = |(value, expected): (&dyn Any, &str)| {
                let vtable = objgraph_scan::vtable(value)?;
                Some(named(functions(vtable, ""))?.name == expected)
            };
            let all = AssertUnwindSafe(|| {
                let mut values = values.iter();
                values.all(|&value| has_its_name(value) == Some(true))
            });
            let is_yes = catch_unwind(all).unwrap_or(false);
            ARE_CERTAIN.store(if is_yes { YES } else { NO }, Ordering::Relaxed);
            is_yes
        }
        known => known == YES,
    }
}
