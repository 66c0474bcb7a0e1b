//! Limits as the manual writes them: `30m`, `2h`, `1h30m`, `2d`, `1w`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::time::{HOUR, MINUTE, SECOND, Span};

/// How long something may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Limit {
    /// Open time of the calendar, written in hours, minutes, seconds.
    Open(Span),
    /// Days of the calendar (see `Calendar::add_days`), written in days or weeks of seven days.
    Days(u32),
}

/// Why a text is no limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotALimit {
    /// It follows none of the forms.
    #[error("看不懂时限「{0}」，应写成 30m（分钟）、2h（小时）、1h30m、2d（天）或 1w（周）")]
    Form(String),
    /// Days are counted by the calendar's days, hours by its open time: their sum would mean two things.
    #[error("时限「{0}」把天和小时混在一起，请只用一种")]
    Mixed(String),
    /// It is zero.
    #[error("时限「{0}」必须大于零")]
    Zero(String),
    /// It is beyond a hundred years.
    #[error("时限「{0}」超过一百年，请核对")]
    Huge(String),
}

const MOST_DAYS: i64 = 36_500;

impl FromStr for Limit {
    type Err = NotALimit;

    fn from_str(text: &str) -> Result<Limit, NotALimit> {
        let form = || NotALimit::Form(text.to_owned());
        let mut rest = text.trim();
        let (mut days, mut open) = (0i64, 0i64);
        let (mut has_days, mut has_open, mut last_rank) = (false, false, 0);
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let mut after = rest[digits..].chars();
            // Units stand in falling order, each once: "30m1h" is more likely a slip than a wish.
            let (rank, sum, size) = match after.next() {
                Some('w') => (1, &mut days, 7),
                Some('d') => (2, &mut days, 1),
                Some('h') => (3, &mut open, HOUR),
                Some('m') => (4, &mut open, MINUTE),
                Some('s') => (5, &mut open, SECOND),
                _ => return Err(form()),
            };
            if digits == 0 || rank <= last_rank {
                return Err(form());
            }
            // Too many digits for a number are as huge as too large a number.
            let number = rest[..digits].parse::<i64>().unwrap_or(i64::MAX);
            *sum = sum.saturating_add(number.saturating_mul(size));
            (has_days, has_open, last_rank) = (has_days || rank <= 2, has_open || rank > 2, rank);
            rest = after.as_str();
        }
        match (has_days, has_open) {
            (false, false) => Err(form()),
            (true, true) => Err(NotALimit::Mixed(text.to_owned())),
            _ if days == 0 && open == 0 => Err(NotALimit::Zero(text.to_owned())),
            _ if days > MOST_DAYS || open > MOST_DAYS * 24 * HOUR => Err(NotALimit::Huge(text.to_owned())),
            (true, false) => u32::try_from(days).map(Limit::Days).map_err(|_| form()),
            (false, true) => Ok(Limit::Open(Span(open))),
        }
    }
}

/// The canonical form; weeks are written as days.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Open(span) => write!(f, "{span}"),
            Limit::Days(days) => write!(f, "{days}d"),
        }
    }
}

impl TryFrom<String> for Limit {
    type Error = NotALimit;
    fn try_from(text: String) -> Result<Limit, NotALimit> {
        text.parse()
    }
}

impl From<Limit> for String {
    fn from(limit: Limit) -> String {
        limit.to_string()
    }
}

impl JsonSchema for Limit {
    fn schema_name() -> Cow<'static, str> {
        "Limit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "时限：30m、2h、1h30m（按开放时间）；2d、1w（按日历的天）",
            "pattern": "^(([0-9]+w)?([0-9]+d)?|([0-9]+h)?([0-9]+m)?([0-9]+s)?)$",
            "minLength": 2
        })
    }
}
