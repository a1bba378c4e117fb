//! The formats that need nothing installed, by the extensions of their files.

use super::drawing::Drawing;

/// Returns a drawing as text.
type Write = fn(&Drawing) -> String;

/// A new format is one line here, and one file with its function. Every other extension is a format
/// of Graphviz.
const FORMATS: [(&[&str], Write); 5] = [
    (&["dot", "gv"], Drawing::to_dot),
    (&["txt"], Drawing::to_text),
    (&["json"], Drawing::to_json),
    (&["graphml"], Drawing::to_graphml),
    (&["mmd", "mermaid"], Drawing::to_mermaid),
];

/// Returns the drawing in the format of this extension, in lower case; `None` if that is not one of
/// these.
pub(super) fn write(drawing: &Drawing, extension: &str) -> Option<String> {
    let mut formats = FORMATS.iter();
    let (_, write) = formats.find(|(extensions, _)| extensions.contains(&extension))?;
    Some(write(drawing))
}
