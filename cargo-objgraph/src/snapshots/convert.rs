//! Writes a snapshot in the format of another tool.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use objgraph::leaks::find_leaks_in;
use objgraph::picture::{self, Picture};
use objgraph::snapshot::{pprof_in, write_heapsnapshot_in};

use super::args::{ConvertArgs, Format};
use super::load::load;
use super::select::nodes_named;
use super::{Done, Loaded, print};
use crate::error::Error;

/// Writes a file for each snapshot, and says where.
pub(super) fn convert(args: &ConvertArgs) -> Done {
    if args.to == Format::Parquet {
        let folder = args.output.as_deref().unwrap_or(Path::new("."));
        for file in &args.files {
            tables(file, folder)?;
        }
        let snapshots = match args.files.len() {
            1 => "1 snapshot".to_owned(),
            many => format!("{many} snapshots"),
        };
        return print(&format!(
            "the tables of {snapshots} were written in {}",
            folder.display()
        ));
    }
    if args.output.is_some() && args.files.len() > 1 {
        return Err(Error::Other(
            "`--output` is one file, and there are several snapshots".to_owned(),
        ));
    }
    for file in &args.files {
        let name = file.with_extension(args.to.extension());
        let path = match &args.output {
            Some(path) => path.clone(),
            None => PathBuf::from(name.file_name().unwrap_or_default()),
        };
        write_one(args, file, &path)?;
        if path.as_os_str() != "/dev/stdout" {
            print(&format!("{} was written", path.display()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn write_one(args: &ConvertArgs, file: &Path, path: &Path) -> Result<(), Error> {
    let snapshot = load(file)?;
    match args.to {
        Format::Dot | Format::Svg => draw(args.of.as_deref(), &snapshot, file, path),
        Format::Graphml => write(path, &mut |out| picture::write_graphml(&snapshot, out)),
        Format::Heapsnapshot => write(path, &mut |out| write_heapsnapshot_in(&snapshot, out)),
        Format::Pprof => write(path, &mut |out| out.write_all(&pprof_in(&snapshot))),
        Format::Html => html(&snapshot, path),
        // Tables are in files of their own.
        Format::Json | Format::Parquet => {
            write(path, &mut |out| picture::write_json(&snapshot, out))
        }
    }
}

fn write(
    path: &Path,
    content: &mut dyn FnMut(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Error> {
    objgraph::core::file::write_whole_with(path, content).map_err(|error| Error::io(path, error))
}

/// Draws what has leaked, or what is named.
fn draw(of: Option<&str>, snapshot: &Loaded, file: &Path, path: &Path) -> Result<(), Error> {
    let other = |error: picture::PictureError| Error::Other(error.to_string());
    if let Some(name) = of {
        let starts = nodes_named(snapshot, name, file)?;
        return picture::refs_in(&Arc::clone(snapshot), starts)
            .save(path)
            .map_err(other);
    }
    let leaks = find_leaks_in(snapshot);
    let leaked =
        picture::leaked(&leaks).map(|leaked: Picture<'_>| leaked.max_objects(16).too_many(4));
    let leaked = leaked.ok_or_else(|| {
        Error::Other(
            "nothing has leaked, so there is nothing to draw; `--of TYPE` draws objects of a type"
                .to_owned(),
        )
    })?;
    leaked.save(path).map_err(other)
}

#[cfg(feature = "parquet")]
fn tables(file: &Path, folder: &Path) -> Result<(), Error> {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    super::parquet::write(&load(file)?, &name, folder)
}

#[cfg(not(feature = "parquet"))]
fn tables(_: &Path, _: &Path) -> Result<(), Error> {
    Err(Error::Other(
        "this cargo-objgraph was built without Parquet; install it with `--features parquet`"
            .to_owned(),
    ))
}

#[cfg(feature = "html")]
fn html(snapshot: &Loaded, path: &Path) -> Result<(), Error> {
    write(path, &mut |out| picture::write_page(snapshot, out))
}

#[cfg(not(feature = "html"))]
fn html(_: &Loaded, _: &Path) -> Result<(), Error> {
    Err(without_html())
}

/// Says how to get pages.
#[cfg(not(feature = "html"))]
pub(super) fn without_html() -> Error {
    Error::Other(
        "this cargo-objgraph was built without pages; install it with `--features html`".to_owned(),
    )
}
