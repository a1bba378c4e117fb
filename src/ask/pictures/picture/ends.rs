//! The outputs of a picture: plain data, a text, a file, a viewer.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};

use objgraph_core::{Edge, Node, label_of};

use super::{Picture, Subject};
use crate::analysis::{Leaks, Neighbourhood, PictureOptions, find_leaks};
use crate::ask::leaks::find_leaks_confirmed;
use crate::draw::{self, Drawing, DrawingOptions, PictureError, Presentation, TextStyle};
use crate::export::Format;
#[cfg(feature = "html")]
use crate::page::is_page;
use crate::print::print;
use crate::words::path_in_line;

impl Picture<'_> {
    /// Returns the picture as plain data.
    ///
    /// # Errors
    ///
    /// [`PictureError::TooLarge`] if it would have more than [`max_nodes`](Self::max_nodes) nodes.
    pub fn drawing(&self) -> Result<Drawing, PictureError> {
        if !crate::HAS_OBJECTS {
            return Ok(crate::nothing());
        }
        let selected = self.selection.of(&self.snapshot);
        let filter = |node: Node<'_>| selected.shows(node);
        let edges = |edge: &Edge<'_>| selected.shows_edge(edge);
        let stop = |node: Node<'_>| selected.stops(node);
        let options = PictureOptions {
            max_depth: self.max_depth,
            too_many: self.too_many,
            max_objects: self.max_objects,
            max_nodes: self.max_nodes,
            fold_over: self.fold_over,
            filter: Some(&filter),
            edges: Some(&edges),
            stop: Some(&stop),
            separate: self.highlight.as_deref(),
        };
        let shown = match &self.subject {
            Subject::Around(starts, direction) => {
                Neighbourhood::around(&self.snapshot, starts, *direction, &options)?
            }
            Subject::Leaks(leaks) => Neighbourhood::leaks(leaks, &options)?,
        };
        // Elsewhere, the id is that of another object.
        let is_here = self.snapshot.is_of_this_process();
        let label = |node: Node<'_>| is_here.then(|| label_of(node.id())).flatten();
        let options = DrawingOptions {
            refcounts: self.refcounts,
            shortnames: self.shortnames,
            sites: self.sites,
            drops: self.drops,
            legend: self.legend,
            highlight: self.highlight.as_deref(),
            label: self.labels.then_some(&label as _),
            extra_info: self.extra_info.as_deref(),
            node_attrs: self.node_attrs.as_deref(),
        };
        Ok(Drawing::new(&self.snapshot, &shown, &options))
    }

    /// Returns the picture as text in the DOT language of Graphviz.
    ///
    /// # Errors
    ///
    /// If it is too large.
    pub fn to_dot(&self) -> Result<String, PictureError> {
        Ok(self.drawing()?.to_dot())
    }

    /// Returns the picture as SVG: by Graphviz's `dot` if that is installed, else by the layout of
    /// this crate. `dot` has 30 seconds.
    ///
    /// # Errors
    ///
    /// If it is too large, or `dot` fails.
    pub fn to_svg(&self) -> Result<String, PictureError> {
        draw::to_svg(&self.drawing()?)
    }

    /// Shows the picture in a notebook: evcxr's Jupyter kernel calls this for a value that ends a
    /// cell. Prints a message if the picture cannot be made or is empty.
    ///
    /// evcxr links another copy of objgraph into each cell, and a copy knows only the objects that
    /// its own cell made. What std's pointers hold can be traced from every cell, and all cells
    /// share one copy that they get from a crate of `crate-type = ["dylib"]`.
    pub fn evcxr_display(&self) {
        match self.drawing() {
            Ok(drawing) if drawing.nodes.is_empty() => print(|out| {
                writeln!(
                    out,
                    "Nothing to draw. Only the cell that made an object through a pointer of objgraph\n\
                     knows it: draw it there, or use the pointers of std."
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

    /// Returns the picture as a tree for a terminal: plain text of 80 columns.
    /// [`Drawing::to_text`] says how to read it; [`print`](Self::print) prints it, in colours on a
    /// terminal.
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

    /// Prints the picture as a tree, in colours if standard output is a terminal; see
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

    /// Returns the picture as JSON; see [`Drawing::to_json`].
    ///
    /// # Errors
    ///
    /// If it is too large.
    pub fn to_json(&self) -> Result<String, PictureError> {
        Ok(self.drawing()?.to_json())
    }

    /// Returns the picture as GraphML; see [`Drawing::to_graphml`].
    ///
    /// # Errors
    ///
    /// If it is too large.
    pub fn to_graphml(&self) -> Result<String, PictureError> {
        Ok(self.drawing()?.to_graphml())
    }

    /// Returns the picture in the language of Mermaid; see [`Drawing::to_mermaid`].
    ///
    /// # Errors
    ///
    /// If it is too large.
    pub fn to_mermaid(&self) -> Result<String, PictureError> {
        Ok(self.drawing()?.to_mermaid())
    }

    /// Saves the picture, in the format that the path's extension names: `.dot` and `.gv`,
    /// `.txt` (a tree), `.json`, `.graphml`, `.mmd` (Mermaid) and `.svg` need nothing installed,
    /// `dot -T` makes every other. The file is written whole or not at all.
    ///
    /// With the feature `html`, `.html` is a page to explore in a browser. It has the whole snapshot,
    /// whatever the options select, and opens at the start of the picture; objects near it have
    /// labels.
    ///
    /// `.heapsnapshot` is no picture: the file has the whole snapshot, whatever the options, and the
    /// Memory panel of Chrome, memlab and other tools open it. See
    /// [`write_heapsnapshot`](crate::write_heapsnapshot). With the feature `pprof`, neither is `.pb.gz`,
    /// a profile of the whole snapshot by creation site.
    ///
    /// # Errors
    ///
    /// If it is too large, there is no extension, `dot` is missing or fails, or the file cannot
    /// be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), PictureError> {
        let path = path.as_ref();
        #[cfg(feature = "html")]
        if is_page(path) {
            return self.save_page(path);
        }
        match Format::of(path) {
            Some(format) => format.save(&self.leaks_of_snapshot(), path),
            None => draw::save(&self.drawing()?, path),
        }
    }

    /// Returns what has leaked in the whole snapshot.
    pub(super) fn leaks_of_snapshot(&self) -> Cow<'_, Leaks> {
        match &self.subject {
            Subject::Leaks(leaks) => Cow::Borrowed(leaks),
            Subject::Around(..) if self.is_live => Cow::Owned(find_leaks_confirmed(&self.snapshot)),
            Subject::Around(..) => Cow::Owned(find_leaks(&self.snapshot)),
        }
    }

    /// Shows the picture in the viewer `xdot` or, if that is not installed, saves it as SVG in the
    /// temporary folder. Prints the path of the file and returns it.
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
                // A thread waits for it, so that it does not remain as a zombie when it ends.
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
