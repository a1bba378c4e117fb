//! uuid.

use crate::visibility::impls::std::shapes::leaves;

leaves!(uuid::Uuid, uuid::NonNilUuid, uuid::Error);
