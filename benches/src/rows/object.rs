//! What tracking costs for each object.

use crate::alone::DevBuild;
use crate::program::Program;
use crate::row::{Figure, Reading, Row, Scope, Unit};

/// Number of objects that are created in a sample of churn.
const CHURN: usize = 20_000;

/// Number of handles that are created in a sample.
const HANDLES: usize = 100_000;

/// Number of objects that are kept in a batch.
const KEPT: usize = 1_000_000;

pub(super) fn rows(scope: Scope) -> Vec<Row> {
    let churn = |subject| Reading::own(subject, CHURN, "seconds");
    let batch = |subject, key| Reading::own(subject, KEPT, key);
    let handle = |subject, key| Reading::own(subject, HANDLES, key);
    let threads = |subject, key| Reading::own(subject, 20_000, key);
    let instance = |subject| Reading::own(subject, 10_000, "seconds");
    let dhat = Reading::of(Program::Dhat(20_000), "seconds");

    let mut rc_churn = Row::new("rc-churn", "Rc churn / std", 1.8, churn("churn-our-rc"))
        .against(churn("churn-std-rc"))
        .beside("countme", churn("churn-countme"))
        .beside("dumpster", churn("churn-dumpster"))
        .beside("rust-cc", churn("churn-rust-cc"))
        .beside("bacon", churn("churn-bacon"));
    if !scope.quick {
        rc_churn = rc_churn.beside("dhat", dhat);
    }
    vec![
        Row::new(
            "off-instructions",
            "off: instructions / std",
            1.0,
            Reading::of(Program::Instructions("off_objgraph"), "instructions"),
        )
        .against(Reading::of(
            Program::Instructions("off_std"),
            "instructions",
        ))
        .figure(Figure::Quotient, Unit::Instructions)
        .slack(1.0),
        rc_churn,
        Row::new("arc-churn", "Arc churn / std", 2.3, churn("churn-our-arc"))
            .against(churn("churn-std-arc"))
            .beside("dumpster", churn("churn-dumpster-sync")),
        Row::new(
            "rc-left-out",
            "Rc churn, left out / std",
            1.2,
            churn("churn-our-rc-left-out"),
        )
        .against(churn("churn-std-rc"))
        .beside("others left out", churn("churn-our-rc-chosen")),
        Row::new(
            "arc-left-out",
            "Arc churn, left out / std",
            1.2,
            churn("churn-our-arc-left-out"),
        )
        .against(churn("churn-std-arc"))
        .beside("others left out", churn("churn-our-arc-chosen")),
        Row::new(
            "rc-batch",
            "Rc batch / std",
            1.45,
            batch("batch-our-rc", "first"),
        )
        .against(batch("batch-std-rc", "first"))
        .beside_quotient(
            "again",
            batch("batch-our-rc", "again"),
            batch("batch-std-rc", "again"),
        ),
        Row::new(
            "arc-batch",
            "Arc batch / std",
            1.6,
            batch("batch-our-arc", "first"),
        )
        .against(batch("batch-std-arc", "first"))
        .beside_quotient(
            "again",
            batch("batch-our-arc", "again"),
            batch("batch-std-arc", "again"),
        ),
        Row::new(
            "rc-clone-drop",
            "Rc clone + drop / std",
            1.1,
            handle("handles-our-rc", "clone_drop"),
        )
        .against(handle("handles-std-rc", "clone_drop")),
        Row::new(
            "arc-clone-drop",
            "Arc clone + drop / std",
            1.1,
            handle("handles-our-arc", "clone_drop"),
        )
        .against(handle("handles-std-arc", "clone_drop")),
        Row::new(
            "rc-deref",
            "Rc deref / std",
            1.05,
            handle("handles-our-rc", "deref"),
        )
        .against(handle("handles-std-rc", "deref")),
        Row::new(
            "arc-deref",
            "Arc deref / std",
            1.05,
            handle("handles-our-arc", "deref"),
        )
        .against(handle("handles-std-arc", "deref")),
        Row::new(
            "two-threads",
            "Arc churn, 2 threads / 1",
            1.9,
            threads("threads-our-arc", "two"),
        )
        .against(threads("threads-our-arc", "one"))
        .beside_quotient(
            "std",
            threads("threads-std-arc", "two"),
            threads("threads-std-arc", "one"),
        )
        .figure(Figure::Quotient, Unit::PerSecond)
        .at_least(),
        Row::new(
            "rc-memory",
            "memory per Rc - std's",
            56.0,
            batch("batch-our-rc", "bytes"),
        )
        .against(batch("batch-std-rc", "bytes"))
        .figure(Figure::Difference, Unit::Bytes)
        .slack(1.1),
        Row::new(
            "arc-memory",
            "memory per Arc - std's",
            56.0,
            batch("batch-our-arc", "bytes"),
        )
        .against(batch("batch-std-arc", "bytes"))
        .figure(Figure::Difference, Unit::Bytes)
        .slack(1.1),
        Row::new(
            "instance",
            "Instance in a Vec / countme",
            0.6,
            instance("instances-ours"),
        )
        .against(instance("instances-countme"))
        .beside("no count", instance("instances-bare")),
    ]
}

