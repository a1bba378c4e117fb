//! Roots: statics, thread-locals and scoped values that the user named.
//!
//! Verdicts do not need them, since what a static holds is held from outside anyway; they say who
//! that is: "static CACHE" in place of "outside".

use super::tracer::Tracer;
use super::visitor::Visitor;
use crate::sight::register_type_of;
use crate::tracked::Visit;

/// A static or a thread-local that was marked with `#[objgraph::root]`.
#[derive(Clone, Copy, Debug)]
pub struct StaticRoot {
    /// What it is called: `static CACHE`.
    pub name: &'static str,
    /// The name of its type.
    pub type_name: fn() -> &'static str,
    /// Visits it.
    pub visit: for<'a> fn(&mut Visitor<'a>),
}

inventory::collect!(StaticRoot);

/// The scoped roots of a thread, the innermost first.
struct ScopedRoot<'a> {
    name: &'a str,
    value: &'a dyn Visit,
    outer: Option<&'a ScopedRoot<'a>>,
}

scoped_tls_hkt::scoped_thread_local!(static SCOPED: for<'a> &'a ScopedRoot<'a>);

/// Runs `run`, and meanwhile shows `value` as a root of this name in the traces of this thread.
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
    /// The node of the innermost scoped root; those of the others follow.
    scoped: u32,
}

impl Roots {
    /// Gives each root a node. They are visited later, after all nodes before theirs: a root may
    /// refer to most of what there is, and what is found out of order has to be put in its place.
    pub(super) fn add(tracer: &mut Tracer) -> Self {
        let mut statics: Vec<&StaticRoot> = inventory::iter::<StaticRoot>.into_iter().collect();
        statics.sort_by_key(|root| (root.name, (root.type_name)()));
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

/// The scoped roots, the innermost first.
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
