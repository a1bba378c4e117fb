//! The page at the root of the routes.

use std::fmt::Write as _;

use axum::extract::OriginalUri;
use axum::response::Response;
use objgraph_analysis::words::in_line;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::answer::{Refusal, answer, off};
use crate::clock::age;
use crate::growth::{Growth, TypeRow};
use crate::look::Look;
use crate::query::Query;
use crate::state::State;

/// Maximum number of types on the page.
const TYPES: usize = 25;

/// Maximum number of sites of a type on the page.
const SITES: usize = 3;

/// Number of seconds after which a browser asks for the page again.
const REFRESH: u32 = 15;

/// What a value of a parameter may have as it is.
const PLAIN: AsciiSet = NON_ALPHANUMERIC
    .remove(b'_')
    .remove(b'-')
    .remove(b'.')
    .remove(b':');

pub(crate) async fn page(
    state: axum::extract::State<std::sync::Arc<State>>,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Refusal> {
    let query = Query::of(&uri, &["refresh"])?;
    let is_refreshing = query.choice("refresh", &[("on", true), ("off", false)])?;
    let page = Page {
        state: &state,
        base: base(uri.path()),
        is_refreshing,
    };
    let mut out = String::with_capacity(1 << 14);
    // Writing to a string does not fail.
    let _ = page.write(&mut out);
    Ok(answer("text/html; charset=utf-8", out))
}

/// Returns what leads from the page to the routes: a browser drops what follows the last slash of the
/// path, so a path without a slash at its end has to be named again. A link with `./` has no scheme.
fn base(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    match last {
        "" => "./".to_owned(),
        last => format!("./{}/", escaped(last)),
    }
}

/// Returns a text that is safe in HTML, in quoted attributes too, and whose every character is visible.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in in_line(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Returns a text of several lines, safe as [`escaped`].
fn escaped_lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}

struct Page<'p> {
    state: &'p State,
    base: String,
    is_refreshing: bool,
}

