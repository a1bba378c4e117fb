//! chrono.

use chrono::{DateTime, TimeZone};

use crate::visibility::impls::std::shapes::leaves;
use crate::tracked::{Label, Visit};

leaves! {
    chrono::NaiveDate, chrono::NaiveTime, chrono::NaiveDateTime, chrono::TimeDelta,
    chrono::Utc, chrono::FixedOffset, chrono::Weekday, chrono::Month, chrono::Months,
    chrono::Days, chrono::IsoWeek, chrono::ParseError,
}

impl<Z: TimeZone> Visit for DateTime<Z> {
    fn label(&self) -> Label<'_> {
        Label::Debug(self)
    }

    fn is_leaf() -> bool {
        true
    }

    fn owns_heap() -> bool {
        false
    }
}
