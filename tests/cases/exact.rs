//! The pointers behave as std's do.
