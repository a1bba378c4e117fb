//! Writes a page and opens it.

use super::Done;
use super::args::ViewArgs;

/// Writes the page of a snapshot, or of two that are compared, and opens it unless that is not wanted.
#[cfg(feature = "html")]
pub(super) fn view(args: &ViewArgs) -> Done {
    use std::process::ExitCode;

    use objgraph::picture::{write_comparison_page, write_page};

    use super::load::load;
    use super::print;
    use crate::error::Error;

    let after = load(&args.file)?;
    let before = args.before.as_deref().map(load).transpose()?;
    let path = match &args.output {
        Some(path) => path.clone(),
        None => {
            let name = args.file.file_stem().unwrap_or_default().to_string_lossy();
            std::env::temp_dir().join(format!("objgraph-{name}-{}.html", std::process::id()))
        }
    };
    objgraph::core::file::write_whole_with(&path, &mut |out| match &before {
        Some(before) => write_comparison_page(before, &after, out),
        None => write_page(&after, out),
    })
    .map_err(|error| Error::io(&path, error))?;
    print(&format!("The page is {}", path.display()))?;
    if !args.no_open {
        opener::open(&path).map_err(|error| {
            Error::Other(format!("no program opens {}: {error}", path.display()))
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(feature = "html"))]
pub(super) fn view(_: &ViewArgs) -> Done {
    Err(super::convert::without_html())
}
