//! What one reader may see of the personal data in what was entered: the one place that decides it.

use crate::auth::Me;
use crate::base::{mask_end, mask_numbers, unmask_kept};
use engine::case::{Case, Data};
use engine::def::{Area, Field, FieldType, Relation};
use engine::load::Rules;
use serde_json::{Map, Value};

/// How much of the personal data in free text a reader sees. Fields the manual calls personal are masked for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of it: those with the right to unmask, and the owner on their own page.
    Whole,
    /// Phones, identities and cards in free text are hidden.
    Veiled,
}

impl Sight {
    /// What `me` sees of what was written at a site.
    pub fn of(me: &Me, site: &str) -> Sight {
        match me.sites_where(Area::Unmask) {
            Some(sites) if !sites.contains(site) => Sight::Veiled,
            _ => Sight::Whole,
        }
    }

    /// What `me` sees of a case: whoever works on it must be able to ring who asked.
    pub fn of_case(me: &Me, case: &Case) -> Sight {
        let works = [Relation::Assignee, Relation::Responsible];
        if works.iter().any(|relation| case.is(*relation, &me.id)) {
            return Sight::Whole;
        }
        Sight::of(me, &case.site)
    }

    /// Free text as it is shown.
    pub fn text(self, text: String) -> String {
        match self {
            Sight::Whole => text,
            Sight::Veiled => mask_numbers(&text),
        }
    }

    /// A value of a form as it is shown: personal ones masked, in the columns of a table too.
    pub fn value(self, field: &Field, value: &Value) -> Value {
        if field.personal {
            return mask(value);
        }
        match (field.kind, value) {
            (FieldType::Table, Value::Array(rows)) => {
                Value::Array(rows.iter().map(|row| self.row(&field.columns, row)).collect())
            }
            (FieldType::Line | FieldType::Text | FieldType::Computed, Value::String(text)) => {
                Value::String(self.text(text.clone()))
            }
            _ => value.clone(),
        }
    }

    /// What comes back as it was shown is what is stored: stars are never saved in place of what they stand for.
    pub fn restore(self, rules: &Rules, case: &Case, input: &mut Data) {
        for (name, entered) in input.iter_mut() {
            match rules.field(name).zip(case.data.get(name)) {
                Some((field, Value::Array(stored))) => self.restore_rows(field, stored, entered),
                Some((field, stored)) => self.restore_value(field, stored, entered),
                None => {}
            }
        }
    }

    fn restore_value(self, field: &Field, stored: &Value, entered: &mut Value) {
        if *entered == self.value(field, stored) {
            *entered = stored.clone();
        } else if let (Sight::Veiled, Value::String(kept), Value::String(text)) =
            (self, stored, &mut *entered)
        {
            *text = unmask_kept(text, kept);
        }
    }

    /// A row that comes back as it was shown is that row; of one that was changed, the cells that were not.
    fn restore_rows(self, field: &Field, stored: &[Value], entered: &mut Value) {
        let mut left: Vec<Option<&Value>> = stored.iter().map(Some).collect();
        let rows = entered.as_array_mut().into_iter().flatten();
        let mut changed = Vec::new();
        for (nth, row) in rows.enumerate() {
            let same =
                |kept: &&mut Option<&Value>| kept.is_some_and(|kept| self.row(&field.columns, kept) == *row);
            match left.iter_mut().find(same).and_then(Option::take) {
                Some(kept) => *row = kept.clone(),
                None => changed.push((nth, row)),
            }
        }
        for (nth, row) in changed {
            let Some(kept) = left.get_mut(nth).and_then(Option::take) else {
                continue;
            };
            for column in &field.columns {
                if let (Some(cell), Some(stored)) = (row.get_mut(&column.name), kept.get(&column.name)) {
                    self.restore_value(column, stored, cell);
                }
            }
        }
    }

    fn row(self, columns: &[Field], row: &Value) -> Value {
        let Value::Object(cells) = row else {
            return mask(row);
        };
        let shown = columns.iter().filter_map(|column| {
            let cell = cells.get(&column.name)?;
            Some((column.name.clone(), self.value(column, cell)))
        });
        Value::Object(shown.collect::<Map<_, _>>())
    }
}

/// Personal data behind stars, but for its end.
fn mask(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(mask_end(text)),
        Value::Null => Value::Null,
        _ => Value::String("****".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::Sight;
    use engine::def::Field;
    use serde_json::json;

    #[test]
    fn personal_columns_are_masked_and_numbers_in_words_for_who_may_not_see_them() {
        let field: Field = serde_json::from_value(json!({
            "name": "buyers", "title": "认购人", "type": "table", "columns": [
                {"name": "id_number", "title": "证件号码", "type": "line", "personal": true},
                {"name": "note", "title": "备注", "type": "line"},
            ],
        }))
        .expect("a field");
        let rows = json!([{"id_number": "11010119900307123X", "note": "打13812345678"}]);
        assert_eq!(
            Sight::Veiled.value(&field, &rows),
            json!([{"id_number": "****123X", "note": "打138****5678"}])
        );
        assert_eq!(
            Sight::Whole.value(&field, &rows),
            json!([{"id_number": "****123X", "note": "打13812345678"}])
        );
    }
}
