//! Files and labels do no harm.
