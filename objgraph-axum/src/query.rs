//! The parameters of a request.

use axum::http::Uri;
use percent_encoding::percent_decode_str;

use crate::answer::Refusal;

/// Maximum number of bytes of all parameters.
const LENGTH: usize = 4096;

/// The parameters of a request, each known to the route and given once.
#[derive(Debug)]
pub(crate) struct Query(Vec<(&'static str, String)>);

impl Query {
    /// Reads the parameters of a request; those in `known` are allowed.
    pub(crate) fn of(uri: &Uri, known: &'static [&'static str]) -> Result<Self, Refusal> {
        let text = uri.query().unwrap_or_default();
        if text.len() > LENGTH {
            return Err(Refusal::bad_request(format!(
                "The parameters have {} bytes; at most {LENGTH} are read.",
                text.len()
            )));
        }
        let mut found: Vec<(&'static str, String)> = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name)?;
            let Some(&name) = known.iter().find(|known| **known == name) else {
                return Err(unknown_parameter(&name, known));
            };
            if found.iter().any(|(other, _)| *other == name) {
                return Err(Refusal::bad_request(format!(
                    "The parameter `{name}` is given twice."
                )));
            }
            found.push((name, decoded(value)?));
        }
        Ok(Self(found))
    }

    /// Returns the value of a parameter; `None` if it is missing or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(other, _)| *other == name);
        found.map(|(_, value)| &**value).filter(|v| !v.is_empty())
    }

    /// Returns the choice that a parameter names, by default the first.
    pub(crate) fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&'static str, T)],
    ) -> Result<T, Refusal> {
        let value = self.get(name).unwrap_or(choices[0].0);
        let found = choices.iter().find(|(known, _)| *known == value);
        found.map(|&(_, choice)| choice).ok_or_else(|| {
            let mut text = format!(
                "The {name} `{}` is unknown; there are: {}.",
                shown(value),
                listed(choices.iter().map(|(known, _)| *known))
            );
            if value == "html" && !cfg!(feature = "html") {
                text.push_str(" The format `html` needs the feature `html` of objgraph-axum.");
            }
            Refusal::bad_request(text)
        })
    }

    /// Returns a number from 1 to `max`.
    pub(crate) fn number(&self, name: &str, default: usize, max: usize) -> Result<usize, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(default);
        };
        let number = value
            .parse()
            .ok()
            .filter(|number| (1..=max).contains(number));
        number.ok_or_else(|| {
            Refusal::bad_request(format!(
                "The {name} `{}` is no number from 1 to {max}.",
                shown(value)
            ))
        })
    }
}

fn unknown_parameter(name: &str, known: &[&str]) -> Refusal {
    let name = shown(name);
    Refusal::bad_request(match known {
        [] => format!("The parameter `{name}` is unknown; this route has none."),
        known => format!(
            "The parameter `{name}` is unknown; there are: {}.",
            listed(known.iter().copied())
        ),
    })
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

fn decoded(text: &str) -> Result<String, Refusal> {
    let text = text.replace('+', " ");
    let decoded = percent_decode_str(&text).decode_utf8();
    decoded.map(|text| text.into_owned()).map_err(|_| {
        Refusal::bad_request("A parameter is not UTF-8: encode it as UTF-8, then each byte as %XX.")
    })
}

/// Returns a text of a client for a message: short, and with what cannot be seen escaped.
pub(crate) fn shown(text: &str) -> String {
    /// Maximum number of characters.
    const WIDTH: usize = 80;

    let mut shown: String = text
        .chars()
        .take(WIDTH)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(WIDTH).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;

    use super::Query;

    fn query(text: &'static str) -> Option<Query> {
        let uri = format!("/refs?{text}").parse::<Uri>().expect("it is a URI");
        Query::of(&uri, &["type", "depth"]).ok()
    }

    #[test]
    fn parameters_are_decoded() {
        let query = query("type=Vec%3Cu8%3E+x&&depth=").expect("they are read");
        assert_eq!(query.get("type"), Some("Vec<u8> x"));
        assert_eq!(query.get("depth"), None);
        assert_eq!(query.number("depth", 3, 9).ok(), Some(3));
    }

    #[test]
    fn unknown_repeated_and_broken_parameters_are_refused() {
        for text in [
            "kind=1",
            "type=a&type=b",
            "type=%ff",
            "%ff=1",
            "type=%ed%a0%80",
        ] {
            assert!(query(text).is_none(), "{text}");
        }
    }

    #[test]
    fn numbers_are_in_their_range() {
        for (text, expected) in [
            ("depth=1", Some(1)),
            ("depth=9", Some(9)),
            ("depth=10", None),
            ("depth=0", None),
            ("depth=-1", None),
            ("depth=99999999999999999999", None),
        ] {
            let query = query(text).expect("it is read");
            assert_eq!(query.number("depth", 3, 9).ok(), expected, "{text}");
        }
    }
}
