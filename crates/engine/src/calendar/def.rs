//! What a calendar file says, and the hours it means.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::{DAY, HOUR, MINUTE};

/// A day of the week, as written in the manual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    /// 周一
    Mon,
    /// 周二
    Tue,
    /// 周三
    Wed,
    /// 周四
    Thu,
    /// 周五
    Fri,
    /// 周六
    Sat,
    /// 周日
    Sun,
}

impl Weekday {
    /// Monday first, as the hours of a calendar are stored.
    pub const ALL: [Weekday; 7] = [
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
        Weekday::Sat,
        Weekday::Sun,
    ];

    /// What clerks call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        ["周一", "周二", "周三", "周四", "周五", "周六", "周日"][self as usize]
    }

    /// Its key in `[week]`.
    #[must_use]
    pub fn key(self) -> &'static str {
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][self as usize]
    }
}

/// A calendar file, `manual/calendars/<name>.toml` (DUTY-1: shifts are data).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarDef {
    /// What users see.
    pub title: String,
    /// Ids of the catalogue's requirements it serves.
    pub source: Vec<String>,
    /// Name of the holiday table that is observed (`cn` = `holidays.cn.toml`); absent: open on holidays as on any day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holidays: Option<String>,
    /// The weekday whose windows a make-up workday 调休上班日 gets; absent: such a day keeps its own weekday's windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub makeup_as: Option<Weekday>,
    /// Windows of each weekday.
    pub week: WeekDef,
}

/// Windows of each weekday, such as `["09:00-12:00", "13:00-18:00"]`; a weekday that is not named is closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WeekDef {
    /// 周一
    pub mon: Vec<String>,
    /// 周二
    pub tue: Vec<String>,
    /// 周三
    pub wed: Vec<String>,
    /// 周四
    pub thu: Vec<String>,
    /// 周五
    pub fri: Vec<String>,
    /// 周六
    pub sat: Vec<String>,
    /// 周日
    pub sun: Vec<String>,
}

impl WeekDef {
    /// The windows written for a weekday.
    #[must_use]
    pub fn on(&self, day: Weekday) -> &[String] {
        [
            &self.mon, &self.tue, &self.wed, &self.thu, &self.fri, &self.sat, &self.sun,
        ][day as usize]
    }
}

/// The open windows of one day, in milliseconds since local midnight: half-open, in order, apart from each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Hours {
    pub(crate) windows: Vec<(i64, i64)>,
}

impl Hours {
    /// Reads the windows of a day. `Err` is the index of the window at fault and a sentence about it.
    pub(crate) fn read(texts: &[String]) -> Result<Hours, (usize, String)> {
        let mut windows: Vec<(i64, i64)> = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let (from, to) = read_window(text).map_err(|sentence| (index, sentence))?;
            match windows.last_mut() {
                Some(last) if from < last.1 => {
                    let sentence =
                        format!("时段「{text}」和前一个时段重叠或次序颠倒，请按先后排列，互不重叠");
                    return Err((index, sentence));
                }
                // Windows that touch are one: no deadline may rest on a boundary nobody notices.
                Some(last) if from == last.1 => last.1 = to,
                _ => windows.push((from, to)),
            }
        }
        Ok(Hours { windows })
    }

    /// Open milliseconds of the whole day.
    pub(crate) fn open(&self) -> i64 {
        self.open_before(DAY)
    }

    /// Open milliseconds before a time of day.
    pub(crate) fn open_before(&self, ms: i64) -> i64 {
        self.windows
            .iter()
            .map(|(from, to)| (ms.min(*to) - from).max(0))
            .sum()
    }

    /// The first time of day before which `open` milliseconds are open; the day's end if it has fewer.
    pub(crate) fn at_open(&self, mut open: i64) -> i64 {
        for (from, to) in &self.windows {
            if open <= to - from {
                return from + open;
            }
            open -= to - from;
        }
        DAY
    }

    /// Where a deadline that falls on this clock time belongs: itself inside a window or on its closing instant, the
    /// end of the last window before it in a break or after close, the first opening before that.
    pub(crate) fn clip(&self, ms: i64) -> i64 {
        match self.windows.iter().rev().find(|(from, _)| *from <= ms) {
            Some((_, to)) => ms.min(*to),
            None => self.windows.first().map_or(ms, |(from, _)| *from),
        }
    }
}

fn read_window(text: &str) -> Result<(i64, i64), String> {
    let (from, to) = text
        .split_once('-')
        .and_then(|(from, to)| Some((read_clock(from)?, read_clock(to)?)))
        .ok_or_else(|| format!("看不懂时段「{text}」，应写成 \"09:00-12:00\"，时间从 00:00 到 24:00"))?;
    if from == to {
        return Err(format!(
            "时段「{text}」的开始和结束相同；全天请写 \"00:00-24:00\""
        ));
    }
    if from > to {
        return Err(format!(
            "时段「{text}」的结束早于开始；跨夜请拆成当天到 24:00 和第二天从 00:00 两段"
        ));
    }
    Ok((from, to))
}

fn read_clock(text: &str) -> Option<i64> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |part: &str| {
        (part.len() == 2)
            .then(|| part.parse::<u8>().ok())
            .flatten()
            .map(i64::from)
    };
    let ms = digits(hour)? * HOUR + digits(minute).filter(|m| *m < 60)? * MINUTE;
    (ms <= DAY).then_some(ms)
}
