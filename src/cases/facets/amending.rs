//! What a case is to change in the one above it: the old beside the new.

use super::Looked;
use serde::Serialize;
use serde_json::Value;

/// A field of the case above that this one is to change.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Amended {
    /// Field, of this case and of the one above.
    pub field: String,
    /// What stood above when this case began, masked as the form is.
    #[schema(value_type = Value)]
    pub was: Value,
    /// What stands in this form is another.
    pub changed: bool,
}

pub(super) fn amended(look: &Looked<'_>) -> Vec<Amended> {
    let fields = look
        .rules
        .kind
        .amends
        .iter()
        .filter_map(|name| look.rules.field(name));
    fields
        .map(|field| {
            let of = |data: &engine::case::Data| data.get(&field.name).cloned().unwrap_or_default();
            let was = of(&look.case.was);
            Amended {
                field: field.name.clone(),
                changed: was != of(&look.case.data),
                was: look.sight.value(field, &was),
            }
        })
        .collect()
}