/// Returns rows for builds of the profile `dev`.
///
/// Instructions count, since callgrind counts the same number in each run; time is shown beside them.
pub(super) fn dev() -> Vec<Row> {
    let row = |name, what, target, ours, std, build| {
        let counted = |what| Reading::of(Program::DevInstructions(what, build), "instructions");
        let timed = |what| Reading::of(Program::Dev(what, build), "seconds");
        Row::new(name, what, target, counted(ours))
            .against(counted(std))
            .beside_quotient("in time", timed(ours), timed(std))
            .figure(Figure::Quotient, Unit::Instructions)
            .slack(1.0)
    };
    vec![
        row(
            "dev-rc-churn",
            "dev: Rc churn / std",
            4.0,
            "our-rc",
            "std-rc",
            DevBuild::Plain,
        ),
        row(
            "dev-arc-churn",
            "dev: Arc churn / std",
            4.0,
            "our-arc",
            "std-arc",
            DevBuild::Plain,
        ),
        row(
            "dev-lines-rc-churn",
            "dev, lines: Rc churn / std",
            2.0,
            "our-rc",
            "std-rc",
            DevBuild::WithLines,
        ),
        row(
            "dev-lines-arc-churn",
            "dev, lines: Arc churn / std",
            2.0,
            "our-arc",
            "std-arc",
            DevBuild::WithLines,
        ),
    ]
}

/// Returns rows for what the feature `owners` adds.
pub(super) fn owners() -> Vec<Row> {
    let known = |what, times| Reading::of(Program::Owners(what, times), "seconds");
    let unknown = |subject| Reading::own(subject, CHURN, "seconds");
    let std = |subject| Reading::own(subject, HANDLES, "clone_drop");
    let churn = |name, what, known, unknown| Row::new(name, what, 1.6, known).against(unknown);
    let clone_drop = |name, what, known, std| {
        let row = Row::new(name, what, 25e-9, known).against(std);
        row.figure(Figure::Difference, Unit::Seconds)
    };
    vec![
        churn(
            "owners-rc-churn",
            "Rc churn, owners / without",
            known("rc-churn", CHURN),
            unknown("churn-our-rc"),
        ),
        churn(
            "owners-arc-churn",
            "Arc churn, owners / without",
            known("arc-churn", CHURN),
            unknown("churn-our-arc"),
        ),
        clone_drop(
            "owners-rc-clone-drop",
            "Rc clone + drop, owners - std",
            known("rc-clone-drop", HANDLES),
            std("handles-std-rc"),
        ),
        clone_drop(
            "owners-arc-clone-drop",
            "Arc clone + drop, owners - std",
            known("arc-clone-drop", HANDLES),
            std("handles-std-arc"),
        ),
        Row::new(
            "owners-handle",
            "size of a handle, owners",
            16.0,
            Reading::of(Program::Owners("sizes", 0), "largest"),
        )
        .figure(Figure::Ours, Unit::Bytes)
        .slack(1.0),
    ]
}
