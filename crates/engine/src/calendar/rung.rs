//! Rungs of a ladder: how far from the deadline each stands, on the wall clock.

use super::Limit;
use crate::time::Span;

/// Milliseconds of a rung's offset: `-30m`, `0`, `+2h`.
pub fn offset(text: &str) -> Option<i64> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    rest.parse::<Limit>().ok().map(|limit| sign * wall(limit).0)
}

/// A limit on the wall clock, where a day is 24 hours.
pub fn wall(limit: Limit) -> Span {
    match limit {
        Limit::Open(span) => span,
        Limit::Days(days) => Span(i64::from(days) * 86_400_000),
    }
}

/// The words for a rung: `-30m` → `还有30分钟到期`.
pub fn when_said(at: &str) -> String {
    let (words, rest) = match at.strip_prefix('-') {
        Some(rest) => ("还有", rest),
        None => ("已超过", at.trim_start_matches('+')),
    };
    if rest == "0" {
        return "已到期".to_owned();
    }
    let length = rest.replace('m', "分钟").replace('h', "小时").replace('d', "天");
    if words == "还有" {
        format!("还有{length}到期")
    } else {
        format!("已超时{length}")
    }
}
