//! Colours, as Graphviz and as browsers read them.

use std::borrow::Cow;

/// A colour as Graphviz reads it: a name, `#rrggbb`, or `hue,saturation,value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::draw) struct Colour<'d>(Cow<'d, str>);

impl Colour<'static> {
    pub(in crate::draw) const BLACK: Self = Self::named("black");
    pub(in crate::draw) const WHITE: Self = Self::named("white");
    pub(in crate::draw) const RED: Self = Self::named("red");
    pub(in crate::draw) const GREY: Self = Self::named("grey");
    pub(in crate::draw) const DARK_GREY: Self = Self::named("grey40");
    /// As Python's objgraph writes it.
    pub(in crate::draw) const PINK: Self = Self::named("0,.5,1");

    // The colours of what has leaked.
    pub(in crate::draw) const INK: Self = Self::named("#1f2328");
    pub(in crate::draw) const CYCLE: Self = Self::named("#cf222e");
    pub(in crate::draw) const CYCLE_FILL: Self = Self::named("#ffebe9");
    pub(in crate::draw) const FIX: Self = Self::named("#0969da");
    pub(in crate::draw) const LEAKED_LINE: Self = Self::named("#9aa4af");
    pub(in crate::draw) const LEAKED_FILL: Self = Self::named("#f6f8fa");
    pub(in crate::draw) const LEAKED_TEXT: Self = Self::named("#57606a");
    pub(in crate::draw) const COUNT_FILL: Self = Self::named("#eaeef2");
    pub(in crate::draw) const HIGHLIGHT: Self = Self::named("#ddf4ff");

    const fn named(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Returns the colour of this hue, saturation and value, each from 0 to 1.
    pub(in crate::draw) fn hsv(hue: f64, saturation: f64, value: f64) -> Self {
        let short = |number: f64| {
            let text = format!("{number:.6}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let parts = [hue, saturation, value].map(short);
        Self(Cow::Owned(parts.join(",")))
    }
}

impl<'d> Colour<'d> {
    /// Returns a colour that the user named.
    pub(in crate::draw) fn asked(name: &'d str) -> Self {
        Self(Cow::Borrowed(name))
    }

    pub(in crate::draw) fn for_graphviz(&self) -> &str {
        &self.0
    }

    /// Returns the colour as a browser reads it; black, if it is not one.
    pub(in crate::draw) fn for_browsers(&self) -> Cow<'_, str> {
        let colour = self.0.trim();
        let numbers: Vec<f64> = colour
            .split([',', ' '])
            .filter(|part| !part.is_empty())
            .map_while(|part| part.parse().ok())
            .collect();
        if let [hue, saturation, value] = numbers[..] {
            return hex(of_hsv(hue, saturation, value)).into();
        }
        let percent = colour
            .strip_prefix("grey")
            .or_else(|| colour.strip_prefix("gray"));
        if let Some(Ok(percent)) = percent.map(str::parse::<f64>) {
            return hex(of_hsv(0.0, 0.0, percent / 100.0)).into();
        }
        match Self::is_for_browsers(colour) {
            true => colour.into(),
            false => "black".into(),
        }
    }

    /// Whether the text may be a colour to a browser.
    pub(in crate::draw) fn is_for_browsers(text: &str) -> bool {
        let is_hex = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        text.strip_prefix('#').is_some_and(is_hex)
            || (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic()))
    }
}

/// Returns the colour of these channels, each from 0 to 1: `#rrggbb`.
pub(super) fn hex(rgb: [f64; 3]) -> String {
    let [red, green, blue] = rgb.map(|channel| (channel * 255.0).round().clamp(0.0, 255.0) as u8);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn of_hsv(hue: f64, saturation: f64, value: f64) -> [f64; 3] {
    let sixth = hue.rem_euclid(1.0) * 6.0;
    let channel = |offset: f64| {
        let at = (offset + sixth) % 6.0;
        value - value * saturation * at.min(4.0 - at).clamp(0.0, 1.0)
    };
    [channel(5.0), channel(3.0), channel(1.0)]
}

#[cfg(test)]
mod tests {
    use super::Colour;

    #[test]
    fn browsers_read_what_graphviz_reads() {
        let check = |colour: &str, expected: &str| {
            assert_eq!(Colour::asked(colour).for_browsers(), expected, "{colour}");
        };
        check("0,0,1", "#ffffff");
        check("0,0,0.3", "#4d4d4d");
        check("0,.5,1", "#ff8080");
        check(".3,1,1", "#33ff00");
        check("grey40", "#666666");
        check("red", "red");
        check("#12ab", "#12ab");
        check("\" onload=\"x", "black");
        check("", "black");
    }

    #[test]
    fn shades_are_short() {
        let shade = Colour::hsv(0.0, 1.0, 1.0 - 0.7 / 3.0);
        assert_eq!(shade.for_graphviz(), "0,1,0.766667");
    }
}
