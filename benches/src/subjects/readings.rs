//! The result of a measurement.

/// Names and numbers.
pub(crate) type Readings = Vec<(&'static str, f64)>;
