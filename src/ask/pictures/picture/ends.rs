//! What a picture ends in: plain data, a text, a file, a viewer.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};

use objgraph_core::{Node, label_of};

use super::{Of, Picture};
use crate::analysis::{Neighbourhood, PictureOptions};
use crate::draw::{self, Drawing, DrawingOptions, PictureError, Presentation, TextStyle};
use crate::print::print;
use crate::words::path_in_line;

impl Picture<'_> {
    /// The picture as plain data.
    ///
    /// # Errors
    ///
    /// [`PictureError::TooLarge`] if it would have more than [`max_nodes`](Self::max_nodes) nodes.
    pub fn drawing(&self) -> Result<Drawing, PictureError> {
        let selected = self.selection.of(&self.snapshot);
        let options = PictureOptions {
            max_depth: self.max_depth,
            too_many: self.too_many,
            max_objects: self.max_objects,
            max_nodes: self.max_nodes,
            fold_over: self.fold_over,
            filter: Some(&|node| selected.shows(node)),
            edges: Some(&|edge| selected.shows_edge(edge)),
            stop: Some(&|node| selected.stops(node)),
            separate: self.highlight.as_deref(),
        };
        let shown = match &self.of {
            Of::Around(starts, direction) => {
                Neighbourhood::around(&self.snapshot, starts, *direction, &options)?
            }
            Of::Leaks(leaks) => Neighbourhood::leaks(leaks, &options)?,
        };
        let label = |node: Node<'_>| label_of(node.id());
        let options = DrawingOptions {
            refcounts: self.refcounts,
            shortnames: self.shortnames,
            sites: self.sites,
            drops: self.drops,
            legend: self.legend,
            highlight: self.highlight.as_deref(),
            label: Some(&label),
            extra_info: self.extra_info.as_deref(),
            node_attrs: self.node_attrs.as_deref(),
        };
        Ok(Drawing::new(&self.snapshot, &shown, &options))
    }

    /// The picture as text in the DOT language of Graphviz.
    ///
    /// # Errors
    ///
    /// If it is too large.
    pub fn to_dot(&self) -> Result<String, PictureError> {
        Ok(self.drawing()?.to_dot())
    }

    /// The picture as SVG: by Graphviz's `dot` where that is installed, else by a layout of our
    /// own. `dot` is given 30 seconds.
    ///
    /// # Errors
    ///
    /// If it is too large, or `dot` fails.
    pub fn to_svg(&self) -> Result<String, PictureError> {
        draw::to_svg(&self.drawing()?)
    }

    /// Shows the picture in a notebook: what a Jupyter kernel of evcxr calls to show a value that
    /// ends a cell. A picture that cannot be made, or has nothing in it, is told in words.
    ///
    /// evcxr links an objgraph of its own into each cell, which knows of objgraph's pointers only
    /// those that this cell made. What std's pointers hold is seen from every cell; and all cells
    /// share one objgraph that they get from a crate of `crate-type = ["dylib"]`.
    pub fn evcxr_display(&self) {
        match self.drawing() {
            Ok(drawing) if drawing.nodes.is_empty() => print(|out| {
                writeln!(
                    out,
                    "Nothing to draw. Objects made through pointers of objgraph are known to the cell\n\
                     that made them alone: draw them there, or use those of std."
                )
            }),
            Ok(drawing) => drawing.evcxr_display(),
            Err(error) => print(|out| writeln!(out, "{error}")),
        }
    }

    /// Writes the picture as DOT text.
    ///
    /// # Errors
    ///
    /// If it is too large, or the writer fails.
    pub fn write(&self, out: &mut dyn Write) -> Result<(), PictureError> {
        let drawing = self.drawing()?;
        drawing.write_dot(out).map_err(PictureError::Write)
    }

    /// The picture as a tree for a terminal: plain text of 80 columns. How to read it is told at
    /// [`Drawing::to_text`]; [`print`](Self::print) prints the same, in colours on a terminal.
    ///
    /// ```
    /// use objgraph::{Tracked, rc::Rc};
    ///
    /// #[derive(Tracked)]
    /// struct Folder {
    ///     items: Vec<Rc<Folder>>,
    /// }
    ///
    /// let shared = Rc::new(Folder { items: vec![] });
    /// let home = Rc::new(Folder { items: vec![shared.clone(), shared.clone()] });
    /// let tree = objgraph::refs(&home).to_text()?;
    /// if objgraph::ENABLED {
    ///     assert_eq!(
    ///         tree,
    ///         "Folder\n\
    ///          ├─ items[0] → #1 Folder\n\
    ///          └─ items[1] → #1 Folder (above)\n"
    ///     );
    /// }
    /// # Ok::<(), objgraph::picture::PictureError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it is too large.
    pub fn to_text(&self) -> Result<String, PictureError> {
        Ok(self.drawing()?.to_text())
    }

    /// Prints the picture as a tree, in colours where standard output is a terminal; see
    /// [`TextStyle::for_terminal`] and [`Drawing::to_text`].
    ///
    /// # Errors
    ///
    /// If it is too large.
    pub fn print(&self) -> Result<(), PictureError> {
        let drawing = self.drawing()?;
        let style = TextStyle::for_terminal();
        print(|out| drawing.write_text(out, &style));
        Ok(())
    }

    /// The picture as JSON; see [`Drawing::to_json`].
    ///
    /// # Errors
    ///
    /// If it is too large.
    pub fn to_json(&self) -> Result<String, PictureError> {
        Ok(self.drawing()?.to_json())
    }

    /// The picture as GraphML; see [`Drawing::to_graphml`].
    ///
    /// # Errors
    ///
    /// If it is too large.
    pub fn to_graphml(&self) -> Result<String, PictureError> {
        Ok(self.drawing()?.to_graphml())
    }

    /// The picture in the language of Mermaid; see [`Drawing::to_mermaid`].
    ///
    /// # Errors
    ///
    /// If it is too large.
    pub fn to_mermaid(&self) -> Result<String, PictureError> {
        Ok(self.drawing()?.to_mermaid())
    }

    /// Saves the picture, in the format that the path's extension names: `.dot` and `.gv`,
    /// `.txt` (a tree), `.json`, `.graphml`, `.mmd` (Mermaid) and `.svg` need nothing installed,
    /// every other goes through `dot -T`. The file is written whole or not at all.
    ///
    /// # Errors
    ///
    /// If it is too large, there is no extension, `dot` is missing or fails, or the file cannot
    /// be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), PictureError> {
        draw::save(&self.drawing()?, path.as_ref())
    }

    /// Shows the picture in the viewer `xdot`; where that is not installed, saves it as SVG in
    /// the temporary folder. Prints which file it is, and gives its path.
    ///
    /// # Errors
    ///
    /// If it is too large, or cannot be saved.
    pub fn show(&self) -> Result<PathBuf, PictureError> {
        let drawing = self.drawing()?;
        let presentation = draw::show(OsStr::new("xdot"), &drawing, &std::env::temp_dir())?;
        let nodes = drawing.nodes.len();
        match presentation {
            Presentation::Viewer(path, mut viewer) => {
                print(|out| {
                    writeln!(
                        out,
                        "Graph written to {} ({nodes} nodes)",
                        path_in_line(&path)
                    )?;
                    writeln!(out, "Spawning graph viewer (xdot)")
                });
                // Waited for by a thread, so that it does not stay as a zombie when it ends.
                let _ = std::thread::Builder::new()
                    .name("objgraph xdot".to_owned())
                    .spawn(move || viewer.wait());
                Ok(path)
            }
            Presentation::File(path) => {
                print(|out| {
                    writeln!(out, "Graph viewer (xdot) not found, saving an SVG instead")?;
                    writeln!(
                        out,
                        "Graph written to {} ({nodes} nodes)",
                        path_in_line(&path)
                    )
                });
                Ok(path)
            }
        }
    }
}
