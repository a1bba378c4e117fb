//! bytes.

use crate::sight::std_types::shapes::leaves;

leaves!(bytes::Bytes, bytes::BytesMut);
