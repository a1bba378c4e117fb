//! time.

use crate::visibility::impls::std::shapes::leaves;

leaves! {
    time::Date, time::Time, time::Duration, time::Month, time::Weekday, time::UtcOffset,
    time::PrimitiveDateTime, time::OffsetDateTime, time::UtcDateTime,
    time::error::ComponentRange,
}
