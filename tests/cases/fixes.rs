//! A fix names the declared field and frees what it says.
