//! The guides, as they are in the folder `docs`.
//!
//! | question | guide |
//! |---|---|
//! | How do I find the leaks of a program without changing it? | [command] |
//! | How do I make a test fail that leaks? | [ci] |
//! | How do I watch a service? | [service] |
//! | Which pictures are there? | [pictures] |
//! | How do I explore a snapshot in a browser? | [explore] |
//! | How do I use it with tokio? | [tokio] |
//! | What about closures and callbacks? | [closures] |
//! | Who still holds this `Arc`? | [owners] |
//! | Which types can a trace visit? | [types] |
//! | What does a nightly compiler add? | [nightly] |
//! | How do I look at a snapshot elsewhere, or later? | [snapshots] |
//! | How do I open it in Chrome, memlab or pprof? | [devtools] |
//! | How do I query the snapshots of many hosts? | [fleet] |
//! | What is in the JSON? | [json] |
//! | What does it not do? | [limits] |
//! | Why does this not compile, and what does that message mean? | [troubleshooting] |
//! | Should I use another tool? | [compare] |

/// Declares a module for each page. Links between pages become links between modules.
macro_rules! pages {
    ($($(#[$attribute:meta])* $name:ident: $file:literal;)*) => {$(
        $(#[$attribute])*
        #[doc = include_str!("guide/links.md")]
        #[doc = include_str!(concat!("../docs/", $file))]
        pub mod $name {}
    )*};
}

// The programs of a page that is left out of the doctests are parts of examples and tests, which
// `tests/guide.rs` and `tests/compiler_errors.rs` check.
pages! {
    ci: "ci.md";
    #[cfg(not(doctest))]
    closures: "closures.md";
    command: "command.md";
    compare: "compare.md";
    #[doc = include_str!("guide/devtools.md")]
    devtools: "devtools.md";
    // Its programs need the feature `html`.
    #[cfg(any(not(doctest), feature = "html"))]
    explore: "explore.md";
    fleet: "fleet.md";
    json: "json.md";
    limits: "limits.md";
    nightly: "nightly.md";
    owners: "owners.md";
    #[cfg(not(doctest))]
    #[doc = include_str!("guide/pictures.md")]
    pictures: "guide.md";
    #[cfg(not(doctest))]
    service: "service.md";
    #[cfg(any(feature = "save", not(doctest)))]
    snapshots: "snapshots.md";
    #[cfg(not(doctest))]
    tokio: "tokio.md";
    #[cfg(not(doctest))]
    troubleshooting: "troubleshooting.md";
    types: "types.md";
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