impl Page<'_> {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        let base = &self.base;
        write!(
            out,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n"
        )?;
        if self.is_refreshing {
            writeln!(out, "<meta http-equiv=\"refresh\" content=\"{REFRESH}\">")?;
        }
        write!(
            out,
            "<title>objgraph</title>\n<link rel=\"stylesheet\" href=\"{base}style.css\"></head>\n\
             <body><header><h1>objgraph</h1>"
        )?;
        self.write_refresh(out)?;
        out.push_str("</header>\n<main>\n");
        if objgraph::ENABLED {
            let growth = self.state.growth_since_start();
            let look = self.state.look();
            self.write_numbers(out, &growth, look.as_ref())?;
            self.write_growth(out, &growth)?;
            self.write_leaks(out, look.as_ref())?;
            self.write_links(out)?;
        } else {
            writeln!(
                out,
                "<section><h2>Tracking is off</h2><pre>{}</pre></section>",
                escaped_lines(off())
            )?;
        }
        out.push_str("</main></body></html>\n");
        Ok(())
    }

    fn write_refresh(&self, out: &mut String) -> std::fmt::Result {
        match self.is_refreshing {
            true => write!(
                out,
                "<p>process {} · watched for {} · refreshed every {REFRESH} s · \
                 <a href=\"?refresh=off\">stop</a></p>",
                std::process::id(),
                age(self.state.started().elapsed())
            ),
            false => write!(
                out,
                "<p>process {} · watched for {} · <a href=\"?refresh=on\">refresh</a></p>",
                std::process::id(),
                age(self.state.started().elapsed())
            ),
        }
    }

    fn write_numbers(
        &self,
        out: &mut String,
        growth: &Growth,
        look: Option<&Look>,
    ) -> std::fmt::Result {
        let tile = |out: &mut String, class: &str, number: &str, text: &str| {
            write!(
                out,
                "<div class=\"tile {class}\"><strong>{number}</strong><span>{text}</span></div>"
            )
        };
        out.push_str("<div class=\"tiles\">");
        tile(out, "", &grouped(growth.alive()), "objects alive")?;
        let types = growth.types.iter().filter(|row| row.alive > 0).count();
        tile(out, "", &grouped(types as u64), "types")?;
        tile(out, "", &signed(growth.growth()), "since the start")?;
        match look {
            Some(look) => {
                // Nothing found is good news only if nothing could hide a leak.
                let class = match look.leaked {
                    0 if look.is_complete => "good",
                    0 => "",
                    _ => "bad",
                };
                let text = format!("leaked, {} ago", age(look.taken.elapsed()));
                tile(out, class, &grouped(look.leaked as u64), &text)?;
                let all = (look.traced + look.untraced).max(1);
                // Rounded down, so that it is whole only if all is.
                let percent = format!("{}\u{202f}%", look.traced * 100 / all);
                tile(out, "", &percent, "of objects could be traced")?;
            }
            None => tile(out, "", "?", "leaked: not searched for yet")?,
        }
        out.push_str("</div>\n");
        Ok(())
    }

    fn write_growth(&self, out: &mut String, growth: &Growth) -> std::fmt::Result {
        writeln!(
            out,
            "<section><h2>Growth <small>since the start, {} ago</small></h2>",
            age(growth.period)
        )?;
        if let Some(text) = growth.not_counted() {
            writeln!(out, "<p>{}</p>", escaped(&text))?;
        }
        if growth.types.is_empty() && growth.left_out.is_empty() {
            out.push_str(
                "<p>No object is known. Make them with <code>objgraph::rc::Rc</code> and \
                 <code>objgraph::sync::Arc</code>, or give a type a field \
                 <code>objgraph::Instance</code>.</p></section>\n",
            );
            return Ok(());
        }
        out.push_str(
            "<table><thead><tr><th>type</th><th class=\"n\">alive</th>\
             <th class=\"n\">growth</th><th></th></tr></thead><tbody>\n",
        );
        let most = growth.types.iter().map(|row| row.growth).max();
        let most = most.unwrap_or_default().max(1);
        for row in growth.types.iter().take(TYPES) {
            self.write_type(out, row, most)?;
        }
        out.push_str("</tbody></table>\n");
        if growth.types.len() > TYPES {
            write!(
                out,
                "<p>and {} more types in <a href=\"{}growth?since=start\">growth</a></p>",
                growth.types.len() - TYPES,
                self.base
            )?;
        }
        out.push_str("</section>\n");
        Ok(())
    }

    fn write_type(&self, out: &mut String, row: &TypeRow, most: i64) -> std::fmt::Result {
        let percent = row.growth.max(0) * 100 / most;
        let query = utf8_percent_encode(row.full, &PLAIN);
        write!(
            out,
            "<tr><td><span title=\"{}\">{}</span>",
            escaped(row.full),
            escaped(&row.name)
        )?;
        if row.alive > 0 && self.state.traces.are_allowed {
            write!(
                out,
                " <a href=\"{base}refs?type={query}\">refs</a> \
                 <a href=\"{base}refs?type={query}&amp;show=backrefs\">backrefs</a>",
                base = self.base
            )?;
        }
        for site in row.sites.iter().filter(|site| site.growth != 0).take(SITES) {
            write!(
                out,
                "<small>{} at {}</small>",
                signed(site.growth),
                escaped(&site.site)
            )?;
        }
        let class = if row.growth > 0 { "n up" } else { "n" };
        writeln!(
            out,
            "</td><td class=\"n\">{}</td><td class=\"{class}\">{}</td><td class=\"bar\">\
             <svg width=\"100%\" height=\"8\" aria-hidden=\"true\"><rect width=\"{percent}%\" \
             height=\"8\" rx=\"2\"/></svg></td></tr>",
            grouped(row.alive),
            signed(row.growth)
        )
    }

    fn write_leaks(&self, out: &mut String, look: Option<&Look>) -> std::fmt::Result {
        out.push_str("<section><h2>Leaks");
        if let Some(look) = look {
            write!(
                out,
                " <small>as of {} ago{}</small>",
                age(look.taken.elapsed()),
                match look.likely {
                    0 => String::new(),
                    likely => format!(", {likely} more likely"),
                }
            )?;
        }
        out.push_str("</h2>\n");
        match look {
            Some(look) => {
                let class = if look.kinds > 0 { " class=\"bad\"" } else { "" };
                writeln!(out, "<pre{class}>{}</pre>", escaped_lines(&look.report))?;
            }
            None => out.push_str("<p>Nobody has searched for leaks yet.</p>\n"),
        }
        if self.state.traces.are_allowed {
            writeln!(
                out,
                "<form method=\"post\" action=\"{}look\"><button>Look now</button> \
                 <span>traces every object once, while the program runs</span></form>",
                self.base
            )?;
        } else {
            out.push_str("<p>This service refuses traces.</p>\n");
        }
        if let Some(look) = look {
            write!(
                out,
                "<h2>Coverage</h2>\n<pre>{}</pre>\n",
                escaped_lines(&look.coverage)
            )?;
        }
        out.push_str("</section>\n");
        Ok(())
    }

    fn write_links(&self, out: &mut String) -> std::fmt::Result {
        let base = &self.base;
        let untraced = [
            ("growth", "growth since the last request, by type and line"),
            ("growth?format=json", "the same for programs"),
            ("metrics", "for Prometheus"),
        ];
        let traced = [
            ("leaks", "what has leaked, and the field to change"),
            ("leaks?format=svg", "as a picture"),
            ("leaks?format=json", "for programs"),
            ("snapshot", "everything, for <code>cargo objgraph</code>"),
            (
                "snapshot?format=heapsnapshot",
                "for the Memory panel of Chrome",
            ),
            #[cfg(feature = "html")]
            ("snapshot?format=html", "to explore in a browser"),
            (
                "pprof",
                "by line, for <code>go tool pprof</code>, Grafana Alloy and Parca",
            ),
            ("pprof?profile=chain", "by what keeps objects alive"),
        ];
        let traced = traced.iter().filter(|_| self.state.traces.are_allowed);
        out.push_str("<section><h2>Routes</h2>\n<ul>\n");
        for (route, text) in untraced.iter().chain(traced) {
            let route = escaped(route);
            writeln!(out, "<li><a href=\"{base}{route}\">{route}</a> {text}</li>")?;
        }
        out.push_str("</ul></section>\n");
        Ok(())
    }
}

/// Returns a number with groups of digits: `9,812`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns a change of a number: `+9,812`, `−3`, `0`.
fn signed(number: i64) -> String {
    let sign = match number {
        0 => "",
        1.. => "+",
        _ => "−",
    };
    format!("{sign}{}", grouped(number.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::{base, escaped, signed};

    #[test]
    fn links_lead_from_the_page_to_the_routes() {
        for (path, expected) in [
            ("/", "./"),
            ("", "./"),
            ("/debug/objgraph", "./objgraph/"),
            ("/debug/objgraph/", "./"),
            ("/a:b", "./a:b/"),
            ("/a\"b", "./a&quot;b/"),
        ] {
            assert_eq!(base(path), expected);
        }
    }

    #[test]
    fn names_cannot_be_markup() {
        assert_eq!(
            escaped("Vec<'a, \"&\">\u{202e}\n"),
            "Vec&lt;&#39;a, &quot;&amp;&quot;&gt;\\u{202e}\\n"
        );
    }

    #[test]
    fn changes_have_a_sign() {
        assert_eq!(signed(1_234_567), "+1,234,567");
        assert_eq!(signed(-1000), "−1,000");
        assert_eq!(signed(0), "0");
    }
}
