//! Texts that some format would interpret.

use std::path::Path;

use objgraph::Tracked;
use objgraph::rc::Rc;

use crate::Outcome;

#[derive(Tracked)]
struct Text(&'static str);

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

pub(crate) fn run(pictures: &Path) -> Outcome {
    let texts = [
        "\"quoted\" 'text'",
        "back\\slash \\n \\",
        "two\nlines",
        "nul \0 escape \u{1b}[31m tab \t",
        "turned \u{202e}around",
        "</script><!-- &amp; ]]>",
        "{record|<port>}",
        "-T %%{init}%% #quot; $$x$$ `code`",
        "- a list",
        "漢字 é 😀",
    ];
    let texts: Vec<Rc<Text>> = texts.map(|text| Rc::new(Text(text))).into();
    let picture = objgraph::refs(&texts).fold(false).max_depth(0);
    for name in [
        "quoting.svg",
        "quoting.json",
        "quoting.graphml",
        "quoting.mmd",
    ] {
        picture.save(pictures.join(name))?;
    }
    picture.print()?;
    Ok(())
}
