//! Checks a calendar's definition and compiles it.

use std::collections::BTreeMap;

use super::def::Hours;
use super::load::{Fault, at};
use super::{Calendar, CalendarDef, Count, HolidayTable, Special, SpecialDay, Weekday, weekday};
use crate::time::DAY;

impl Calendar {
    pub(crate) fn compile(
        name: &str,
        def: &CalendarDef,
        tables: &BTreeMap<String, HolidayTable>,
        offset_minutes: i32,
    ) -> Result<Calendar, Vec<Fault>> {
        let mut faults = Vec::new();
        if def.title.trim().is_empty() {
            faults.push(Fault::new(at!["title"], "日历要有名称，请填写 title"));
        }
        let week = Weekday::ALL.map(|day| {
            Hours::read(def.week.on(day)).unwrap_or_else(|(index, sentence)| {
                faults.push(Fault::new(
                    at!["week", day.key(), index],
                    format!("{}：{sentence}", day.title()),
                ));
                Hours::default()
            })
        });
        let table = def.holidays.as_ref().and_then(|wanted| {
            let table = tables.get(wanted);
            if table.is_none() {
                let known: Vec<&str> = tables.keys().map(String::as_str).collect();
                let sentence = format!("没有叫「{wanted}」的节假日表，现有：{}", known.join("、"));
                faults.push(Fault::new(at!["holidays"], sentence));
            }
            table
        });
        if faults.is_empty() && week.iter().all(|hours| hours.windows.is_empty()) {
            faults.push(Fault::new(
                at!["week"],
                "一周里没有任何开放时段，时限永远不会走完",
            ));
        }
        if let Some(day) = def.makeup_as {
            if def.holidays.is_none() {
                faults.push(Fault::new(
                    at!["makeup_as"],
                    "没有写 holidays，就没有调休上班日，请删去 makeup_as",
                ));
            } else if faults.is_empty() && week[day as usize].windows.is_empty() {
                let sentence = format!("调休上班日按{}的时段开放，但{}没有时段", day.title(), day.title());
                faults.push(Fault::new(at!["makeup_as"], sentence));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Calendar::new(name, def, week, table.cloned(), offset_minutes))
    }

    fn new(
        name: &str,
        def: &CalendarDef,
        week: [Hours; 7],
        holidays: Option<HolidayTable>,
        offset: i32,
    ) -> Calendar {
        let mut week_counts = [Count::default(); 8];
        for (index, hours) in week.iter().enumerate() {
            week_counts[index + 1] = week_counts[index].plus(Count::of(hours), 1);
        }
        let mut difference = Count::default();
        let mut special = Vec::new();
        for (day, kind) in holidays.iter().flat_map(|table| &table.days) {
            let usual = &week[weekday(*day)];
            let hours = match kind {
                SpecialDay::Closed(_) => Hours::default(),
                SpecialDay::Makeup => def
                    .makeup_as
                    .map_or(usual, |as_day| &week[as_day as usize])
                    .clone(),
            };
            difference = difference.plus(Count::of(&hours), 1).plus(Count::of(usual), -1);
            special.push(Special {
                day: *day,
                hours,
                difference,
            });
        }
        Calendar {
            name: name.to_owned(),
            title: def.title.clone(),
            offset_minutes: offset,
            always: holidays.is_none() && week.iter().all(|hours| hours.open() == DAY),
            week,
            week_counts,
            special,
            holidays,
        }
    }
}
