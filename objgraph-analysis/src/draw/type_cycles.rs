//! Types that hold each other, as a picture.

use std::collections::HashMap;
use std::path::Path;

use super::drawing::{Drawing, DrawnEdge, DrawnNode, Role};
use super::error::PictureError;
use super::picture::save;
use crate::analysis::{EdgeKind, Ownership, TypeCycle, TypeCycles};

impl TypeCycles {
    /// Returns the types that hold each other as a picture: cycles are red, weak references dashed,
    /// and grey arrows lead to what is held by value. Types without references to or from others
    /// that derive are left out.
    #[must_use]
    pub fn drawing(&self) -> Drawing {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let names = self.names();
        let on_cycle = |link: usize| {
            self.cycles
                .iter()
                .any(|cycle: &TypeCycle| cycle.edges.contains(&link))
        };
        let mut drawing = Drawing::default();
        let mut at: HashMap<usize, usize> = HashMap::new();
        let mut node = |drawing: &mut Drawing, of: usize| {
            *at.entry(of).or_insert_with(|| {
                drawing.nodes.push(DrawnNode {
                    type_name: self.types[of].clone(),
                    ..DrawnNode::new(Role::Object, names[of].clone())
                });
                drawing.nodes.len() - 1
            })
        };
        for (number, link) in self.edges.iter().enumerate() {
            let from = node(&mut drawing, link.holder);
            let to = node(&mut drawing, link.target);
            let kind = match link.ownership {
                _ if on_cycle(number) => EdgeKind::Cycle,
                Ownership::Weak => EdgeKind::Weak,
                Ownership::Strong => EdgeKind::Strong,
                Ownership::Value => EdgeKind::Hint,
            };
            let edge = DrawnEdge::new(from, to, link.field.clone(), kind);
            drawing.edges.push(edge);
        }
        drawing
    }

    /// Saves the picture in the format that the extension of `path` names.
    ///
    /// # Errors
    ///
    /// If the picture cannot be made or written.
    ///
    /// ```no_run
    /// objgraph::type_cycles().save("types.svg")?;
    /// # Ok::<(), objgraph::picture::PictureError>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), PictureError> {
        save(&self.drawing(), path.as_ref())
    }
}
