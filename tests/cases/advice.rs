//! What a report advises works when it is applied.
