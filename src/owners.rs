//! Who still holds it: handle by handle, with the feature `owners`.
//!
//! [`owners()`] lists where each handle to an object was made and which are held from outside;
//! [`last_drop`] says where the last one was dropped, for types that are [followed](follow);
//! [`zombies()`] lists memory that only weak references keep. See [the guide](crate::guide::owners).
//!
//! ```
//! use objgraph::rc::Rc;
//!
//! let name = Rc::new("ann".to_owned());
//! if let Some(owners) = objgraph::owners::owners(objgraph::id(&name)) {
//!     println!("{owners}");
//! }
//! ```

pub use crate::analysis::{
    ExternalHandles, InternalHandle, LeakBirth, Owners, ZombieSite, Zombies, external_handles,
    owners as owners_in, zombies as zombies_in,
};
pub use crate::ask::{leak_birth, owners, zombies};
pub use objgraph_core::{HandlePlace, HandleRow, LastDrop, PointerKind, follow, last_drop};
