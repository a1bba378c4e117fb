//! Random programs: the reported handles are those of a model, each with its site.

mod of_arc;
mod of_rc;

use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Make,
    MakeCyclic,
    Clone(usize),
    CloneElsewhere(usize),
    Downgrade(usize),
    CloneWeak(usize),
    Upgrade(usize),
    PutIn(usize, usize),
    PutWeakIn(usize, usize),
    TakeOut(usize),
    Forget(usize),
    ForgetWeak(usize),
    Drop(usize),
    DropWeak(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let n = || 0_usize..16;
    let step = prop_oneof![
        2 => Just(Step::Make),
        1 => Just(Step::MakeCyclic),
        2 => n().prop_map(Step::Clone),
        1 => n().prop_map(Step::CloneElsewhere),
        2 => n().prop_map(Step::Downgrade),
        1 => n().prop_map(Step::CloneWeak),
        2 => n().prop_map(Step::Upgrade),
        3 => (n(), n()).prop_map(|(one, other)| Step::PutIn(one, other)),
        2 => (n(), n()).prop_map(|(one, other)| Step::PutWeakIn(one, other)),
        1 => n().prop_map(Step::TakeOut),
        1 => n().prop_map(Step::Forget),
        1 => n().prop_map(Step::ForgetWeak),
        3 => n().prop_map(Step::Drop),
        1 => n().prop_map(Step::DropWeak),
    ];
    prop::collection::vec(step, 0..40)
}
