//! The guides, as they are in the folder `docs`.
//!
#![doc = include_str!("guide/links.md")]
#![doc = include_str!("../docs/README.md")]

/// Declares a module for each page. Links between pages become links between modules.
macro_rules! pages {
    ($($(#[$attribute:meta])* $name:ident: $file:literal;)*) => {$(
        $(#[$attribute])*
        // A page needs no feature to be read; the programs in it may.
        #[cfg_attr(docsrs, doc(auto_cfg = false))]
        #[doc = include_str!("guide/links.md")]
        #[doc = include_str!(concat!("../docs/", $file))]
        pub mod $name {}
    )*};
}

// The programs of a page that is left out of the doctests are parts of examples and tests, which
// `tests/guide.rs`, `tests/cookbook.rs` and `tests/compiler_errors.rs` check.
pages! {
    ci: "ci.md";
    #[cfg(not(doctest))]
    closures: "closures.md";
    command: "command.md";
    compare: "compare.md";
    #[cfg(not(doctest))]
    cookbook: "cookbook.md";
    #[doc = include_str!("guide/devtools.md")]
    devtools: "devtools.md";
    // Its programs need the feature `html`.
    #[cfg(any(not(doctest), feature = "html"))]
    explore: "explore.md";
    faq: "faq.md";
    fleet: "fleet.md";
    json: "json.md";
    limits: "limits.md";
    nightly: "nightly.md";
    notebooks: "notebooks.md";
    owners: "owners.md";
    #[cfg(not(doctest))]
    #[doc = include_str!("guide/pictures.md")]
    pictures: "guide.md";
    #[cfg(not(doctest))]
    service: "service.md";
    #[cfg(any(feature = "save", not(doctest)))]
    snapshots: "snapshots.md";
    start: "start.md";
    #[cfg(not(doctest))]
    tokio: "tokio.md";
    #[cfg(not(doctest))]
    troubleshooting: "troubleshooting.md";
    types: "types.md";
    #[cfg(not(doctest))]
    #[doc = include_str!("guide/pictures.md")]
    verdict: "verdict.md";
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
