//! `Visit` for types of other crates, each behind the feature that is named after the crate.

/// Declares the module of each crate, and the list of features.
macro_rules! crates {
    ($($feature:literal: $module:ident,)*) => {
        $(
            #[cfg(feature = $feature)]
            mod $module;
        )*

        /// Re-exports of the crates, for tests.
        pub mod foreign {
            $(
                #[cfg(feature = $feature)]
                pub use ::$module;
            )*
        }

        /// Returns whether the feature that is named after a crate is on; `false` for a crate without one.
        ///
        /// ```
        /// assert!(!objgraph_core::has_feature("no-such-crate"));
        /// ```
        #[must_use]
        pub fn has_feature(name: &str) -> bool {
            match name {
                $($feature => cfg!(feature = $feature),)*
                // The locks of each version of parking_lot.
                "parking_lot" => cfg!(feature = "parking_lot"),
                _ => false,
            }
        }
    };
}

crates! {
    "arc-swap": arc_swap,
    "arrayvec": arrayvec,
    "bytes": bytes,
    "chrono": chrono,
    "dashmap": dashmap,
    "either": either,
    "hashbrown": hashbrown,
    "im": im,
    "imbl": imbl,
    "indexmap": indexmap,
    "once_cell": once_cell,
    "parking_lot_0_12": parking_lot,
    "serde_json": serde_json,
    "slab": slab,
    "slotmap": slotmap,
    "smallvec": smallvec,
    "thin-vec": thin_vec,
    "time": time,
    "tokio": tokio,
    "triomphe": triomphe,
    "url": url,
    "uuid": uuid,
}

#[cfg(any(feature = "im", feature = "imbl"))]
mod persistent;
