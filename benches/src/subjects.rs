//! What can be measured in a process of its own.
//!
//! A subject is a function that takes a size and returns readings: names and numbers, times in
//! seconds, memory in bytes.

mod batch;
mod churn;
mod handles;
mod heap;
mod instances;
mod operations;
mod queries;
mod readings;
mod service;
mod threads;

use readings::Readings;

/// Measures something at this size.
type Measure = fn(usize) -> Readings;

/// All subjects, by name.
const SUBJECTS: &[(&str, Measure)] = &[
    ("churn-std-rc", churn::std_rc),
    ("churn-our-rc", churn::our_rc),
    ("churn-countme", churn::countme_in_rc),
    ("churn-dumpster", churn::dumpster_unsync),
    ("churn-rust-cc", churn::rust_cc),
    ("churn-bacon", churn::bacon),
    ("churn-std-arc", churn::std_arc),
    ("churn-our-arc", churn::our_arc),
    ("churn-dumpster-sync", churn::dumpster_sync),
    ("churn-our-rc-left-out", churn::our_rc_left_out),
    ("churn-our-arc-left-out", churn::our_arc_left_out),
    ("churn-our-rc-chosen", churn::our_rc_chosen),
    ("churn-our-arc-chosen", churn::our_arc_chosen),
    ("batch-std-rc", batch::std_rc),
    ("batch-our-rc", batch::our_rc),
    ("batch-std-arc", batch::std_arc),
    ("batch-our-arc", batch::our_arc),
    ("handles-std-rc", handles::std_rc),
    ("handles-our-rc", handles::our_rc),
    ("handles-std-arc", handles::std_arc),
    ("handles-our-arc", handles::our_arc),
    ("threads-std-arc", threads::std_arc),
    ("threads-our-arc", threads::our_arc),
    ("instances-bare", instances::bare),
    ("instances-ours", instances::ours),
    ("instances-countme", instances::countme),
    ("heap-ours", heap::ours::leaks),
    ("heap-ours-memory", heap::ours::memory),
    ("heap-ours-kinds", heap::ours::kinds),
    ("heap-ours-saved", heap::ours::saved),
    ("heap-ours-heapsnapshot", heap::ours::heapsnapshot),
    ("heap-ours-hub", heap::ours::hub),
    ("heap-chain-rc", heap::chain::of_rcs),
    ("heap-chain-arc", heap::chain::of_arcs),
    ("heap-floor", heap::floor::walk),
    ("heap-rust-cc", heap::rust_cc::collect),
    ("heap-bacon", heap::bacon::collect),
    ("heap-dumpster", heap::dumpster::collect),
    ("heap-gc-arena", heap::gc_arena::collect),
    ("queries", queries::all),
    ("scrape", service::scrape),
    ("pauses", service::pauses),
    ("lock", service::lock),
];

/// Returns the readings of the subject with this name.
pub(crate) fn measure(name: &str, n: usize) -> Option<Readings> {
    let found = SUBJECTS.iter().find(|(subject, _)| *subject == name);
    found.map(|(_, measure)| measure(n))
}
