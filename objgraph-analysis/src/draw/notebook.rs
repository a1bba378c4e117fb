//! Pictures in notebooks.

use std::io::{self, Write};

use super::drawing::Drawing;
use super::picture::to_svg;
use crate::print::print;

impl Drawing {
    /// Shows the drawing in a notebook: a Jupyter kernel of evcxr calls this for a value at the end
    /// of a cell. A drawing that cannot be laid out is shown as a tree.
    pub fn evcxr_display(&self) {
        print(|out| match to_svg(self) {
            Ok(svg) => write_content(out, "image/svg+xml", element(&svg)),
            Err(error) => {
                writeln!(out, "{error}")?;
                write_content(out, "text/plain", &self.to_text())
            }
        });
    }
}

/// Writes a text between the lines with which evcxr frames content of a kind.
fn write_content(out: &mut dyn Write, kind: &str, text: &str) -> io::Result<()> {
    let text = text.trim_end();
    writeln!(out, "EVCXR_BEGIN_CONTENT {kind}\n{text}\nEVCXR_END_CONTENT")
}

/// Returns the element alone, without the declarations at the head of a file.
fn element(svg: &str) -> &str {
    svg.find("<svg").map_or(svg, |start| &svg[start..])
}

#[cfg(test)]
mod tests {
    use super::{element, write_content};

    #[test]
    fn content_is_framed() {
        let mut out = Vec::new();
        let svg = element("<?xml version=\"1.0\"?>\n<!DOCTYPE svg>\n<svg>\n</svg>\n");
        write_content(&mut out, "image/svg+xml", svg).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "EVCXR_BEGIN_CONTENT image/svg+xml\n<svg>\n</svg>\nEVCXR_END_CONTENT\n"
        );
    }
}
