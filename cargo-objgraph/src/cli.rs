//! The command line.

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand, ValueEnum};
use objgraph_findings::Verdict;

use crate::snapshots::Snapshots;

/// `cargo objgraph …`: cargo passes the name of the subcommand as the first argument.
#[derive(Debug, Parser)]
#[command(name = "cargo", bin_name = "cargo", max_term_width = 80)]
pub(crate) enum Cargo {
    /// Finds the leaks of a program that knows nothing of objgraph
    #[command(version, styles = STYLES)]
    Objgraph {
        #[command(subcommand)]
        command: Command,
    },
}

const STYLES: clap::builder::Styles = clap::builder::Styles::styled()
    .header(anstyle::AnsiColor::Green.on_default().bold())
    .usage(anstyle::AnsiColor::Green.on_default().bold())
    .literal(anstyle::AnsiColor::Cyan.on_default().bold())
    .placeholder(anstyle::AnsiColor::Cyan.on_default());

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Builds and runs an instrumented copy of the program, and reports what has leaked
    ///
    /// The copy is under target/objgraph; the program itself is not changed. The report is made when
    /// the program ends, and on SIGINT. SIGUSR1 makes one while the program runs.
    #[command(
        override_usage = "cargo objgraph run [OPTIONS] [CARGO OPTIONS] [-- ARGS…]",
        after_help = AFTER_HELP
    )]
    Run(Instrumented),
    /// Runs the tests in an instrumented copy, and reports which of them leak
    ///
    /// The copy is under target/objgraph; the program itself is not changed. A test passes or fails as
    /// it does without this command; its leaks are in the table at the end.
    #[command(
        override_usage = "cargo objgraph test [OPTIONS] [CARGO OPTIONS] [NAME] [-- ARGS…]",
        after_help = AFTER_HELP
    )]
    Test(Instrumented),
    /// Writes the imports, derives, tests and the dependency of objgraph into the program, for good
    ///
    /// Everything is compiled in a copy first, and repaired until it compiles, in debug and in release.
    /// What cannot be adopted is left as it was, and listed.
    #[command(after_help = AFTER_ADOPT)]
    Adopt(Adopt),
    #[command(flatten)]
    Snapshots(Snapshots),
}

// clap wraps them to the width of the terminal.
const AFTER_ADOPT: &str = "\
Exit status: 0 if the changes were written or there are none, 1 if they were not written, \
and 101 if it is refused or the program does not compile.";

const AFTER_HELP: &str = "\
Every other option is cargo's: --package, --bin, --example, --features, --release, \
--manifest-path, --offline and so on.

Exit status: 0 if nothing was found, 1 if something was (see --fail-on), the status of \
the program if it is another one, and 101 if the build or a test fails.";

/// The options of the commands that build an instrumented copy.
#[derive(Args, Clone, Debug)]
pub(crate) struct Instrumented {
    /// Instrument this dependency too, from the registry or by path; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) deps: Vec<String>,
    /// Instrument every dependency
    #[arg(long)]
    pub(crate) all_deps: bool,
    /// Use only stable features of the compiler
    #[arg(long)]
    pub(crate) stable: bool,
    /// Record each handle, so that closures and futures that hold an object are known for sure
    ///
    /// Creating and dropping handles takes several times as long.
    #[arg(long)]
    pub(crate) owners: bool,
    /// Name closures and futures in reports, by the symbols of the program
    ///
    /// Building objgraph takes half as long again. Of optimised programs, few have names.
    #[arg(long)]
    pub(crate) symbols: bool,
    /// List what was instrumented, what was not, and why
    #[arg(long)]
    pub(crate) explain: bool,
    /// Exit with status 1 on findings of this kind or a surer one
    #[arg(long, value_name = "KIND", default_value = "likely")]
    pub(crate) fail_on: FailOn,
    /// Print the findings as JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
    /// The options for cargo; filled by [`split`].
    #[arg(skip)]
    pub(crate) cargo: Vec<OsString>,
    /// What follows `--`; filled by [`split`].
    #[arg(skip)]
    pub(crate) rest: Vec<OsString>,
}

