//! Roots: statics, thread-locals and scoped values that the user named.
//!
//! Verdicts do not need them, because what a static holds has external references anyway. They give
//! these a name: "static CACHE" instead of "outside".

use super::tracer::Tracer;
use super::visitor::Visitor;
use crate::order;
use crate::tracked::Visit;
use crate::visibility::register_type_of;

/// A static or a thread-local that was marked with `#[objgraph::root]`.
#[derive(Clone, Copy, Debug)]
pub struct StaticRoot {
    /// Its name: `static CACHE`.
    pub name: &'static str,
    /// The name of its type.
    pub type_name: fn() -> &'static str,
    /// The function that visits it.
    pub visit: for<'a> fn(&mut Visitor<'a>),
}

inventory::collect!(StaticRoot);

/// A scoped root of a thread, with the ones around it.
struct ScopedRoot<'a> {
    name: &'a str,
    value: &'a dyn Visit,
    outer: Option<&'a ScopedRoot<'a>>,
}

scoped_tls_hkt::scoped_thread_local!(static SCOPED: for<'a> &'a ScopedRoot<'a>);

/// Runs `run`, and shows `value` as a root with this name in the traces of this thread meanwhile.
///
/// ```
/// use objgraph_core::{rc::Rc, with_root};
///
/// struct App(Rc<u8>);
/// # impl objgraph_core::Visit for App {
/// #     fn visit<'a>(&'a self, visitor: &mut objgraph_core::Visitor<'a>) {
/// #         visitor.field("0", &self.0);
/// #     }
/// # }
/// let app = App(Rc::new(5));
/// let snapshot = with_root("app", &app, objgraph_core::snapshot);
/// # if objgraph_core::ENABLED {
/// let root = snapshot.nodes().find(|node| node.root() == Some("app")).unwrap();
/// assert_eq!(snapshot.edges(root.node_id()).len(), 1);
/// # }
/// ```
pub fn with_root<R>(name: &str, value: &impl Visit, run: impl FnOnce() -> R) -> R {
    if !crate::ENABLED {
        return run();
    }
    register_type_of_value(value);
    if !SCOPED.is_set() {
        return SCOPED.set(
            &ScopedRoot {
                name,
                value,
                outer: None,
            },
            run,
        );
    }
    SCOPED.with(|outer| {
        SCOPED.set(
            &ScopedRoot {
                name,
                value,
                outer: Some(outer),
            },
            run,
        )
    })
}

fn register_type_of_value<T: Visit>(_: &T) {
    register_type_of::<T>();
}

/// The roots of a trace.
pub(super) struct Roots {
    statics: Vec<(u32, &'static StaticRoot)>,
    /// The node of the innermost scoped root. The nodes of the others follow.
    scoped: u32,
}

impl Roots {
    /// Adds a node for each root. They are visited later, after all nodes before theirs: a root may
    /// refer to most objects, and edges that are found out of order must be moved.
    pub(super) fn add(tracer: &mut Tracer) -> Self {
        let mut statics: Vec<&StaticRoot> = inventory::iter::<StaticRoot>.into_iter().collect();
        order::sort_by_key(&mut statics, |root| (root.name, (root.type_name)()));
        let statics = statics.into_iter();
        let statics = statics
            .map(|root| (tracer.add_root(root.name, (root.type_name)(), 0), root))
            .collect();
        let scoped = tracer.nodes.len() as u32;
        each_scoped(|root| {
            let value = root.value;
            tracer.add_root(root.name, value.__type_name(), size_of_val(value));
        });
        Self { statics, scoped }
    }

    pub(super) fn visit(self, tracer: &mut Tracer) {
        for (node, root) in self.statics {
            tracer.visit_caught(node, |visitor| (root.visit)(visitor));
        }
        let mut node = self.scoped;
        each_scoped(|root| {
            tracer.visit_caught(node, |visitor| root.value.visit(visitor));
            node += 1;
        });
    }
}

/// Calls `each` with the scoped roots, the innermost first.
fn each_scoped(mut each: impl FnMut(&ScopedRoot<'_>)) {
    if SCOPED.is_set() {
        SCOPED.with(|innermost| {
            let mut next = Some(innermost);
            while let Some(scoped) = next {
                each(scoped);
                next = scoped.outer;
            }
        });
    }
}
