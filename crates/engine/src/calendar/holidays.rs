//! Public holidays and make-up workdays 调休, year by year, as announced.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::load::{Fault, at};
use crate::time::day_of;

/// A holiday file, `manual/calendars/holidays.<name>.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayDef {
    /// What users see.
    pub title: String,
    /// The years that have data, keyed `2026`.
    pub year: BTreeMap<String, YearDef>,
}

/// The announcement for one year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct YearDef {
    /// Where the dates come from.
    pub source: String,
    /// The year is not announced yet: deadlines that rest on it are reported as provisional.
    #[serde(default)]
    pub provisional: bool,
    /// Days off.
    pub closed: Vec<ClosedDef>,
    /// Make-up workdays 调休上班日, `YYYY-MM-DD`.
    #[serde(default)]
    pub makeup: Vec<String>,
}

/// One holiday: a day, or all days from the first to the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosedDef {
    /// Its name, such as 春节.
    pub name: String,
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day; absent for a single day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// What is special about a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpecialDay {
    /// A day off, with its name.
    Closed(String),
    /// A make-up workday 调休上班日.
    Makeup,
}

/// A checked holiday table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HolidayTable {
    /// Special days by day number (days since 1970-01-01).
    pub(crate) days: BTreeMap<i64, SpecialDay>,
    /// Year → whether it is provisional.
    years: BTreeMap<i32, bool>,
}

/// No holiday lasts longer: a larger range is a slip of the pen.
const LONGEST_DAYS: i64 = 31;

impl HolidayTable {
    /// The years with data; those not yet announced are among them.
    #[must_use]
    pub fn years(&self) -> BTreeSet<i32> {
        self.years.keys().copied().collect()
    }

    /// Whether a year has data that is not yet announced; `None` when it has no data.
    #[must_use]
    pub fn provisional(&self, year: i32) -> Option<bool> {
        self.years.get(&year).copied()
    }

    /// What is special about a date, if anything.
    #[must_use]
    pub fn on(&self, date: NaiveDate) -> Option<&SpecialDay> {
        self.days.get(&day_of(date))
    }

    pub(crate) fn compile(def: &HolidayDef) -> Result<HolidayTable, Vec<Fault>> {
        let mut table = HolidayTable::default();
        let mut faults = Vec::new();
        for (key, year_def) in &def.year {
            match key.parse::<i32>() {
                Ok(year) if (1949..=2999).contains(&year) => {
                    table.years.insert(year, year_def.provisional);
                    table.add_year(year, key, year_def, &mut faults);
                }
                _ => faults.push(Fault::new(
                    at!["year", key],
                    format!("「{key}」不是年份，应写成 [year.2026]"),
                )),
            }
        }
        if faults.is_empty() { Ok(table) } else { Err(faults) }
    }

    fn add_year(&mut self, year: i32, key: &str, def: &YearDef, faults: &mut Vec<Fault>) {
        for (index, closed) in def.closed.iter().enumerate() {
            let place = at!["year", key, "closed", index];
            let last = closed.to.as_ref().unwrap_or(&closed.from);
            match (read_date(&closed.from, year), read_date(last, year)) {
                (Ok(from), Ok(to)) if from <= to && to - from < LONGEST_DAYS => {
                    for day in from..=to {
                        self.add_day(day, SpecialDay::Closed(closed.name.clone()), &place, faults);
                    }
                }
                (Ok(_), Ok(_)) => {
                    let name = &closed.name;
                    let sentence = format!(
                        "「{name}」的最后一天早于第一天，或超过 {LONGEST_DAYS} 天，请核对 from 和 to"
                    );
                    faults.push(Fault::new(place, sentence));
                }
                (Err(sentence), _) | (_, Err(sentence)) => faults.push(Fault::new(place, sentence)),
            }
        }
        for (index, text) in def.makeup.iter().enumerate() {
            let place = at!["year", key, "makeup", index];
            match read_date(text, year) {
                Ok(day) => self.add_day(day, SpecialDay::Makeup, &place, faults),
                Err(sentence) => faults.push(Fault::new(place, sentence)),
            }
        }
    }

    fn add_day(&mut self, day: i64, special: SpecialDay, place: &[String], faults: &mut Vec<Fault>) {
        if self.days.insert(day, special).is_some() {
            let date = NaiveDate::default() + chrono::Days::new(day.unsigned_abs());
            faults.push(Fault::new(
                place.to_vec(),
                format!("{date} 写了两次：一天只能是一个节假日，或一个调休上班日"),
            ));
        }
    }
}

/// Day number of a date of this year's announcement, which may reach back into the December before.
fn read_date(text: &str, year: i32) -> Result<i64, String> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| format!("「{text}」不是日期，应写成 2026-02-14"))?;
    if date.year() == year || (date.year() == year - 1 && date.month() == 12) {
        Ok(day_of(date))
    } else {
        Err(format!("{text} 不属于 {year} 年，请写到它自己的年份下面"))
    }
}
