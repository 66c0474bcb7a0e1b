//! What came of an import, for people and for programs.

use super::read::Bad;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What came of an import.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    /// Rows of the file: those imported, those there already, those that are bad.
    pub rows: usize,
    /// Imported now.
    pub imported: usize,
    /// There already.
    pub there: usize,
    /// Imported with an answer.
    pub answered: usize,
    /// Imported and not closed.
    pub open: usize,
    /// Imported, by judgement.
    pub judged: BTreeMap<String, usize>,
    /// Years without holiday data on which some deadlines rest.
    pub missing_years: BTreeSet<i32>,
    /// Rows that were not brought in.
    pub bad: Vec<Bad>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (imported, there, bad) = (self.imported, self.there, self.bad.len());
        writeln!(
            f,
            "读到 {} 行：导入 {imported} 行，已有 {there} 行，有误 {bad} 行",
            self.rows
        )?;
        writeln!(
            f,
            "导入的有答复 {} 件，还没有办结 {} 件",
            self.answered, self.open
        )?;
        for (judgement, count) in &self.judged {
            writeln!(f, "  {judgement} {count}")?;
        }
        if !self.missing_years.is_empty() {
            let years: Vec<String> = self.missing_years.iter().map(ToString::to_string).collect();
            writeln!(
                f,
                "缺少这些年份的节假日数据，部分时限没有扣除节假日：{}",
                years.join("、")
            )?;
        }
        for bad in &self.bad {
            writeln!(f, "第 {} 行（编号 {}）：{}", bad.line, bad.id, bad.reason)?;
        }
        Ok(())
    }
}
