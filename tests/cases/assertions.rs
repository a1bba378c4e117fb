//! Assertions fail on what leaked or grew, and pass on nothing else in silence.
