//! Programs compiled with the facades in place of std and alloc: they do what they do with std, in
//! each edition. Instrumented ones report.

mod build;
mod reports;
mod same;
