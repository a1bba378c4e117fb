//! uuid.

use crate::sight::std_types::shapes::leaves;

leaves!(uuid::Uuid, uuid::NonNilUuid, uuid::Error);
