//! What the derive costs at compile time.

use crate::compile::Build;
use crate::program::Program;
use crate::row::{Figure, Reading, Row, Scope, Unit};

pub(super) fn rows(scope: Scope) -> Vec<Row> {
    let structs = if scope.quick { 100 } else { 500 };
    let (on, off) = (
        Build::Tracked { on: true, structs },
        Build::Tracked { on: false, structs },
    );
    let serialize = Build::Serialize { structs };
    let clone_debug = Build::CloneDebug { structs };
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
            1.0,
            on,
            serialize,
        ),
        (
            "derive-off",
            "Tracked, off / Clone, Debug",
            1.0,
            off,
            clone_debug,
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
        "release build, off / serde + derive",
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
