//! What the derive costs at compile time.

use crate::compile::{Build, Derive, Runner};
use crate::program::Program;
use crate::row::{Figure, Reading, Row, Scope, Unit};

pub(super) fn rows(scope: Scope) -> Vec<Row> {
    let (structs, many) = if scope.quick { (100, 400) } else { (500, 2000) };
    let derived = |derive, structs| Build::Derived {
        derive,
        structs,
        debug_assertions: true,
    };
    let without_assertions = |derive| Build::Derived {
        derive,
        structs,
        debug_assertions: false,
    };
    let edited = |derive| Build::Edited { derive, structs };
    let run = |command| Build::Run { command, structs };
    let pairs = [
        (
            "clean-build",
            "clean build / serde + derive",
            1.5,
            Build::CleanOurs,
            Build::CleanSerde,
        ),
        (
            "derive-on",
            "Tracked, on / Serialize, used",
            1.2,
            derived(Derive::Tracked, structs),
            derived(Derive::Serialize, structs),
        ),
        (
            "derive-many",
            "the same, 4 times the types",
            1.2,
            derived(Derive::Tracked, many),
            derived(Derive::Serialize, many),
        ),
        (
            "derive-edited",
            "the same, 1 of 50 files edited",
            1.2,
            edited(Derive::Tracked),
            edited(Derive::Serialize),
        ),
        (
            "derive-off",
            "Tracked, off / Clone, Debug",
            1.0,
            without_assertions(Derive::Tracked),
            without_assertions(Derive::CloneDebug),
        ),
        (
            "command-run",
            "cargo objgraph run / cargo run",
            3.0,
            run(Runner::CargoObjgraph),
            run(Runner::Cargo),
        ),
    ];
    let timed = pairs.map(|(name, what, target, ours, peer)| {
        let row = Row::new(
            name,
            what,
            target,
            Reading::of(Program::Build(ours), "seconds"),
        )
        .against(Reading::of(Program::Build(peer), "seconds"));
        let cpu = |build| Reading::of(Program::Build(build), "cpu");
        let row = row.beside_quotient("in time of processors", cpu(ours), cpu(peer));
        let row = match name {
            "derive-many" => row.beside_quotient(
                "as many times the fewer types",
                cpu(ours),
                cpu(derived(Derive::Tracked, structs)),
            ),
            _ => row,
        };
        if scope.compile {
            row
        } else {
            row.skipped("with --compile")
        }
    });
    let crates = Row::new(
        "crates",
        "crates of a default build",
        26.0,
        Reading::of(Program::Crates, "crates"),
    );
    let crates = crates.figure(Figure::Ours, Unit::Crates).slack(1.0);
    // The processors of a machine are busy with other crates meanwhile, so their time counts.
    let released = Row::new(
        "off-build",
        "release build, off / serde",
        1.5,
        Reading::of(Program::Build(Build::ReleaseOurs), "cpu"),
    );
    let released = released.against(Reading::of(Program::Build(Build::ReleaseSerde), "cpu"));
    let released = match scope.compile {
        true => released,
        false => released.skipped("with --compile"),
    };
    let rows = std::iter::once(crates).chain(timed);
    rows.chain(std::iter::once(released)).collect()
}
