//! `cargo objgraph`: finds the leaks of a program that knows nothing of objgraph.
//!
//! A copy of the program is instrumented, built and run; the program itself is not changed, unless it
//! adopts objgraph for good.
//!
//! ```text
//! cli ── session ── project      what cargo says of the program
//!           │
//!           ├────── copy         the instrumented copy: tree, manifest, modules, facades
//!           │
//!           ├────── build        rounds of cargo; diagnosis and repairs of what is refused
//!           │
//!           ├────── run, test    the program, with the files that it writes about itself
//!           │
//!           └────── report       what is printed
//!
//! cli ── adopt                   the same edits for good, in the program itself
//! cli ── snapshots               questions to snapshots that were saved
//! ```
//!
//! The command is also the wrapper of the compiler during those builds: see [`wrapper`].

#![forbid(unsafe_code)]

mod adopt;
mod build;
mod cargo;
mod cli;
mod copy;
mod dependencies;
mod diagnosis;
mod error;
mod explain;
mod facades;
mod findings;
mod github;
mod manifest;
mod modules;
mod pointee;
mod project;
mod repairs;
mod report;
mod run;
mod session;
mod snapshots;
mod tree;
mod unsizing;
mod wrapper;

use std::env;
use std::process::ExitCode;
use std::thread;

use clap::Parser as _;

use crate::cli::{Cargo, Command};

/// Size of the stack for the parsing of sources: expressions may be nested deep.
const STACK: usize = 1 << 30;

fn main() -> ExitCode {
    let is_called_by_user = env::args_os()
        .nth(1)
        .is_some_and(|first| first == "objgraph");
    if env::var_os(wrapper::IS_WRAPPER).is_some() && !is_called_by_user {
        return wrapper::run();
    }
    let run = thread::Builder::new().stack_size(STACK).spawn(command);
    match run.map(thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        _ => ExitCode::from(101),
    }
}

#[allow(clippy::print_stderr, reason = "it is what the command says")]
fn command() -> ExitCode {
    let split = cli::split(env::args_os());
    let Cargo::Objgraph { mut command } = Cargo::parse_from(&split.own);
    if let Command::Run(options) | Command::Test(options) = &mut command {
        options.cargo = split.cargo;
        options.rest = split.rest;
    }
    let done = match &command {
        Command::Run(options) => run::run(options),
        Command::Test(options) => run::test(options),
        Command::Adopt(options) => adopt::adopt(options),
        Command::Snapshots(command) => snapshots::run(command),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            let style = anstyle::AnsiColor::Red.on_default().bold();
            anstream::eprintln!("{style}error{style:#}: {error}");
            ExitCode::from(101)
        }
    }
}
