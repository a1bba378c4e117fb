//! Medians and spreads of a few numbers.

/// Numbers in ascending order; at least one.
#[derive(Clone, Debug)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    /// Sorts the finite numbers; `None` if there is none.
    pub(crate) fn new(numbers: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut numbers: Vec<f64> = numbers.into_iter().filter(|n| n.is_finite()).collect();
        numbers.sort_by(f64::total_cmp);
        (!numbers.is_empty()).then_some(Self(numbers))
    }

    /// Returns the median.
    pub(crate) fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// Returns the interquartile range, relative to the median.
    pub(crate) fn spread(&self) -> f64 {
        let between = self.at(0.75) - self.at(0.25);
        if between == 0.0 {
            0.0
        } else {
            between / self.median().abs()
        }
    }

    /// Returns the quantile at `part`, interpolated between two numbers.
    fn at(&self, part: f64) -> f64 {
        let place = part * (self.0.len() - 1) as f64;
        let (low, high) = (
            self.0[place.floor() as usize],
            self.0[place.ceil() as usize],
        );
        low + (high - low) * place.fract()
    }
}

#[cfg(test)]
mod tests {
    use super::Samples;

    fn of(numbers: &[f64]) -> Samples {
        Samples::new(numbers.iter().copied()).expect("there are numbers")
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(of(&[3.0]).median(), 3.0);
        assert_eq!(of(&[9.0, 1.0, 2.0]).median(), 2.0);
        assert_eq!(of(&[4.0, 1.0, 2.0, 3.0]).median(), 2.5);
    }

    #[test]
    fn the_spread_leaves_out_what_is_far_out() {
        assert_eq!(of(&[2.0, 2.0]).spread(), 0.0);
        assert_eq!(of(&[1.0, 2.0, 2.0, 2.0, 90.0]).spread(), 0.0);
        assert_eq!(of(&[1.0, 2.0, 3.0]).spread(), 0.5);
    }

    #[test]
    fn what_is_no_number_is_left_out() {
        assert!(Samples::new([f64::NAN]).is_none());
        assert_eq!(of(&[f64::NAN, 1.0]).median(), 1.0);
    }
}
