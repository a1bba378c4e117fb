//! Counts by type, which are updated at each birth and death: no object is visited.

use std::time::Duration;

use crate::order;
use crate::site::Site;
use crate::table;

/// The number of objects of one type that one site created.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Count {
    /// The full name of the type.
    pub type_name: &'static str,
    /// The site that created them.
    pub site: Site,
    /// Number of objects that are alive.
    pub alive: u64,
    /// Number of objects that were ever created.
    pub born: u64,
    /// Bytes of the objects' own allocations, as
    /// [`Node::shallow_bytes`](crate::Node::shallow_bytes): without what their values own on the
    /// heap, which takes a trace.
    pub shallow_bytes: u64,
}

impl Count {
    /// Makes a count, for tests of what reads it.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        type_name: &'static str,
        site: Site,
        alive: u64,
        born: u64,
        shallow_bytes: u64,
    ) -> Self {
        Self {
            type_name,
            site,
            alive,
            born,
            shallow_bytes,
        }
    }
}

/// Counts the objects by type and site. Takes time for each type and site, not for each object.
/// Sorted by name, then site.
///
/// While other threads create and drop objects, the numbers may be of slightly different moments.
///
/// ```
/// use objgraph_core::{counts, rc::Rc};
///
/// let kept = Rc::new([1u8; 7]);
/// drop(Rc::new([1u8; 7]));
/// # if objgraph_core::ENABLED {
/// let counts: Vec<_> = counts().into_iter().filter(|c| c.type_name == "[u8; 7]").collect();
/// assert_eq!((counts[0].alive, counts[1].alive), (1, 0));
/// # }
/// # drop(kept);
/// ```
#[must_use]
pub fn counts() -> Vec<Count> {
    let counts = table::counts().into_iter().map(|count| Count {
        type_name: (count.kind.name)(),
        site: Site::from(count.kind.site),
        alive: count.alive,
        born: count.born,
        shallow_bytes: count.alive * count.kind.pointer_kind.allocated_bytes(count.kind.size),
    });
    let mut counts: Vec<Count> = counts.collect();
    order::sort_by(&mut counts, |a, b| {
        (a.type_name, &a.site).cmp(&(b.type_name, &b.site))
    });
    counts
}

/// Counts the living values of one type, whatever holds them.
#[must_use]
pub fn count_of<T: 'static>() -> usize {
    let id = std::any::TypeId::of::<T>();
    let of_type = table::counts()
        .into_iter()
        .filter(|count| count.kind.type_id == id);
    of_type.map(|count| count.alive as usize).sum()
}

/// Begins a new epoch and returns its number: objects with this epoch or a later one were created
/// since this call.
pub fn advance_epoch() -> u32 {
    crate::epochs::advance_epoch()
}

/// Returns how long ago objects of an epoch were created, at least, and at most if that is known.
///
/// The table has the epoch in which an object was created and not the time, so ages are as exact as
/// epochs are short. An epoch ends with each [`snapshot`](crate::snapshot), each query for growth or
/// new ids, and each call of [`advance_epoch`]. The last 256 ends are remembered, and of older ones
/// every second, and so on.
///
/// ```
/// use objgraph_core::{advance_epoch, age_of, at, id, rc::Rc};
/// use std::time::Duration;
///
/// let kept = Rc::new(1);
/// # if objgraph_core::ENABLED {
/// let epoch = at(id(&kept)).unwrap().epoch();
/// assert_eq!(age_of(epoch).0, Duration::ZERO); // the epoch has not ended
/// advance_epoch();
/// assert!(age_of(epoch).0 > Duration::ZERO);
/// # }
/// ```
#[must_use]
pub fn age_of(epoch: u32) -> (Duration, Option<Duration>) {
    crate::epochs::age_in(&crate::epochs::epochs(), epoch)
}
