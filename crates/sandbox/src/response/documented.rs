//! JSON in the order of the documentation's examples: people read it, and search it with `grep`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};
use serde_json::{Map, Value};

/// Serializes without the fields that are `null`: the service leaves out what is absent.
pub(super) struct Documented<'a>(pub(super) &'a Value);

impl Serialize for Documented<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(fields) => {
                let mut map = serializer.serialize_map(None)?;
                for (name, value) in sorted(fields) {
                    map.serialize_entry(name, &Documented(value))?;
                }
                map.end()
            }
            Value::Array(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                for value in values {
                    list.serialize_element(&Documented(value))?;
                }
                list.end()
            }
            other => other.serialize(serializer),
        }
    }
}

fn sorted(fields: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut sorted: Vec<_> = fields.iter().filter(|(_, value)| !value.is_null()).collect();
    // Stable, so that the others follow by name.
    sorted.sort_by_cached_key(|(name, _)| PLACES.get(name.as_str()).unwrap_or(&usize::MAX));
    sorted
}

/// Where each of the names is in [`ORDER`]. A list of orders looks up thousands.
static PLACES: LazyLock<HashMap<&str, usize>> =
    LazyLock::new(|| ORDER.split(' ').zip(0..).collect());

/// The names that come first in some object, in an order that fits all of them.
const ORDER: &str = "\
    id order_id certificate_id name_id name subject_common_name username account_id first_name \
    last_name date type total thumbprint serial_number common_name dns_names certificate status \
    is_renewal is_renewed renewed_order_id date_created last_reissued_date date_issued \
    valid_from valid_till days_remaining cert_validity date_processed requester processor order \
    csr organization server_platform signature_hash key_size ca_cert ca_cert_id sub_id public_id \
    user_id email firstname lastname receipt_id order_validity order_valid_till container \
    product requests";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn known_names_come_first_and_nulls_not_at_all() {
        let value = json!({"b": 1, "a": [{"status": "x", "id": 2, "csr": null}], "id": 3});
        let text = serde_json::to_string(&Documented(&value)).unwrap_or_default();
        assert_eq!(text, r#"{"id":3,"a":[{"id":2,"status":"x"}],"b":1}"#);
    }
}
