//! Looking up objects.

use std::fmt;
use std::ops::Deref;
use std::panic::Location;

use crate::listing::ListedObject;
use crate::object_id::ObjectId;
use crate::pointer_kind::PointerKind;
use crate::rc::Rc;
use crate::site::Site;
use crate::sync::Arc;
use crate::table;
use crate::trace::{Starts, label_of};
use crate::tracked::Visit;
use crate::type_name::{public_name, short_name, shown_name};

/// An object of the table, found by its id. It keeps nothing alive.
#[derive(Clone, Copy)]
pub struct Object {
    listed: ListedObject,
    kind: crate::listing::Kind,
}

/// A strong reference to an object, recovered from the table.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[allow(
    unused_qualifications,
    reason = "where tracking is off, ours are those of std"
)]
pub enum Strong<T: ?Sized + 'static> {
    /// The object was created as an `Rc`.
    Rc(Rc<T>),
    /// The object was created as an `Arc`.
    Arc(Arc<T>),
    /// The object is watched, behind std's `Rc`.
    StdRc(std::rc::Rc<T>),
    /// The object is watched, behind std's `Arc`.
    StdArc(std::sync::Arc<T>),
}

impl<T: ?Sized> Deref for Strong<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Rc(strong) => strong,
            Self::Arc(strong) => strong,
            Self::StdRc(strong) => strong,
            Self::StdArc(strong) => strong,
        }
    }
}

impl<T: ?Sized> Strong<T> {
    /// Returns the `Rc`, if it is one.
    #[must_use]
    pub fn rc(self) -> Option<Rc<T>> {
        match self {
            Self::Rc(strong) => Some(strong),
            _ => None,
        }
    }

    /// Returns the `Arc`, if it is one.
    #[must_use]
    pub fn arc(self) -> Option<Arc<T>> {
        match self {
            Self::Arc(strong) => Some(strong),
            _ => None,
        }
    }
}

/// Returns the object with this id, or `None` if it is not alive. O(1).
///
/// ```
/// use objgraph_core::{at, id, rc::Rc};
///
/// let five = Rc::new(5);
/// # if objgraph_core::ENABLED {
/// let object = at(id(&five)).expect("it is alive");
/// assert_eq!(object.type_name(), "i32");
/// assert!(Rc::ptr_eq(&object.upgrade::<i32>().unwrap().rc().unwrap(), &five));
/// # }
/// ```
#[must_use]
pub fn at(id: ObjectId) -> Option<Object> {
    let listed = table::describe(id)?;
    Some(Object {
        listed,
        kind: table::kind(listed.kind)?,
    })
}

/// Lists all objects that are alive, in the order of the table. O(objects).
#[must_use]
pub fn objects() -> Vec<Object> {
    let mut all = Vec::new();
    each_object(&mut |object| all.push(*object));
    all
}

/// Reports all objects that are alive, one at a time, in the order of the table: what [`objects`]
/// lists, without the memory of a list. Nothing is locked meanwhile, so objects that die during the
/// call may still be reported. O(objects).
///
/// ```
/// use objgraph_core::{each_object, rc::Rc};
///
/// struct Leaf;
/// let leaves = [Rc::new(Leaf), Rc::new(Leaf)];
/// let mut found = 0;
/// each_object(&mut |object| found += usize::from(object.is::<Leaf>()));
/// assert_eq!(found, if objgraph_core::ENABLED { leaves.len() } else { 0 });
/// ```
pub fn each_object(see: &mut dyn FnMut(&Object)) {
    let mut kinds = table::kinds();
    table::list_each(&mut |&listed| {
        if kinds.len() <= listed.kind as usize {
            kinds = table::kinds();
        }
        if let Some(&kind) = kinds.get(listed.kind as usize) {
            see(&Object { listed, kind });
        }
    });
}

impl Object {
    /// Returns its id.
    #[must_use]
    pub fn id(&self) -> ObjectId {
        self.listed.id
    }

    /// Returns the full name of its type.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        (self.kind.name)()
    }

    /// Returns the name of its type without modules.
    #[must_use]
    pub fn short_name(&self) -> String {
        short_name(self.type_name())
    }

    /// Whether it holds a `T`.
    #[must_use]
    pub fn is<T: 'static>(&self) -> bool {
        self.kind.type_id == std::any::TypeId::of::<T>()
    }

    /// Returns the site that created it.
    #[must_use]
    pub fn site(&self) -> Site {
        Site::from(self.kind.site)
    }

    /// Returns what holds it.
    #[must_use]
    pub fn pointer_kind(&self) -> PointerKind {
        self.listed.pointer_kind
    }

    /// Returns the epoch it was born in; see [`NodeRow::epoch`](crate::NodeRow::epoch).
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.listed.epoch
    }

    /// Returns the number of the scope it was created in; 0 for none. See
    /// [`Scope::contains`](crate::Scope::contains).
    #[must_use]
    pub fn scope(&self) -> u32 {
        self.listed.scope
    }

    /// Whether it belongs to another thread, as an `Rc` does, so that this thread cannot visit it.
    #[must_use]
    pub fn is_of_other_thread(&self) -> bool {
        self.listed.elsewhere
    }

    /// Whether it is still alive.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        table::describe(self.id()).is_some()
    }

    /// Returns a short text of its value, if its type has one; see [`label_of`].
    #[must_use]
    pub fn label(&self) -> Option<String> {
        label_of(self.id())
    }

    /// Returns a pointer to it, if it is alive, holds a `T`, and this thread may have it: an `Rc`
    /// stays on the thread that created it.
    #[must_use]
    #[track_caller]
    pub fn upgrade<T: 'static>(&self) -> Option<Strong<T>> {
        table::upgrade(self.id(), Location::caller())
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}",
            shown_name(&public_name(self.type_name())),
            self.id()
        )
    }
}

/// In a query, it stands for the object itself.
impl Visit for Object {
    fn starts(&self, starts: &mut Starts) -> bool {
        starts.object(self.id());
        true
    }
}

/// In a query, it stands for the object with this id.
impl Visit for ObjectId {
    fn starts(&self, starts: &mut Starts) -> bool {
        starts.object(*self);
        true
    }

    fn is_leaf() -> bool {
        true
    }
}
