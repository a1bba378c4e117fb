//! The test of Mann and Kendall for a trend.
//!
//! Henry B. Mann, "Nonparametric Tests Against Trend", 1945; Maurice G. Kendall, "Rank Correlation
//! Methods", 1975. Only the order of the numbers matters, not their sizes, so one burst makes no
//! trend.

/// Maximum length of a series for which all orders are counted; beyond it, the normal distribution
/// is close enough.
const MAX_EXACT: usize = 20;

/// Returns the p-value of a series: the probability that numbers in random order rise at least as
/// much.
///
/// Exact for at most 20 numbers without ties. O(n²), and O(n⁴) where it is exact.
pub(super) fn p_value_of(series: &[u64]) -> f64 {
    let score = score(series);
    let ties = ties(series);
    if score <= 0 {
        return 1.0;
    }
    if ties.is_empty() && series.len() <= MAX_EXACT {
        return exact(series.len(), score);
    }
    let n = series.len() as f64;
    let pairs = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let tied: f64 = ties.iter().map(|&tie| pairs(tie as f64)).sum();
    let variance = (pairs(n) - tied) / 18.0;
    // The continuity correction: scores are whole numbers, two apart.
    upper_tail((score as f64 - 1.0) / variance.sqrt())
}

/// Returns the number of pairs that rise, minus the number of pairs that fall.
pub(super) fn score(series: &[u64]) -> i64 {
    let mut score = 0;
    for (at, first) in series.iter().enumerate() {
        for second in &series[at + 1..] {
            score += match second.cmp(first) {
                std::cmp::Ordering::Less => -1,
                std::cmp::Ordering::Equal => 0,
                std::cmp::Ordering::Greater => 1,
            };
        }
    }
    score
}

/// Returns how often each number occurs that occurs more than once.
fn ties(series: &[u64]) -> Vec<usize> {
    let mut sorted = series.to_vec();
    crate::order::sort(&mut sorted);
    let runs = sorted.chunk_by(|a, b| a == b).map(<[u64]>::len);
    runs.filter(|&run| run > 1).collect()
}

/// Returns the share of the orders of `n` different numbers that have at least this score.
///
/// The number of orders with k falling pairs follows from the numbers for n - 1: the last number
/// falls behind none to all of those before it.
fn exact(n: usize, score: i64) -> f64 {
    let all = n * (n - 1) / 2;
    let mut orders = vec![0.0; all + 1];
    orders[0] = 1.0;
    for more in 1..n {
        let mut next = vec![0.0; all + 1];
        for (falling, &share) in orders.iter().enumerate() {
            for behind in 0..=more {
                if let Some(sum) = next.get_mut(falling + behind) {
                    *sum += share / (more + 1) as f64;
                }
            }
        }
        orders = next;
    }
    // score = rising - falling = all - 2 × falling
    let falling = (all as i64 - score).max(0) as usize / 2;
    orders[..=falling].iter().sum()
}

/// Returns the share of the normal distribution above `z`, for `z` of at least 0, with an error
/// below 10⁻⁷ (Milton Abramowitz and Irene A. Stegun, "Handbook of Mathematical Functions", 1964,
/// 26.2.17).
fn upper_tail(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let terms = [
        0.319_381_530,
        -0.356_563_782,
        1.781_477_937,
        -1.821_255_978,
        1.330_274_429,
    ];
    let sum = terms.iter().rev().fold(0.0, |sum, term| (sum + term) * t);
    let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    density * sum
}

#[cfg(test)]
mod tests {
    use super::{exact, p_value_of, score, upper_tail};

    /// Returns every order of `n` numbers.
    fn orders(n: u64) -> Vec<Vec<u64>> {
        let mut all = vec![vec![]];
        for number in 0..n {
            all = all
                .iter()
                .flat_map(|order: &Vec<u64>| {
                    (0..=order.len()).map(move |at| {
                        let mut order = order.clone();
                        order.insert(at, number);
                        order
                    })
                })
                .collect();
        }
        all
    }

    #[test]
    fn exact_agrees_with_counting_all_orders() {
        for n in 2..=7 {
            let all = orders(n);
            for wanted in -21..=21 {
                let as_high = all.iter().filter(|order| score(order) >= wanted).count();
                let is_possible = all.iter().any(|order| score(order) == wanted);
                if wanted > 0 && is_possible {
                    let expected = as_high as f64 / all.len() as f64;
                    assert!(
                        (exact(n as usize, wanted) - expected).abs() < 1e-12,
                        "{n}, {wanted}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_normal_distribution_agrees_with_tables() {
        for (z, expected) in [
            (0.0, 0.5),
            (1.0, 0.158_655_3),
            (1.96, 0.024_997_9),
            (3.0, 0.001_349_9),
        ] {
            assert!((upper_tail(z) - expected).abs() < 1e-6, "{z}");
        }
        // The approximation takes over where exact counting ends, and nearly agrees with it.
        let rising: Vec<u64> = (0..20).map(|at| (at * 7) % 20 + at).collect();
        let counted = exact(20, score(&rising));
        let n = 20.0_f64;
        let variance = n * (n - 1.0) * (2.0 * n + 5.0) / 18.0;
        let near = upper_tail((score(&rising) as f64 - 1.0) / variance.sqrt());
        assert!((counted - near).abs() < 0.01, "{counted}, {near}");
    }

    #[test]
    fn only_a_rising_series_has_a_low_p_value() {
        assert_eq!(p_value_of(&[]), 1.0);
        assert_eq!(p_value_of(&[3]), 1.0);
        assert_eq!(p_value_of(&[3, 3, 3, 3, 3, 3, 3]), 1.0);
        assert_eq!(p_value_of(&[7, 6, 5, 4, 3]), 1.0);
        // One of the 120 orders of five numbers rises all the way.
        assert!((p_value_of(&[1, 2, 3, 4, 5]) - 1.0 / 120.0).abs() < 1e-12);
        // A step, however high, is no trend.
        assert!(p_value_of(&[1, 1, 1, 1, 1, 1, 1, 900]) > 0.01);
    }
}
