//! once_cell.

use once_cell::{race, sync, unsync};

use crate::visibility::impls::std::shapes::{lazy, leaves, once};

once! {
    [] unsync::OnceCell<T>, cell => cell.get();
    [] sync::OnceCell<T>, cell => cell.get();
    [] race::OnceBox<T>, cell => cell.get();
}

lazy! {
    unsync::Lazy<T, F> where [F: FnOnce() -> T], cell => unsync::Lazy::get(cell);
    sync::Lazy<T, F> where [F: FnOnce() -> T], cell => sync::Lazy::get(cell);
}

leaves!(race::OnceBool, race::OnceNonZeroUsize);
