//! bytes.

use crate::visibility::impls::std::shapes::leaves;

leaves! {
    // Its buffer may be shared.
    bytes::Bytes;
    bytes::BytesMut, |buffer| buffer.capacity(), of buffer.len();
}
