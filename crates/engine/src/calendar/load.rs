//! Reads the calendar files and says what is wrong with them, with file, line and a sentence.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable};

use super::{Calendar, CalendarDef, HolidayDef, HolidayTable};
use crate::time::DEFAULT_OFFSET_MINUTES;

/// A reason why a calendar file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalendarProblem {
    /// The file, as it was passed in.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// What is wrong and how to put it right, for people who do not program.
    pub sentence: String,
}

impl fmt::Display for CalendarProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}：{}", self.file, self.line, self.sentence)
    }
}

/// A problem whose place is still a path of keys.
#[derive(Debug)]
pub(crate) struct Fault {
    place: Vec<String>,
    sentence: String,
}

impl Fault {
    pub(crate) fn new(place: Vec<String>, sentence: impl Into<String>) -> Fault {
        Fault {
            place,
            sentence: sentence.into(),
        }
    }
}

/// A path of keys and indexes into a file.
macro_rules! at {
    ($($part:expr),*) => { vec![$($part.to_string()),*] };
}
pub(crate) use at;

/// All calendars of a manual, by name.
#[derive(Debug, Clone, Default)]
pub struct Calendars {
    by_name: BTreeMap<String, Calendar>,
    holidays: BTreeMap<String, HolidayTable>,
}

impl Calendars {
    /// Reads the files of `manual/calendars/` given as (path, text): `holidays.<name>.toml` is a holiday table, every
    /// other file a calendar named after it. The zone is +08:00 until [`Calendars::with_offset`].
    ///
    /// # Errors
    /// Every problem found in every file, in the order of the files.
    pub fn load<P: AsRef<str>, T: AsRef<str>>(files: &[(P, T)]) -> Result<Calendars, Vec<CalendarProblem>> {
        let mut all = Calendars::default();
        let mut problems = Vec::new();
        let is_table = |path: &str| stem(path).starts_with("holidays.");
        for (path, text) in files
            .iter()
            .map(|(p, t)| (p.as_ref(), t.as_ref()))
            .filter(|(p, _)| is_table(p))
        {
            let name = stem(path).trim_start_matches("holidays.").to_owned();
            let table = read(path, text).and_then(|def: HolidayDef| {
                HolidayTable::compile(&def).map_err(|faults| locate(path, text, faults))
            });
            // A broken table still counts as known, so that its calendars do not complain as well.
            let table = table.unwrap_or_else(|found| {
                problems.extend(found);
                HolidayTable::default()
            });
            if all.holidays.insert(name, table).is_some() {
                problems.push(twice(path));
            }
        }
        for (path, text) in files
            .iter()
            .map(|(p, t)| (p.as_ref(), t.as_ref()))
            .filter(|(p, _)| !is_table(p))
        {
            let calendar = read(path, text).and_then(|def: CalendarDef| {
                Calendar::compile(stem(path), &def, &all.holidays, DEFAULT_OFFSET_MINUTES)
                    .map_err(|faults| locate(path, text, faults))
            });
            match calendar.map(|calendar| all.by_name.insert(stem(path).to_owned(), calendar)) {
                Ok(None) => {}
                Ok(Some(_)) => problems.push(twice(path)),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() {
            Ok(all)
        } else {
            Err(problems)
        }
    }

    /// The same calendars for a company in another zone, in minutes east of UTC.
    #[must_use]
    pub fn with_offset(mut self, offset_minutes: i32) -> Calendars {
        for calendar in self.by_name.values_mut() {
            calendar.offset_minutes = offset_minutes;
        }
        self
    }

    /// The calendar of a name, `office` for `office.toml`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Calendar> {
        self.by_name.get(name)
    }

    /// All calendars in order of name.
    pub fn iter(&self) -> impl Iterator<Item = &Calendar> {
        self.by_name.values()
    }

    /// The holiday table of a name, `cn` for `holidays.cn.toml`.
    #[must_use]
    pub fn holidays(&self, name: &str) -> Option<&HolidayTable> {
        self.holidays.get(name)
    }
}

fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".toml").unwrap_or(name)
}

fn twice(path: &str) -> CalendarProblem {
    let sentence = format!("「{}」已经有一个同名文件，请改名或删去一个", stem(path));
    CalendarProblem {
        file: path.to_owned(),
        line: 1,
        sentence,
    }
}

fn read<D: DeserializeOwned>(path: &str, text: &str) -> Result<D, Vec<CalendarProblem>> {
    toml::from_str(text).map_err(|error| {
        let line = line_at(text, error.span().map_or(0, |span| span.start));
        vec![CalendarProblem {
            file: path.to_owned(),
            line,
            sentence: in_chinese(error.message()),
        }]
    })
}

/// The messages of `toml` and `serde` are for programmers; those that writers of manuals meet are put into their words.
fn in_chinese(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match (message, quoted.as_slice()) {
        (m, [key, known @ ..]) if m.starts_with("unknown field") => {
            format!("不认识「{key}」，这里只能写：{}", known.join("、"))
        }
        (m, [value, known @ ..]) if m.starts_with("unknown variant") => {
            format!("不认识「{value}」，只能是：{}", known.join("、"))
        }
        (m, [key, ..]) if m.starts_with("missing field") => format!("缺少「{key}」"),
        (m, _) if m.starts_with("duplicate key") => "同一个名字写了两次，请删去一个".to_owned(),
        (m, _) if m.starts_with("invalid type") => {
            let forms = [
                ("a string", "加引号的文字"),
                ("a sequence", "方括号里的列表"),
                ("a boolean", "true 或 false"),
            ];
            let expected = forms.iter().find(|(form, _)| m.ends_with(form));
            format!(
                "这里的写法不对，应是{}",
                expected.map_or("一组「名称 = 值」", |(_, words)| *words)
            )
        }
        _ => "文件格式有误，请检查这一行和上一行的引号、括号、逗号和等号".to_owned(),
    }
}

fn locate(path: &str, text: &str, faults: Vec<Fault>) -> Vec<CalendarProblem> {
    // The text was read before, so it parses; without a tree every fault is on the first line.
    let tree = DeTable::parse(text).ok();
    let line = |place: &[String]| {
        tree.as_ref()
            .map_or(1, |tree| line_at(text, offset_of(tree, place)))
    };
    faults
        .into_iter()
        .map(|fault| CalendarProblem {
            file: path.to_owned(),
            line: line(&fault.place),
            sentence: fault.sentence,
        })
        .collect()
}

/// Byte offset of the deepest part of the path that exists in the file.
fn offset_of(tree: &Spanned<DeTable<'_>>, place: &[String]) -> usize {
    let mut table = Some(tree.get_ref());
    let mut array: Option<&DeArray<'_>> = None;
    let mut offset = 0;
    for part in place {
        let found = match (table, array) {
            (Some(t), _) => t
                .get_key_value(part.as_str())
                .map(|(key, value)| (key.span().start, value)),
            (_, Some(a)) => part
                .parse::<usize>()
                .ok()
                .and_then(|i| a.get(i))
                .map(|value| (value.span().start, value)),
            _ => None,
        };
        let Some((start, value)) = found else { break };
        offset = start;
        table = value.get_ref().as_table();
        array = value.get_ref().as_array();
    }
    offset
}

fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
