//! Builds the copy, in rounds: what the compiler refuses is repaired, until the program builds.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::cargo::{Built, Cargo, say};
use crate::copy::Copy;
use crate::diagnosis::{Diagnosis, Remedy, diagnose};
use crate::error::Error;

/// A build that succeeded.
#[derive(Debug)]
pub(crate) struct Build {
    /// Number of builds that failed before, each with a repair after it.
    pub(crate) rounds: u32,
    /// The time of all builds.
    pub(crate) time: Duration,
}

/// Number of rounds after which packages with errors are built as they are.
const ROUNDS: u32 = 30;

/// Builds the copy by a subcommand of cargo, and repairs it until it builds.
///
/// # Errors
///
/// If nothing can be repaired: the program does not build without instruments either.
pub(crate) fn build(
    copy: &mut Copy,
    cargo: &Cargo,
    subcommand: &[&str],
    save: &dyn Fn(&Copy) -> Result<(), Error>,
) -> Result<Build, Error> {
    let mut is_probed = false;
    let mut rounds = 0;
    let mut time = Duration::ZERO;
    loop {
        copy.write()?;
        let title = match rounds {
            0 => "Building",
            _ => "Rebuilding",
        };
        let built = cargo.build(subcommand, title)?;
        time += built.time;
        if built.has_succeeded {
            save(copy)?;
            return Ok(Build { rounds, time });
        }
        rounds += 1;
        let diagnoses = diagnoses(&built, copy);
        if !is_probed && diagnoses.iter().any(|error| is_suspect(copy, error)) {
            is_probed = true;
            let as_it_is = build_as_it_is(copy, cargo, subcommand)?;
            time += as_it_is.time;
            if !as_it_is.has_succeeded {
                show(&as_it_is);
                return Err(Error::Build);
            }
        }
        if !repair(copy, &diagnoses, rounds > ROUNDS) {
            show(&built);
            return Err(Error::Build);
        }
        say("Repairing", &summary(&diagnoses));
        save(copy)?;
    }
}

fn diagnoses(built: &Built, copy: &Copy) -> Vec<Diagnosis> {
    let errors = built.errors.iter();
    errors
        .filter_map(|message| diagnose(message, copy))
        .collect()
}

/// Returns whether an error is one that no small edit repairs, and is not about pointers: the program
/// may not compile without instruments either.
fn is_suspect(copy: &Copy, error: &Diagnosis) -> bool {
    let is_edit = !matches!(error.remedy, Remedy::UseStd { .. } | Remedy::Elsewhere);
    let is_plain = copy.repairs.plain.contains_key(&error.package);
    !is_edit && !error.is_about_pointers && !is_plain
}

/// Builds the copy without instruments.
fn build_as_it_is(copy: &mut Copy, cargo: &Cargo, subcommand: &[&str]) -> Result<Built, Error> {
    let names = copy.packages.iter().map(|package| package.name.clone());
    let plain = names.map(|name| (name, String::new())).collect();
    let repaired = std::mem::replace(&mut copy.repairs.plain, plain);
    let built = copy
        .write()
        .and_then(|()| cargo.build(subcommand, "Checking"));
    copy.repairs.plain = repaired;
    // The repairs need the files with instruments.
    copy.write()?;
    built
}

/// Shows why a build failed, as cargo does.
#[allow(clippy::print_stderr, reason = "it is what the command says")]
pub(crate) fn show(built: &Built) {
    for error in &built.errors {
        if let Some(text) = &error.message.rendered {
            anstream::eprintln!("{}", text.trim_end());
        }
    }
    // Status lines are of no use now, and the errors of crates were shown.
    let status = [
        "Compiling",
        "Fresh",
        "Checking",
        "Building",
        "Blocking",
        "Updating",
        "Locking",
        "Adding",
        "Downloading",
        "Downloaded",
    ];
    let lines = built.output.lines();
    for line in lines.filter(|line| {
        !status
            .iter()
            .any(|word| line.trim_start().starts_with(word))
    }) {
        anstream::eprintln!("{line}");
    }
}

fn summary(diagnoses: &[Diagnosis]) -> String {
    let packages: BTreeSet<&str> = diagnoses.iter().map(|error| &*error.package).collect();
    let names: Vec<&str> = packages.into_iter().collect();
    let errors = match diagnoses.len() {
        1 => "1 error".to_owned(),
        n => format!("{n} errors"),
    };
    format!("{} ({errors})", names.join(", "))
}

/// Changes what the errors ask for; in each package only the smallest changes, because one error
/// causes others. Returns whether anything changed.
fn repair(copy: &mut Copy, diagnoses: &[Diagnosis], is_late: bool) -> bool {
    let mut by_package: BTreeMap<&str, Vec<&Diagnosis>> = BTreeMap::new();
    for diagnosis in diagnoses {
        by_package
            .entry(&diagnosis.package)
            .or_default()
            .push(diagnosis);
    }
    let mut has_changed = false;
    for (package, errors) in by_package {
        has_changed |= repair_package(copy, package, &errors, is_late);
    }
    has_changed
}

