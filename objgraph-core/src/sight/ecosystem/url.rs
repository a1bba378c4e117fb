//! url.

use crate::sight::std_types::shapes::leaves;

leaves!(url::Url, url::Host<String>, url::ParseError);