/// The options of `adopt`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Adopt {
    /// Write nothing; exit with status 1 if something would change
    #[arg(long)]
    pub(crate) check: bool,
    /// Write without asking
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Change only this package of the workspace; may be repeated
    #[arg(long, short, value_name = "NAME")]
    pub(crate) package: Vec<String>,
    /// Write even if files have changes that are not committed
    #[arg(long)]
    pub(crate) allow_dirty: bool,
    /// Write even if files have changes that are staged
    #[arg(long)]
    pub(crate) allow_staged: bool,
    /// Write even if there is no version control
    #[arg(long)]
    pub(crate) allow_no_vcs: bool,
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<String>,
    /// The target folder, in which the copy is
    #[arg(long, value_name = "FOLDER")]
    pub(crate) target_dir: Option<String>,
    /// Compile with these features
    #[arg(long, short = 'F', value_name = "FEATURES")]
    pub(crate) features: Vec<String>,
    /// Compile with all features
    #[arg(long)]
    pub(crate) all_features: bool,
    /// Compile without the default feature
    #[arg(long)]
    pub(crate) no_default_features: bool,
    /// Do not access the network
    #[arg(long)]
    pub(crate) offline: bool,
}

impl Adopt {
    /// Returns the options for cargo, which compiles the adopted program.
    pub(crate) fn cargo_options(&self) -> Vec<&str> {
        let mut options = Vec::new();
        for features in &self.features {
            options.extend(["--features", features]);
        }
        let flags = [
            (self.all_features, "--all-features"),
            (self.no_default_features, "--no-default-features"),
            (self.offline, "--offline"),
        ];
        options.extend(
            flags
                .iter()
                .filter(|(is_set, _)| *is_set)
                .map(|flag| flag.1),
        );
        options
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum FailOn {
    Leaked,
    Likely,
    Possibly,
    None,
}

impl FailOn {
    /// Returns whether the command fails for findings of this kind.
    pub(crate) fn includes(self, verdict: Verdict) -> bool {
        let least = match self {
            Self::Leaked => Verdict::Leaked,
            Self::Likely => Verdict::Likely,
            Self::Possibly => Verdict::Possibly,
            Self::None => return false,
        };
        verdict >= least
    }
}

/// The command line, separated by who reads it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Split {
    /// For clap: the name of the program, the subcommands, and the options of this command.
    pub(crate) own: Vec<OsString>,
    pub(crate) cargo: Vec<OsString>,
    /// After `--`.
    pub(crate) rest: Vec<OsString>,
}

/// Returns the options of [`Instrumented`], and whether each takes a value.
fn own_options() -> Vec<(String, bool)> {
    let command = Instrumented::augment_args(clap::Command::new("options"));
    let options = command.get_arguments().filter_map(|option| {
        let name = option.get_long()?;
        Some((format!("--{name}"), option.get_action().takes_values()))
    });
    options.collect()
}

/// Separates the options of this command from cargo's, wherever they are.
pub(crate) fn split(args: impl IntoIterator<Item = OsString>) -> Split {
    let mut args = args.into_iter();
    let mut split = Split::default();
    split.own.extend(args.next());
    let mut args = args.peekable();
    // Run by hand, `cargo-objgraph run` is the same as `cargo objgraph run`.
    args.next_if(|first| first == "objgraph");
    split.own.push("objgraph".into());
    let command = args.next();
    let is_instrumented = command
        .as_ref()
        .is_some_and(|command| command == "run" || command == "test");
    split.own.extend(command);
    if !is_instrumented {
        split.own.extend(args);
        return split;
    }
    let own_options = own_options();
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy().into_owned();
        if text == "--" {
            split.rest.extend(args);
            break;
        }
        let name = text.split('=').next().unwrap_or(&text);
        if matches!(name, "-h" | "--help" | "-V" | "--version") {
            split.own.push(arg);
        } else if let Some((_, has_value)) = own_options.iter().find(|(own, _)| own == name) {
            let value_follows = *has_value && !text.contains('=');
            split.own.push(arg);
            if value_follows {
                split.own.extend(args.next());
            }
        } else {
            split.cargo.push(arg);
        }
    }
    split
}

