//! A reference that is slow and obviously right: it walks through time one step after the other and shares nothing
//! with the engine but the text of the files. Instants and spans are whole steps of `step` minutes; results are `Time`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use chrono::{Datelike, Days, NaiveDate};
use yizhan_engine::calendar::{DueState, Limit, Pause};
use yizhan_engine::time::{DAY, MINUTE, Span, Time};

const OFFSET: i64 = 8 * 60;
const KEYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Minutes since midnight.
type Windows = Vec<(i64, i64)>;

#[derive(Debug, Clone, Default)]
pub struct World {
    pub week: [Windows; 7],
    pub makeup_as: Option<usize>,
    pub closed: BTreeSet<NaiveDate>,
    pub makeup: BTreeSet<NaiveDate>,
    pub observes: bool,
    /// Minutes of a step of the walk.
    pub step: i64,
    /// The day looked up last: without it the walk is not slow but endless.
    pub memo: RefCell<Option<(i64, Windows)>>,
}

impl World {
    fn windows(&self, date: NaiveDate) -> &Windows {
        static CLOSED: Windows = Vec::new();
        let usual = &self.week[date.weekday().num_days_from_monday() as usize];
        match self.makeup_as {
            _ if !self.observes => usual,
            _ if self.closed.contains(&date) => &CLOSED,
            Some(day) if self.makeup.contains(&date) => &self.week[day],
            _ => usual,
        }
    }

    /// Whether the step that begins at `t` is open.
    pub fn open(&self, t: Time) -> bool {
        let minute = t.0 / MINUTE + OFFSET;
        let (day, minute) = (minute.div_euclid(24 * 60), minute.rem_euclid(24 * 60));
        let mut memo = self.memo.borrow_mut();
        if memo.as_ref().is_none_or(|(known, _)| *known != day) {
            *memo = Some((day, self.windows(date_of(t)).clone()));
        }
        memo.as_ref()
            .is_some_and(|(_, windows)| windows.iter().any(|(a, b)| (*a..*b).contains(&minute)))
    }

    fn tick(&self) -> Span {
        Span::minutes(self.step)
    }

    pub fn open_between(&self, a: Time, b: Time) -> Span {
        let (mut t, mut sum) = (a, Span::ZERO);
        while t < b {
            if self.open(t) {
                sum = sum + self.tick();
            }
            t = t + self.tick();
        }
        sum
    }

    pub fn add_open(&self, start: Time, span: Span) -> Time {
        let (mut t, mut left) = (start, span);
        while left > Span::ZERO {
            if self.open(t) {
                left = left - self.tick();
            }
            t = t + self.tick();
        }
        t
    }

    pub fn next_open(&self, mut t: Time) -> Time {
        while !self.open(t) {
            t = t + self.tick();
        }
        t
    }

    pub fn add_days(&self, start: Time, n: u32) -> Time {
        if self.always() {
            return Time(start.0 + i64::from(n) * DAY);
        }
        let start = self.next_open(start);
        let mut midnight = Time(start.0 - (start.0 + OFFSET * MINUTE).rem_euclid(DAY));
        let clock = start - midnight;
        for _ in 0..n {
            midnight = midnight + Span::days(1);
            while self.windows(date_of(midnight)).is_empty() {
                midnight = midnight + Span::days(1);
            }
        }
        // Back to the nearest instant that is open or a closing; failing that, on to the first opening.
        let mut t = midnight + clock;
        while !self.open(t) && (t == midnight || !self.open(t - self.tick())) {
            if t == midnight {
                return self.next_open(t);
            }
            t = t - self.tick();
        }
        t
    }

    pub fn due(&self, limit: Limit, started: Time, pauses: &[Pause]) -> DueState {
        match limit {
            Limit::Open(span) => self.due_open(span, started, pauses),
            Limit::Days(days) => self.due_days(self.add_days(started, days), started, pauses),
        }
    }

    /// Counts down through open steps that are not paused.
    fn due_open(&self, span: Span, started: Time, pauses: &[Pause]) -> DueState {
        let (mut t, mut left) = (started, span);
        while left > Span::ZERO {
            if endless(pauses, t) {
                return DueState::Paused { remaining: left };
            }
            if self.open(t) && !paused(pauses, t) {
                left = left - self.tick();
            }
            t = t + self.tick();
        }
        DueState::At(t)
    }

