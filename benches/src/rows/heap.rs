//! Queries of a whole heap.

use crate::program::Program;
use crate::row::{Figure, Reading, Row, Scope, Unit};

/// The sizes of `heap-…` rows.
const SMALL: usize = 100_000;
const LARGE: usize = 1_000_000;
const LARGEST: usize = 10_000_000;

/// Why the larger sizes are skipped.
const QUICK: &str = "not with --quick";

pub(super) fn rows(scope: Scope) -> Vec<Row> {
    let n = if scope.quick { SMALL } else { LARGE };
    let ours = |key| Reading::own("heap-ours", n, key);
    let saved = |key| Reading::own("heap-ours-saved", n, key);
    let query = |key| Reading::own("queries", n, key);
    let python = |key| Reading::of(Program::Python("all", n), key);
    let chat = |profile, features, key| Reading::of(Program::Chat(profile, features, 200_000), key);
    let hub = if scope.quick { 10_000 } else { SMALL };
    let unless_quick = |row: Row| if scope.quick { row.skipped(QUICK) } else { row };

    vec![
        leaks("leaks-100k", "find_leaks 100k / rust-cc", SMALL, true),
        unless_quick(leaks("leaks-1m", "find_leaks 1M / rust-cc", LARGE, true)),
        unless_quick(leaks(
            "leaks-10m",
            "find_leaks 10M / rust-cc",
            LARGEST,
            false,
        )),
        Row::new("leaks-floor", "find_leaks / floor", 2.0, ours("seconds")).against(Reading::own(
            "heap-floor",
            n,
            "seconds",
        )),
        unless_quick(
            Row::new(
                "leaks-scaling",
                "find_leaks 10M / 1M",
                12.0,
                Reading::own("heap-ours", LARGEST, "seconds"),
            )
            .against(ours("seconds")),
        ),
        unless_quick(
            Row::new(
                "leaks-2-cores",
                "find_leaks 10M, 2 cores / 1",
                0.67,
                Reading::own("heap-ours", LARGEST, "seconds"),
            )
            .against(Reading::of(
                Program::OneProcessor("heap-ours", LARGEST),
                "seconds",
            )),
        ),
        Row::new(
            "leaks-arc-chain",
            "find_leaks, 1M Arcs / Rcs",
            2.0,
            Reading::own("heap-chain-arc", n, "seconds"),
        )
        .against(Reading::own("heap-chain-rc", n, "seconds")),
        unless_quick(
            Row::new(
                "leaks-dev",
                "find_leaks, report, dev / rel.",
                4.0,
                chat("dev", "chat", "seconds"),
            )
            .against(chat("release", "chat_always", "seconds"))
            .beside_quotient(
                "find_leaks",
                chat("dev", "chat", "find"),
                chat("release", "chat_always", "find"),
            )
            .beside_quotient(
                "report",
                chat("dev", "chat", "report"),
                chat("release", "chat_always", "report"),
            ),
        ),
        unless_quick(
            Row::new(
                "leaks-scan",
                "find_leaks, report, scan / off",
                1.5,
                chat("release", "chat_scan", "seconds"),
            )
            .against(chat("release", "chat_always", "seconds")),
        ),
        Row::new(
            "snapshot-memory",
            "snapshot's peak, edges apart",
            80.0,
            Reading::own("heap-ours-memory", n, "peak"),
        )
        .figure(Figure::Ours, Unit::Bytes)
        .slack(1.1),
        Row::new(
            "kinds",
            "kinds + retained / snapshot",
            3.0,
            Reading::own("heap-ours-kinds", n, "seconds"),
        )
        .against(Reading::own("heap-ours-kinds", n, "snapshot")),
        Row::new("load", "Snapshot::load / trace", 1.0, saved("load"))
            .against(saved("trace"))
            .beside("save", saved("save")),
        Row::new(
            "saved-bytes",
            "its file, for each node",
            12.0,
            saved("bytes"),
        )
        .figure(Figure::Ours, Unit::Bytes)
        .slack(1.1),
        Row::new(
            "saved-memory",
            "memory while it is saved",
            100e6,
            saved("peak"),
        )
        .figure(Figure::Ours, Unit::Bytes)
        .slack(1.1),
        Row::new(
            "heapsnapshot",
            "write_heapsnapshot",
            3.0,
            Reading::own("heap-ours-heapsnapshot", n, "seconds"),
        )
        .figure(Figure::Ours, Unit::Seconds),
        Row::new(
            "scrape",
            "metrics_text of 100 types",
            0.001,
            Reading::own("scrape", n, "seconds"),
        )
        .figure(Figure::Ours, Unit::Seconds)
        .beside_quotient(
            "of as many objects / of 10k",
            Reading::own("scrape", n, "seconds"),
            Reading::own("scrape", 10_000, "seconds"),
        ),
        Row::new("growth", "growth / Python", 0.001, query("growth")).against(python("growth")),
        Row::new("new-ids", "get_new_ids / Python", 0.02, query("new_ids"))
            .against(python("new_ids")),
        Row::new("at", "at / Python", 0.0001, query("at")).against(python("at")),
        Row::new("at-flat", "at / at in a small heap", 1.5, query("at"))
            .against(Reading::own("queries", 10_000, "at")),
        Row::new(
            "leaking-objects",
            "get_leaking_objects / Python",
            0.1,
            query("leaking"),
        )
        .against(python("leaking")),
        Row::new("chain", "find_backref_chain / Python", 0.3, query("chain"))
            .against(python("chain")),
        Row::new(
            "chain-at-hand",
            "the same, snapshot at hand",
            0.02,
            query("chain_at_hand"),
        )
        .against(python("chain")),
        Row::new(
            "show-backrefs",
            "show_backrefs / Python",
            0.3,
            query("show_backrefs"),
        )
        .against(python("show_backrefs")),
        Row::new(
            "show-backrefs-at-hand",
            "the same, snapshot at hand",
            0.02,
            query("show_backrefs_at_hand"),
        )
        .against(python("show_backrefs")),
        Row::new(
            "hub-chain",
            "chain through a hub / Python",
            0.001,
            Reading::own("heap-ours-hub", hub, "chain"),
        )
        .against(Reading::of(Program::Python("hub", hub), "chain")),
    ]
}

/// Creates a row for a whole heap of this size, compared with collectors on the same graph.
fn leaks(name: &'static str, what: &'static str, n: usize, all: bool) -> Row {
    let of = |subject| Reading::own(subject, n, "seconds");
    let row = Row::new(name, what, 0.5, of("heap-ours")).against(of("heap-rust-cc"));
    if !all {
        return row;
    }
    let row = row
        .beside("dumpster", of("heap-dumpster"))
        .beside("bacon", of("heap-bacon"))
        .beside("gc-arena, its root gone", of("heap-gc-arena"))
        .beside("Python gc", Reading::of(Program::Python("all", n), "gc"));
    if n == LARGE {
        row.beside(
            "rust-cc finalizing",
            Reading::of(Program::Finalizing(n), "seconds"),
        )
    } else {
        row
    }
}