impl Instrumented {
    /// Returns the value of an option of cargo, such as `--manifest-path`.
    pub(crate) fn cargo_option(&self, name: &str) -> Option<String> {
        let mut args = self.cargo.iter().map(|arg| arg.to_string_lossy());
        while let Some(arg) = args.next() {
            if arg == name {
                return args.next().map(Into::into);
            }
            if let Some(value) = arg
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('='))
            {
                return Some(value.to_owned());
            }
        }
        None
    }

    /// Returns whether an option of cargo without a value is given.
    pub(crate) fn has_cargo_flag(&self, name: &str) -> bool {
        self.cargo.iter().any(|arg| arg == name)
    }

    /// Returns the options for cargo without those that are answered here: where the manifest and the
    /// target folder are, and that the lockfile must not change, which that of the copy has to.
    pub(crate) fn cargo_for_copy(&self) -> Vec<OsString> {
        let mut args = self.cargo.iter();
        let mut kept = Vec::new();
        while let Some(arg) = args.next() {
            let text = arg.to_string_lossy();
            let name = text.split('=').next().unwrap_or(&text);
            match name {
                "--manifest-path" | "--target-dir" | "--message-format" => {
                    if !text.contains('=') {
                        args.next();
                    }
                }
                "--locked" => {}
                "--frozen" => kept.push("--offline".into()),
                _ => kept.push(arg.clone()),
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split_text(line: &str) -> [String; 3] {
        let split = split(line.split(' ').map(OsString::from));
        [split.own, split.cargo, split.rest].map(|args| {
            let args: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
            args.join(" ")
        })
    }

    #[test]
    fn own_options_are_found_among_those_of_cargo() {
        let [own, cargo, rest] = split_text(
            "cargo-objgraph objgraph test -p shop --deps rowan --fail-on=none name --json -- --json",
        );
        assert_eq!(
            own,
            "cargo-objgraph objgraph test --deps rowan --fail-on=none --json"
        );
        assert_eq!(cargo, "-p shop name");
        assert_eq!(rest, "--json");
    }

    #[test]
    fn the_name_of_the_subcommand_may_be_missing() {
        assert_eq!(
            split_text("cargo-objgraph run"),
            split_text("cargo-objgraph objgraph run")
        );
    }

    #[test]
    fn options_that_the_copy_answers_are_not_passed_on() {
        let args = Instrumented {
            deps: Vec::new(),
            all_deps: false,
            stable: false,
            owners: false,
            symbols: false,
            explain: false,
            fail_on: FailOn::Likely,
            json: false,
            cargo: [
                "--manifest-path",
                "a/Cargo.toml",
                "--frozen",
                "-p",
                "b",
                "--target-dir=x",
            ]
            .map(OsString::from)
            .to_vec(),
            rest: Vec::new(),
        };
        assert_eq!(args.cargo_for_copy(), ["--offline", "-p", "b"]);
        assert_eq!(
            args.cargo_option("--manifest-path").as_deref(),
            Some("a/Cargo.toml")
        );
        assert_eq!(args.cargo_option("--target-dir").as_deref(), Some("x"));
    }

    #[test]
    fn the_definition_is_valid() {
        use clap::CommandFactory as _;
        Cargo::command().debug_assert();
    }

    #[test]
    fn help_has_no_breaks_in_its_paragraphs() {
        for text in [AFTER_HELP, AFTER_ADOPT] {
            assert!(!text.replace("\n\n", "").contains('\n'), "{text}");
        }
    }
}
