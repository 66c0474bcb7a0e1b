//! Figures of clauses 条款, and whether they keep the threshold.

use crate::def::Figure;
use crate::load::ClauseRules;
use crate::measure::{Compliance, Said};

/// How many of a clause's base stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counts {
    /// Those that keep the rule.
    pub kept: i64,
    /// Those that break it.
    pub broken: i64,
    /// Those not decided yet.
    pub open: i64,
    /// Those excused.
    pub excused: i64,
    /// Sum of what an average is taken of.
    pub value: f64,
}

impl Counts {
    /// How many are decided: kept or broken.
    pub fn total(self) -> i64 {
        self.kept + self.broken
    }

    /// The figure; none where nothing is decided. Shares are percent, cut off after one decimal: 99.96 % must not be
    /// read as 100 %.
    pub fn figure(self, figure: Figure) -> Option<f64> {
        self.exact(figure).map(|exact| match figure {
            Figure::Share => (self.kept * 1000 / self.total()) as f64 / 10.0,
            Figure::Average => (exact * 100.0).round() / 100.0,
            Figure::Breaks | Figure::Count => exact,
        })
    }

    fn exact(self, figure: Figure) -> Option<f64> {
        let total = self.total();
        (total > 0).then(|| match figure {
            Figure::Share => self.kept as f64 * 100.0 / total as f64,
            Figure::Breaks => self.broken as f64,
            Figure::Count => self.kept as f64,
            Figure::Average => self.value / total as f64,
        })
    }

    /// Whether the exact figure keeps the clause's threshold; none where nothing is decided.
    pub fn met(self, clause: &ClauseRules) -> Option<bool> {
        self.exact(clause.def.figure)
            .map(|exact| clause.threshold.holds(exact))
    }

    /// Counts one more; what is only counted for its site, home or person is in none of them.
    pub fn count(&mut self, said: &Said) {
        match said.is {
            Compliance::Kept => self.kept += 1,
            Compliance::Broken => self.broken += 1,
            Compliance::Open => self.open += 1,
            Compliance::Excused => self.excused += 1,
            Compliance::Counted => {}
        }
        if matches!(said.is, Compliance::Kept | Compliance::Broken) {
            self.value += said.value.unwrap_or_default();
        }
    }

    /// Together with another count.
    pub fn add(&mut self, other: Counts) {
        self.kept += other.kept;
        self.broken += other.broken;
        self.open += other.open;
        self.excused += other.excused;
        self.value += other.value;
    }
}

/// Whether a clause is kept over several periods: a share or an average by all of them together, a number by each, since
/// thresholds are written for a period.
pub fn met_over(clause: &ClauseRules, periods: &[Counts]) -> Option<bool> {
    match clause.def.figure {
        Figure::Share | Figure::Average => sum(periods).met(clause),
        Figure::Breaks | Figure::Count => periods
            .iter()
            .filter_map(|one| one.met(clause))
            .reduce(|all, one| all && one),
    }
}

/// All of them together.
pub fn sum(periods: &[Counts]) -> Counts {
    let mut all = Counts::default();
    periods.iter().for_each(|one| all.add(*one));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::def::{Clause, MeasureOf, Period};
    use crate::load::Threshold;
    use std::collections::BTreeMap;

    fn clause(figure: Figure, threshold: &str) -> ClauseRules {
        let def = Clause {
            id: "C-00".to_owned(),
            title: String::new(),
            source: Vec::new(),
            of: MeasureOf::Contacts,
            r#where: None,
            met: String::new(),
            open: None,
            due: None,
            excused: BTreeMap::new(),
            month_of: String::new(),
            per: Period::Month,
            figure,
            value: None,
            threshold: threshold.to_owned(),
        };
        let threshold = Threshold::parse(threshold).expect("threshold").0;
        ClauseRules {
            def,
            pack: String::new(),
            threshold,
            per: Vec::new(),
            anchors: None,
        }
    }

    fn counts(total: i64, broken: i64) -> Counts {
        Counts {
            kept: total - broken,
            broken,
            ..Counts::default()
        }
    }

    #[test]
    fn a_share_is_never_rounded_up_to_its_threshold() {
        assert_eq!(counts(3000, 1).figure(Figure::Share), Some(99.9));
        assert_eq!(counts(3000, 1).met(&clause(Figure::Share, "= 100%")), Some(false));
        assert_eq!(counts(3000, 0).figure(Figure::Share), Some(100.0));
        assert_eq!(counts(3000, 0).met(&clause(Figure::Share, "= 100%")), Some(true));
        assert_eq!(counts(20, 1).met(&clause(Figure::Share, ">= 95%")), Some(true));
        assert_eq!(counts(3, 1).figure(Figure::Share), Some(66.6));
    }

    #[test]
    fn nothing_counted_has_no_figure() {
        assert_eq!(counts(0, 0).figure(Figure::Share), None);
        assert_eq!(counts(0, 0).figure(Figure::Breaks), None);
        assert_eq!(met_over(&clause(Figure::Breaks, "= 0"), &[counts(0, 0)]), None);
    }

    #[test]
    fn what_is_open_or_excused_is_in_no_figure() {
        let one = Counts {
            kept: 3,
            broken: 1,
            open: 4,
            excused: 7,
            value: 10.0,
        };
        assert_eq!(one.figure(Figure::Share), Some(75.0));
        assert_eq!(one.figure(Figure::Count), Some(3.0));
        assert_eq!(one.figure(Figure::Average), Some(2.5));
    }

    #[test]
    fn breaks_are_held_against_the_threshold_month_by_month() {
        let rule = clause(Figure::Breaks, "<= 3");
        assert_eq!(met_over(&rule, &[counts(9, 3), counts(9, 2)]), Some(true));
        assert_eq!(
            met_over(&rule, &[counts(9, 4), counts(9, 0), counts(0, 0)]),
            Some(false)
        );
    }
}
