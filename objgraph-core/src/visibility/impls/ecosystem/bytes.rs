//! bytes.

use crate::visibility::impls::std::shapes::leaves;

leaves! {
    // Its buffer may be shared, so its bytes are not counted.
    bytes::Bytes;
    bytes::BytesMut, |buffer| buffer.capacity(), of buffer.len();
}
