//! Dark mode: a style sheet that replaces the colours of an SVG picture where the page is dark.
//!
//! It works on the text of the picture, so that Graphviz's pictures have it too.

use std::collections::BTreeSet;

use super::colour::{Colour, hex};

/// Colours with a counterpart of their own; that of any other has the same hue.
const DARK: [(&str, &str); 15] = [
    ("white", "#0d1117"),
    ("#ffffff", "#161b22"),
    ("black", "#e6edf3"),
    ("red", "#ff7b72"),
    ("grey", "#6e7681"),
    ("#666666", "#9198a1"),
    ("#1f2328", "#f0f6fc"),
    ("#cf222e", "#ff7b72"),
    ("#ffebe9", "#4b1a1d"),
    ("#0969da", "#58a6ff"),
    ("#9aa4af", "#7d8590"),
    ("#f6f8fa", "#161b22"),
    ("#57606a", "#9ea7b1"),
    ("#eaeef2", "#21262d"),
    ("#ddf4ff", "#0c2d6b"),
];

/// The class of the picture, to which the style sheet is limited: a page may contain the picture
/// itself, and pictures of others.
const CLASS: &str = "objgraph";

/// Returns the picture with a dark mode; as it is, if it is not SVG.
pub(in crate::draw) fn with_dark_mode(svg: &str) -> String {
    let Some(start) = svg.find("<svg") else {
        return svg.to_owned();
    };
    let (head, element) = svg.split_at(start);
    let element = &element["<svg".len()..];
    let Some(end) = element.find('>') else {
        return svg.to_owned();
    };
    let (attributes, content) = element.split_at(end + 1);
    let sheet = style_sheet(content);
    format!("{head}<svg class=\"{CLASS}\"{attributes}\n{sheet}{content}")
}

fn style_sheet(content: &str) -> String {
    // Text without a colour is black.
    let mut sheet = format!(
        "<style>@media (prefers-color-scheme: dark) {{\n.{CLASS} text:not([fill]) {{fill:{}}}\n",
        counterpart("black")
    );
    for attribute in ["fill", "stroke"] {
        for value in values(content, attribute) {
            sheet.push_str(&format!(
                ".{CLASS} [{attribute}=\"{value}\"] {{{attribute}:{}}}\n",
                counterpart(value)
            ));
        }
    }
    sheet.push_str("}</style>");
    sheet
}

/// Returns the colours of an attribute, each once.
fn values<'s>(content: &'s str, attribute: &str) -> BTreeSet<&'s str> {
    let begin = format!(" {attribute}=\"");
    let values = content.split(&*begin).skip(1);
    let values = values.filter_map(|rest| Some(rest.split_once('"')?.0));
    // Text of a user may look like an attribute: what is no colour is left out.
    values
        .filter(|value| !matches!(*value, "none" | "transparent"))
        .filter(|value| Colour::is_for_browsers(value))
        .collect()
}

/// Returns what replaces a colour in the dark: itself, if it is a name that is not among [`DARK`].
fn counterpart(colour: &str) -> String {
    if let Some((_, dark)) = DARK.iter().find(|(light, _)| *light == colour) {
        return (*dark).to_owned();
    }
    // Every shade of red is a fill with white text, which becomes dark.
    if colour.len() == 7 && colour.ends_with("0000") && colour != "#000000" {
        return counterpart("red");
    }
    of_hex(colour).map_or_else(|| colour.to_owned(), |rgb| hex(inverted(rgb)))
}

/// Returns the channels, from 0 to 1, of `#rrggbb`.
fn of_hex(colour: &str) -> Option<[f64; 3]> {
    let digits = colour
        .strip_prefix('#')
        .filter(|digits| digits.len() == 6)?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    Some([16, 8, 0].map(|shift| f64::from(number >> shift & 0xff) / 255.0))
}

/// Returns the colour of the same hue with light and dark exchanged, as the eye sees them: white
/// becomes the darkest grey that differs from the page, black nearly white.
///
/// Björn Ottosson, "A perceptual color space for image processing", 2020: Oklab.
fn inverted(rgb: [f64; 3]) -> [f64; 3] {
    let linear = rgb.map(|channel| match channel <= 0.04045 {
        true => channel / 12.92,
        false => ((channel + 0.055) / 1.055).powf(2.4),
    });
    let cones = times(
        [
            [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
            [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
            [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
        ],
        linear,
    );
    let [lightness, a, b] = times(
        [
            [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
            [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
            [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
        ],
        cones.map(f64::cbrt),
    );
    let cones = times(
        [
            [1.0, 0.396_337_777_4, 0.215_803_757_3],
            [1.0, -0.105_561_345_8, -0.063_854_172_8],
            [1.0, -0.089_484_177_5, -1.291_485_548_0],
        ],
        [0.96 - 0.76 * lightness, a, b],
    );
    let linear = times(
        [
            [4.076_741_662_1, -3.307_711_591_3, 0.230_969_929_2],
            [-1.268_438_004_6, 2.609_757_401_1, -0.341_319_396_5],
            [-0.004_196_086_3, -0.703_418_614_7, 1.707_614_701_0],
        ],
        cones.map(|cone| cone.powi(3)),
    );
    linear.map(|channel| match channel <= 0.003_130_8 {
        true => channel * 12.92,
        false => 1.055 * channel.powf(1.0 / 2.4) - 0.055,
    })
}

fn times(matrix: [[f64; 3]; 3], vector: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
}

#[cfg(test)]
mod tests {
    use super::{counterpart, with_dark_mode};

    #[test]
    fn light_and_dark_are_exchanged() {
        assert_eq!(counterpart("white"), "#0d1117");
        assert_eq!(counterpart("#c4c4c4"), "#373737");
        assert_eq!(counterpart("#4d4d4d"), "#8c8c8c");
        assert_eq!(counterpart("#cc0000"), "#ff7b72");
        // The same hue.
        assert_eq!(counterpart("#33ff00"), "#004500");
        assert_eq!(counterpart("teal"), "teal");
    }

    #[test]
    fn only_this_picture_has_the_style() {
        let svg = "<?xml version=\"1.0\"?>\n<svg width=\"9\"\n height=\"9\">\n<rect fill=\"white\"/>\n\
                   <path fill=\"none\" stroke=\"red\"/>\n<text>fill=&quot;blue&quot;</text>\n</svg>\n";
        let expected = "<?xml version=\"1.0\"?>\n<svg class=\"objgraph\" width=\"9\"\n height=\"9\">\n\
                        <style>@media (prefers-color-scheme: dark) {\n\
                        .objgraph text:not([fill]) {fill:#e6edf3}\n\
                        .objgraph [fill=\"white\"] {fill:#0d1117}\n\
                        .objgraph [stroke=\"red\"] {stroke:#ff7b72}\n\
                        }</style>\n<rect fill=\"white\"/>\n";
        assert!(
            with_dark_mode(svg).starts_with(expected),
            "{}",
            with_dark_mode(svg)
        );
        assert_eq!(with_dark_mode("no picture"), "no picture");
    }
}
