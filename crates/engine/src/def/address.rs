//! Addresses: how a case names another one that is neither above nor below it.

use super::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The case that holds a claim on something, known to this kind by a name: `sale`, the case that holds the home.
///
/// It is found before an action is decided, from the case as it stands and what is entered; expressions read it as
/// `sale.stage`, `sale.closed` or `sale.FIELD`, absent while nobody holds the claim; effects let it act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressDef {
    /// Name used in expressions and effects: lower-case letters, digits, `_`.
    pub name: String,
    /// What people call the other case.
    pub title: String,
    /// Kind of the other case.
    pub kind: String,
    /// Claim by which it is found.
    pub holder: String,
    /// Expression of type text that names what is held: `case.home`, a field.
    pub on: String,
}

impl AddressDef {
    /// Whether a field declares it, by naming a record.
    pub fn of_field(&self, kind: &Kind) -> bool {
        let own = |field: &super::Field| field.record.is_some() && field.name == self.name;
        self.on == self.name && kind.fields.iter().any(own)
    }
}
