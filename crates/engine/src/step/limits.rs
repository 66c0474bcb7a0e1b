//! What the limit of a clock means: fields and tables looked up, and when that is due.

use super::turn::Turn;
use crate::calendar::{self, Limit, Pause, wall};
use crate::case::RunLimit;
use crate::def::{LimitBy, LimitDef};
use crate::time::{Span, Time};
use std::collections::BTreeSet;

/// When a limit is due from a start, and the calendar years without data that were passed over.
pub(super) fn due(
    turn: &Turn,
    limit: &RunLimit,
    calendar: &str,
    from: Time,
    pauses: &[Pause],
) -> Option<(Time, BTreeSet<i32>)> {
    match limit {
        RunLimit::At(at) => Some((*at, BTreeSet::new())),
        RunLimit::Span(text) => {
            let calendar = turn.world.live.calendar(calendar)?;
            let found = calendar::due(calendar, text.parse::<Limit>().ok()?, from, pauses);
            Some((found.at()?, found.years.missing))
        }
    }
}

/// A start, and the pauses since.
pub(super) type Since<'a> = (Time, &'a [Pause]);

/// Looks up what a limit means now. `None`: not known.
pub(super) fn resolve(turn: &Turn, limit: &LimitDef, calendar: &str, since: Since) -> Option<RunLimit> {
    let by = match limit {
        LimitDef::Span(text) => return Some(RunLimit::Span(text.clone())),
        LimitDef::By(by) => by,
    };
    match by {
        LimitBy::Until(field) => field_time(turn, field).map(RunLimit::At),
        LimitBy::Before { field, by } => Some(RunLimit::At(Time(
            field_time(turn, field)?.0 - wall(by.parse::<Limit>().ok()?).0,
        ))),
        LimitBy::After { field, by } => {
            let from = field_time(turn, field)?;
            due(turn, &RunLimit::Span(by.clone()), calendar, from, &[]).map(|(at, _)| RunLimit::At(at))
        }
        LimitBy::SinceOpening(by) => {
            let begun = turn.case.begun_at();
            due(turn, &RunLimit::Span(by.clone()), calendar, begun, &[]).map(|(at, _)| RunLimit::At(at))
        }
        LimitBy::Next(moment) => {
            crate::recur::next_moment(moment, since.0, turn.world.live.offset()).map(RunLimit::At)
        }
        LimitBy::Table { table, key } => {
            let key = turn.case.data.get(key)?.as_str()?;
            turn.world
                .live
                .table(table)?
                .rows
                .get(key)
                .map(|text| RunLimit::Span(text.clone()))
        }
        LimitBy::FirstKnown(limits) => limits.iter().find_map(|l| resolve(turn, l, calendar, since)),
        LimitBy::Earlier(limits) => known(turn, limits, calendar, since)
            .min_by_key(|(at, _)| *at)
            .map(|(_, limit)| limit),
        LimitBy::Later(limits) => known(turn, limits, calendar, since)
            .max_by_key(|(at, _)| *at)
            .map(|(_, limit)| limit),
    }
}

/// The limits that are known, each with when it would be due. The limit itself is kept, not its instant: a length of
/// time is put off by pauses and moves with its calendar.
fn known<'a>(
    turn: &'a Turn,
    limits: &'a [LimitDef],
    calendar: &'a str,
    since: Since<'a>,
) -> impl Iterator<Item = (Time, RunLimit)> + 'a {
    let resolved = limits
        .iter()
        .filter_map(move |limit| resolve(turn, limit, calendar, since));
    resolved.filter_map(move |limit| due(turn, &limit, calendar, since.0, since.1).map(|(at, _)| (at, limit)))
}

/// The instant in a time field, or the end of the day in a date field.
fn field_time(turn: &Turn, field: &str) -> Option<Time> {
    field_edge(turn, field, true)
}

/// The instant in a time field; of a date field the beginning of the day, or its end.
pub(super) fn field_edge(turn: &Turn, field: &str, end: bool) -> Option<Time> {
    let value = turn.case.data.get(field)?;
    match value.as_str() {
        Some(day) => {
            let midnight = Time::start_of(day.parse().ok()?, turn.world.live.offset());
            Some(midnight + Span::days(i64::from(end)))
        }
        None => value.as_i64().map(Time),
    }
}
