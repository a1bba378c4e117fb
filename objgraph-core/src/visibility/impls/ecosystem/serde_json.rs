//! serde_json.

use serde_json::{Map, Number, Value};

use crate::visibility::impls::std::shapes::leaves;
use crate::visibility::impls::std::sizes::b_tree;

leaves! {
    Value, |value| bytes(vec![value]), of content(vec![value]);
    Map<String, Value>, |map| bytes_of(map) + bytes(map.values().collect()),
        of content_of_keys(map) + content(map.values().collect());
    Number;
    serde_json::Error;
}

/// Returns the bytes that values own at any depth. A map is assumed to be a B-tree, as it is without
/// serde_json's feature `preserve_order`.
fn bytes(mut values: Vec<&Value>) -> usize {
    let mut bytes = 0;
    while let Some(value) = values.pop() {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(text) => bytes += text.capacity(),
            Value::Array(items) => {
                bytes += items.capacity() * size_of::<Value>();
                values.extend(items);
            }
            Value::Object(map) => {
                bytes += bytes_of(map);
                values.extend(map.values());
            }
        }
    }
    bytes
}

/// Returns the bytes of texts in values at any depth, plus one for each other value.
fn content(mut values: Vec<&Value>) -> usize {
    let mut bytes = 0;
    while let Some(value) = values.pop() {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => bytes += 1,
            Value::String(text) => bytes += text.len(),
            Value::Array(items) => values.extend(items),
            Value::Object(map) => {
                bytes += content_of_keys(map);
                values.extend(map.values());
            }
        }
    }
    bytes
}

fn content_of_keys(map: &Map<String, Value>) -> usize {
    map.keys().map(String::len).sum()
}

/// Returns the bytes of a map and its keys.
fn bytes_of(map: &Map<String, Value>) -> usize {
    let keys: usize = map.keys().map(String::capacity).sum();
    keys + b_tree(map.len(), size_of::<String>(), size_of::<Value>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::content;

    #[test]
    fn content_grows_with_every_value() {
        let value = json!({ "ab": ["xyz", 1, null], "c": {} });
        // The keys, the text, the number and the null.
        assert_eq!(content(vec![&value]), 3 + 3 + 1 + 1);
    }
}