fn repair_package(copy: &mut Copy, package: &str, errors: &[&Diagnosis], is_late: bool) -> bool {
    let mut has_changed = false;
    if !is_late {
        for error in errors {
            has_changed |= edit_less(copy, error);
        }
        if has_changed {
            return true;
        }
        for error in errors {
            if let Remedy::UseStd { pointee, .. } = &error.remedy {
                has_changed |= use_std_for(copy, pointee.as_deref(), &error.reason, package);
            }
        }
        if has_changed {
            return true;
        }
        for error in errors {
            if let Remedy::UseStd { files, .. } = &error.remedy {
                has_changed |= use_std(copy, files, &error.reason, package);
            }
        }
        if has_changed {
            return true;
        }
    }
    let reason = errors.first().map_or("", |error| &error.reason);
    make_plain(copy, package, reason)
}

/// Leaves edits out, or replaces a text. Returns whether anything changed.
fn edit_less(copy: &mut Copy, error: &Diagnosis) -> bool {
    match &error.remedy {
        Remedy::LeaveOut { file, at } => {
            let Some(source) = source(copy, file) else {
                return false;
            };
            let repairs = copy.repairs.of_mut(file, &source);
            let mut has_changed = false;
            for at in at {
                let left_out = &mut repairs.left_out;
                has_changed |= left_out.insert(*at, error.reason.clone()).is_none();
            }
            has_changed
        }
        Remedy::Withdraw { file, at } => source(copy, file)
            .is_some_and(|source| copy.repairs.of_mut(file, &source).withdraw(*at)),
        Remedy::Replace { file, replacements } => {
            let Some(source) = source(copy, file) else {
                return false;
            };
            let repairs = copy.repairs.of_mut(file, &source);
            let free = replacements.iter().filter(|new| repairs.accepts(new));
            let free: Vec<_> = free.cloned().collect();
            let has_changed = !free.is_empty();
            repairs.replaced.extend(free);
            has_changed
        }
        Remedy::UseStd { .. } | Remedy::Elsewhere => false,
    }
}

fn source(copy: &Copy, original: &std::path::Path) -> Option<String> {
    let files = copy.files.values();
    let mut same = files.filter(|file| file.original == original);
    same.next().map(|file| file.source.clone())
}

/// Lets the pointers to a type be std's in the package. Returns whether they were not before.
fn use_std_for(copy: &mut Copy, pointee: Option<&str>, reason: &str, package: &str) -> bool {
    let Some(pointee) = pointee else {
        return false;
    };
    let of_package = copy.repairs.pointees.entry(package.to_owned()).or_default();
    let known = of_package.contains_key(pointee);
    of_package
        .entry(pointee.to_owned())
        .or_insert_with(|| reason.to_owned());
    !known
}

/// Lets the first of these files of the package use std's pointers that does not yet. Returns whether
/// there was one.
fn use_std(copy: &mut Copy, files: &[std::path::PathBuf], reason: &str, package: &str) -> bool {
    for file in files {
        let copied = copy.files.values().find(|copied| copied.original == *file);
        let Some(copied) = copied.filter(|copied| copied.package == package) else {
            continue;
        };
        let source = copied.source.clone();
        let repairs = copy.repairs.of_mut(file, &source);
        if repairs.uses_std.is_none() {
            repairs.uses_std = Some(reason.to_owned());
            return true;
        }
    }
    false
}

/// Builds a package as it is; if it is already, then those that it depends on. Returns whether anything
/// changed.
fn make_plain(copy: &mut Copy, package: &str, reason: &str) -> bool {
    if copy.packages.iter().all(|known| known.name != package) {
        return make_dependencies_plain(copy, package, reason);
    }
    match copy.repairs.plain.contains_key(package) {
        false => {
            copy.repairs
                .plain
                .insert(package.to_owned(), reason.to_owned());
            true
        }
        true => make_dependencies_plain(copy, package, reason),
    }
}

fn make_dependencies_plain(copy: &mut Copy, package: &str, reason: &str) -> bool {
    let dependencies: Vec<String> = copy
        .packages
        .iter()
        .filter(|known| known.name == package)
        .flat_map(|known| known.dependencies.clone())
        .collect();
    let mut has_changed = false;
    for name in dependencies {
        let is_copied = copy.packages.iter().any(|known| known.name == name);
        if is_copied && !copy.repairs.plain.contains_key(&name) {
            let reason = format!("{package} is built as it is: {reason}");
            copy.repairs.plain.insert(name, reason);
            has_changed = true;
        }
    }
    has_changed
}