    /// Pushes the deadline one open step further for every open step that is paused.
    fn due_days(&self, base: Time, started: Time, pauses: &[Pause]) -> DueState {
        let (mut t, mut at, mut within_pause) = (started, base, false);
        while t < at || (within_pause && paused(pauses, t)) {
            if endless(pauses, t) {
                return DueState::Paused {
                    remaining: self.open_between(t, at),
                };
            }
            within_pause = paused(pauses, t);
            if t >= at {
                at = self.next_open(t + self.tick());
            } else if within_pause && self.open(t) {
                at = self.add_open(at, self.tick());
            }
            t = t + self.tick();
        }
        DueState::At(at)
    }

    pub fn always(&self) -> bool {
        !self.observes && self.week.iter().all(|day| day == &[(0, 24 * 60)])
    }

    /// The files that say the same, for the engine to load; the calendar is called `w`.
    pub fn files(&self) -> Vec<(String, String)> {
        let mut calendar = String::from("title = \"w\"\nsource = []\n");
        if self.observes {
            calendar.push_str("holidays = \"t\"\n");
        }
        if let (true, Some(day)) = (self.observes, self.makeup_as) {
            writeln!(calendar, "makeup_as = \"{}\"", KEYS[day]).unwrap();
        }
        calendar.push_str("[week]\n");
        for (key, windows) in KEYS.iter().zip(&self.week) {
            let clock = |m: &i64| format!("{:02}:{:02}", m / 60, m % 60);
            let texts: Vec<String> = windows
                .iter()
                .map(|(a, b)| format!("{}-{}", clock(a), clock(b)))
                .collect();
            writeln!(calendar, "{key} = {texts:?}").unwrap();
        }
        let mut years: BTreeMap<i32, (String, Vec<String>)> =
            (2024..=2031).map(|year| (year, <_>::default())).collect();
        for date in &self.closed {
            writeln!(
                years.get_mut(&date.year()).unwrap().0,
                "  {{ name = \"休\", from = \"{date}\" }},"
            )
            .unwrap();
        }
        for date in &self.makeup {
            years.get_mut(&date.year()).unwrap().1.push(date.to_string());
        }
        let mut table = String::from("title = \"t\"\n");
        for (year, (closed, makeup)) in years {
            write!(
                table,
                "[year.{year}]\nsource = \"\"\nclosed = [\n{closed}]\nmakeup = {makeup:?}\n"
            )
            .unwrap();
        }
        vec![("w.toml".into(), calendar), ("holidays.t.toml".into(), table)]
    }

    /// Reads a published calendar by means of its own.
    pub fn read(calendar: &str, holidays: &str) -> World {
        let file: toml::Table = toml::from_str(calendar).unwrap();
        let minutes = |text: &str| {
            let (hour, minute) = text.split_once(':').unwrap();
            hour.parse::<i64>().unwrap() * 60 + minute.parse::<i64>().unwrap()
        };
        let window = |value: &toml::Value| {
            let (from, to) = value.as_str().unwrap().split_once('-').unwrap();
            (minutes(from), minutes(to))
        };
        let day = |key: &&str| -> Windows {
            file["week"].get(key).map_or(Vec::new(), |list| {
                list.as_array().unwrap().iter().map(window).collect()
            })
        };
        let mut world = World {
            week: KEYS.each_ref().map(day),
            makeup_as: file
                .get("makeup_as")
                .map(|v| KEYS.iter().position(|k| v.as_str() == Some(k)).unwrap()),
            observes: file.contains_key("holidays"),
            step: 1,
            ..World::default()
        };
        let table: toml::Table = toml::from_str(holidays).unwrap();
        let date = |value: &toml::Value| value.as_str().unwrap().parse::<NaiveDate>().unwrap();
        for year in table["year"].as_table().unwrap().values() {
            for closed in year["closed"].as_array().unwrap() {
                let from = date(&closed["from"]);
                let to = closed.get("to").map_or(from, date);
                world.closed.extend(from.iter_days().take_while(|day| *day <= to));
            }
            world.makeup.extend(
                year.get("makeup")
                    .into_iter()
                    .flat_map(|list| list.as_array().unwrap())
                    .map(date),
            );
        }
        world
    }
}

fn date_of(t: Time) -> NaiveDate {
    let days = (t.0 + OFFSET * MINUTE).div_euclid(DAY);
    NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + Days::new(days.unsigned_abs())
}

fn paused(pauses: &[Pause], t: Time) -> bool {
    pauses
        .iter()
        .any(|pause| pause.from <= t && pause.to.is_none_or(|to| t < to))
}

fn endless(pauses: &[Pause], t: Time) -> bool {
    pauses.iter().any(|pause| pause.from <= t && pause.to.is_none())
}
