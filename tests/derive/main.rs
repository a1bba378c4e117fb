//! The derive, for every shape of type that it accepts: the references in a snapshot, and the table
//! of types.

#![allow(dead_code, reason = "most fields are there to be seen by objgraph")]

mod assertions;
mod attributes;
mod foreign;
mod generics;
mod growth;
mod methods;
mod names;
mod recursion;
mod shapes;
