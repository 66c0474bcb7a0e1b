//! Two runs of the same past side by side, as text and as a page.

use super::Summary;
use serde::Serialize;
use std::fmt;

/// A clause in one of the two.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Side {
    /// How many are counted.
    pub total: i64,
    /// How many of them break the rule.
    pub broken: i64,
    /// The figure; none where nothing is counted.
    pub value: Option<f64>,
    /// Whether the threshold is kept.
    pub met: Option<bool>,
}

/// A clause in both.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Id.
    pub id: String,
    /// Rule in words.
    pub title: String,
    /// Threshold.
    pub threshold: String,
    /// As it was.
    pub before: Side,
    /// As it would be.
    pub after: Side,
}

/// Lengths of time that a manager asks about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Means {
    /// Repairs that ended.
    pub repairs: i64,
    /// Hours from the beginning of a repair to its end, on average.
    pub repair_hours: Option<f64>,
    /// Hours from the beginning of a work order to its end, on average.
    pub order_hours: Option<f64>,
}

/// Both side by side.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// What was tried, in words.
    pub change: Vec<String>,
    /// Seed, homes and days of the past.
    pub past: String,
    /// As it was.
    pub before: Summary,
    /// As it would be.
    pub after: Summary,
    /// Lengths of time as they were.
    pub before_means: Means,
    /// As they would be.
    pub after_means: Means,
    /// Clauses.
    pub clauses: Vec<Line>,
}

impl Side {
    fn text(&self, percent: bool) -> String {
        let mark = match self.met {
            Some(true) => "✓",
            Some(false) => "✕",
            None => "—",
        };
        match self.value {
            Some(value) if percent => {
                format!("{mark} {value}%（{}/{}）", self.total - self.broken, self.total)
            }
            Some(value) => format!("{mark} {value}（共 {}）", self.total),
            None => mark.to_owned(),
        }
    }
}

impl Comparison {
    /// Heading, as it was, as it would be, in words: the rows of both the text and the page.
    fn rows(&self) -> Vec<[String; 3]> {
        let hours = |h: Option<f64>| h.map_or("—".to_owned(), |h| format!("{h} 小时"));
        let (before, after) = (&self.before_means, &self.after_means);
        let mut rows = vec![
            [
                "办结的报修".to_owned(),
                before.repairs.to_string(),
                after.repairs.to_string(),
            ],
            [
                "报修平均用时".to_owned(),
                hours(before.repair_hours),
                hours(after.repair_hours),
            ],
            [
                "维修单平均用时".to_owned(),
                hours(before.order_hours),
                hours(after.order_hours),
            ],
            [
                "在办超时".to_owned(),
                self.before.late.to_string(),
                self.after.late.to_string(),
            ],
            [
                "待抢单".to_owned(),
                self.before.pool.to_string(),
                self.after.pool.to_string(),
            ],
        ];
        rows.extend(self.clauses.iter().map(|line| {
            let percent = line.threshold.contains('%');
            let title = format!("{} {}（{}）", line.id, line.title, line.threshold);
            [title, line.before.text(percent), line.after.text(percent)]
        }));
        rows
    }

    /// A page to look at and to print.
    pub fn html(&self) -> String {
        let rows: String = self
            .rows()
            .iter()
            .map(|[title, before, after]| {
                let class = if before == after { "" } else { " class=\"other\"" };
                // Thresholds say < and >.
                let [title, before, after] =
                    [title, before, after].map(|t| t.replace('&', "&amp;").replace('<', "&lt;"));
                format!("<tr{class}><td>{title}</td><td>{before}</td><td>{after}</td></tr>\n")
            })
            .collect();
        format!(
            "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>如果……会怎样</title><style>\
             body{{font:14px/1.6 system-ui,sans-serif;max-width:980px;margin:32px auto;padding:0 16px}}\
             table{{border-collapse:collapse;width:100%}}td,th{{border:1px solid #ccc;padding:6px 10px;text-align:left}}\
             .other{{background:#fff7e0}}@page{{size:A4;margin:14mm}}</style>\
             <h1>如果{}，会怎样</h1><p>同一段模拟的过去（{}）各走一遍：来电相同，员工习惯相同。数据均为虚构。</p>\
             <table><thead><tr><th>指标与条款</th><th>现状</th><th>改动后</th></tr></thead><tbody>{rows}</tbody></table></html>\n",
            self.change.join("，"),
            self.past
        )
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "改动：{}（{}）", self.change.join("，"), self.past)?;
        for [title, before, after] in self.rows() {
            let mark = if before == after { "  " } else { "＊" };
            writeln!(f, "{mark}{title}\n      现状 {before}　改动后 {after}")?;
        }
        Ok(())
    }
}
