//! Form fields.

use super::Checklist;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a field holds. How each is stored in a case's data is said beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// One line; string.
    Line,
    /// Several lines; string.
    Text,
    /// Number; JSON number.
    Number,
    /// Money; integer of fen 分.
    Money,
    /// Day; `"YYYY-MM-DD"`, from 1900 to 2199.
    Date,
    /// Instant; integer, Unix epoch milliseconds, from 1990 to 2199.
    Time,
    /// Yes or no; boolean.
    Flag,
    /// One of `choices`; string.
    Choice,
    /// Some of `choices`; array of strings.
    Choices,
    /// Member of staff; id.
    Person,
    /// Customer; id.
    Customer,
    /// Home, shop or parking space; id.
    Home,
    /// Photos and papers; array of file ids.
    Files,
    /// Signature drawn on the screen; file id of the picture.
    Signature,
    /// Where: `{"lat": number, "lng": number, "text": string}`, each optional.
    Place,
    /// Items ticked off; array of the ticked items' texts.
    Checklist,
    /// Rows of `columns`; array of objects.
    Table,
    /// Computed by the engine, never entered; stored as its `of` type.
    Computed,
}

/// One field of a kind's form, or one column of a table field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Name used in expressions and stored data: lower-case letters, digits, `_`.
    pub name: String,
    /// Label.
    pub title: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Hint below the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The choices of `choice` and `choices`, or the items of `checklist`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Name of a table whose keys are the choices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choices_from: Option<String>,
    /// A `line` that names something on record, and is picked instead of typed: a contractor 施工单位, a meter 表具. The
    /// kind whose cases are the records; each is known by what its one claim on a single thing holds. The record is read
    /// by the field's name: `contractor.phone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Columns of a `table`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Field>,
    /// The rows of a `table` are given: it is a checklist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checklist: Option<Checklist>,
    /// Smallest value of a number (yuan for money), or fewest files, rows, ticks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest value of a number (yuan for money), most characters of a text, most files or rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Unit shown behind the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Asked for, shown and kept only while this expression is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show: Option<String>,
    /// Personal data: masked unless the reader may unmask (SAFE-4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub personal: bool,
    /// Steers the process and is nothing to be read: it stands in forms, not among what is told of a case.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inner: bool,
    /// Belongs to the one act that asks for it: it stands in the story and can be read while that act is decided, but is
    /// not kept in the form, so that the next act does not begin with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub once: bool,
    /// The type of a computed field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<FieldType>,
    /// How a computed field gets its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compute: Option<Compute>,
}

/// How a computed field gets its value, after every action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Compute {
    /// An expression over the other fields.
    Expression(String),
    /// A row of a table, found by a field; a length of time is added to a date (warranty end, REPAIR-2).
    Lookup {
        /// Table name.
        table: String,
        /// Field that holds the key.
        key: String,
        /// Date the length of time is added to, as an expression path such as `home.delivered_on`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
}

impl FieldType {
    /// The type's name as written in the manual.
    pub fn name(self) -> &'static str {
        match self {
            FieldType::Line => "line",
            FieldType::Text => "text",
            FieldType::Number => "number",
            FieldType::Money => "money",
            FieldType::Date => "date",
            FieldType::Time => "time",
            FieldType::Flag => "flag",
            FieldType::Choice => "choice",
            FieldType::Choices => "choices",
            FieldType::Person => "person",
            FieldType::Customer => "customer",
            FieldType::Home => "home",
            FieldType::Files => "files",
            FieldType::Signature => "signature",
            FieldType::Place => "place",
            FieldType::Checklist => "checklist",
            FieldType::Table => "table",
            FieldType::Computed => "computed",
        }
    }
}
