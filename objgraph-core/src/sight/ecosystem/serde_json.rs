//! serde_json.

use serde_json::{Map, Number, Value};

use crate::sight::std_types::shapes::leaves;

leaves!(Value, Number, Map<String, Value>, serde_json::Error);
