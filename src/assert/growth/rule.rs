//! The rule that decides whether a number grows, given its values after each call of an operation.
//!
//! Calls are grouped into rounds. A number grows if the highest value of each round is higher than
//! that of the round before. Let `f` be the value after a call, and `p` at most the length of a round.
//!
//! - If `f(n + p) = f(n)` for all `n`, all rounds have the same highest value: it does not grow.
//! - If `f(n + p) = f(n) + d` with `d > 0`, take the call with the highest value of a round. The next
//!   round has a call that is a multiple of `p` later, and so has a higher value: it grows.
//! - If `f` is bounded and does not fall, it stays the same in some round: with enough rounds it does
//!   not grow.

/// Number of rounds after which a number that did not rise in each has not grown.
pub(super) const ROUNDS: usize = 3;

/// Number of rounds in which a number has to rise to have grown.
pub(super) const CONFIRMED: usize = 6;

/// Returns whether the highest value rises from each round to the next; `round` is the number of
/// calls in one.
///
/// The first value is the one before the calls, and belongs to no round.
pub(super) fn rises(values: &[u64], round: usize) -> bool {
    let rounds = values.get(1..).unwrap_or_default().chunks_exact(round);
    let highest: Vec<_> = rounds.map(|round| round.iter().max()).collect();
    highest.len() > 1 && highest.is_sorted_by(|before, after| before < after)
}

/// How fast a number grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// By the same number in each group of `calls` successive calls.
    Steady { by: u64, calls: usize },
    /// By `by` in all calls together.
    Uneven { by: u64, calls: usize },
}

impl Pace {
    /// Returns how fast a number with these values grows; the first is the value before the calls.
    pub(super) fn of(values: &[u64], round: usize) -> Self {
        let steady = (1..=round).find_map(|period| {
            let pairs = || std::iter::zip(values, values.iter().skip(period));
            let gains = || pairs().map(|(before, after)| after.checked_sub(*before));
            let by = gains().next()??;
            let is_same = by > 0 && gains().all(|gain| gain == Some(by));
            is_same.then_some(Self::Steady { by, calls: period })
        });
        let first = values.first().copied().unwrap_or_default();
        let last = values.last().copied().unwrap_or_default();
        steady.unwrap_or(Self::Uneven {
            by: last.saturating_sub(first),
            calls: values.len().saturating_sub(1),
        })
    }

    /// Returns the number by which it grows.
    pub(super) fn by(self) -> u64 {
        match self {
            Self::Steady { by, .. } | Self::Uneven { by, .. } => by,
        }
    }

    /// Returns `per call`, `in every 2 calls` or `in 48 calls`.
    pub(super) fn in_words(self) -> String {
        match self {
            Self::Steady { calls: 1, .. } => "per call".to_owned(),
            Self::Steady { calls, .. } => format!("in every {calls} calls"),
            Self::Uneven { calls, .. } => format!("in {calls} calls"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns whether a number grows, as the assertion decides it: after a few rounds, and after more
    /// if it has risen so far.
    fn grows(value: impl Fn(usize) -> u64, warm_up: usize, round: usize) -> bool {
        [ROUNDS, CONFIRMED].into_iter().all(|rounds| {
            let calls = warm_up..=warm_up + rounds * round;
            rises(&calls.map(&value).collect::<Vec<_>>(), round)
        })
    }

    /// Returns a function of the number of calls that changes by `steps[n % p]` in call `n`, and stays
    /// above 0.
    fn periodic(steps: &[i64]) -> impl Fn(usize) -> u64 {
        let steps = steps.to_vec();
        move |calls| {
            let sum: i64 = (0..calls).map(|call| steps[call % steps.len()]).sum();
            u64::try_from(1000 + sum).expect("steps are small")
        }
    }

    proptest! {
        /// A number with periodic steps is bounded if they add up to 0, and grows if they add up to
        /// more.
        #[test]
        fn a_number_grows_if_its_steps_add_up(
            mut steps in prop::collection::vec(-9..10_i64, 1..=8),
            gain in 0..3_i64,
            round in 8..12_usize,
            warm_up in 0..5_usize,
        ) {
            let sum: i64 = steps.iter().sum();
            steps[0] += gain - sum;
            prop_assert_eq!(grows(periodic(&steps), warm_up, round), gain > 0);
        }

        /// What fills up while the operation warms up is bounded, even if it is emptied now and then.
        #[test]
        fn what_fills_during_the_warm_up_does_not_grow(
            filling in prop::collection::vec(0..50_u64, 0..20),
            then in prop::collection::vec(0..50_u64, 1..=8),
        ) {
            let value = |calls: usize| match filling.get(calls) {
                Some(&value) => value,
                None => then[(calls - filling.len()) % then.len()],
            };
            prop_assert!(!grows(value, filling.len(), 8));
        }

        /// A number that rises to a limit grows unless it reaches the limit before the last round.
        #[test]
        fn what_fills_during_the_rounds_does_not_grow(full in 0..40_usize, round in 1..12_usize) {
            let value = |calls: usize| calls.min(full) as u64;
            prop_assert_eq!(grows(value, 2, round), full > 2 + round * (CONFIRMED - 1));
        }

        #[test]
        fn the_pace_of_steady_growth_is_found(by in 1..99_u64, every in 1..=8_u64, phase in 0..9_u64) {
            let values: Vec<u64> = (0..48).map(|call| (call + phase) / every * by).collect();
            prop_assert_eq!(Pace::of(&values, 8), Pace::Steady { by, calls: every as usize });
        }
    }

    #[test]
    fn growth_without_a_period_is_seen() {
        let value = |calls: usize| (calls * (calls + 1) / 2) as u64;
        assert!(grows(value, 2, 8));
        let values: Vec<u64> = (0..=48).map(value).collect();
        let pace = Pace::of(&values, 8);
        assert_eq!(
            (pace.by(), pace.in_words()),
            (1176, "in 48 calls".to_owned())
        );
    }

    #[test]
    fn too_few_values_do_not_grow() {
        assert!(!rises(&[], 8) && !rises(&[0], 1) && !rises(&[1, 2], 1));
        assert!(rises(&[0, 1, 2], 1));
    }
}
