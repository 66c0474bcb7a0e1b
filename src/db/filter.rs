//! Conditions put together piece by piece.

use sea_orm::Value;

/// A condition with its values, whose placeholders begin after those given before it.
pub struct Filter {
    /// SQL, true of what may be seen; the row is called as its maker says.
    pub sql: String,
    /// Values of its placeholders.
    pub values: Vec<Value>,
}

impl Filter {
    /// Adds a value and gives its placeholder.
    pub fn bind(&mut self, used: usize, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", used + self.values.len())
    }
}
