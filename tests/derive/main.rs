//! What the derive makes visible, for every shape of type that it accepts: the references that a
//! snapshot shows, and what the tables of types tell.

#![allow(dead_code, reason = "most fields are there to be seen by objgraph")]

mod attributes;
mod foreign;
mod generics;
mod methods;
mod names;
mod recursion;
mod seen;
mod shapes;
