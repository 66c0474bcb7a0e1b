//! Figures of clauses, and whether they keep the threshold.

use engine::def::Figure;
use engine::load::ClauseRules;

/// How many a clause counts, and how many of them break it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All that count.
    pub total: i64,
    /// Those that break the rule.
    pub broken: i64,
}

impl Counts {
    /// The figure; none where nothing is counted. Shares are percent, cut off after one decimal: 99.96 % must not be
    /// read as 100 %.
    pub fn figure(self, figure: Figure) -> Option<f64> {
        if self.total == 0 {
            return None;
        }
        Some(match figure {
            Figure::Share => ((self.total - self.broken) * 1000 / self.total) as f64 / 10.0,
            Figure::Breaks => self.broken as f64,
        })
    }

    /// Whether the exact figure keeps the clause's threshold; none where nothing is counted.
    pub fn met(self, clause: &ClauseRules) -> Option<bool> {
        if self.total == 0 {
            return None;
        }
        Some(clause.threshold.holds(match clause.def.figure {
            Figure::Share => (self.total - self.broken) as f64 * 100.0 / self.total as f64,
            Figure::Breaks => self.broken as f64,
        }))
    }

    /// Together with another count.
    pub fn add(&mut self, other: Counts) {
        self.total += other.total;
        self.broken += other.broken;
    }
}

/// Whether a clause is kept over several months: a share by all of them together, a number of breaks by each, since
/// thresholds are written for a month.
pub fn met_over(clause: &ClauseRules, months: &[Counts]) -> Option<bool> {
    match clause.def.figure {
        Figure::Share => sum(months).met(clause),
        Figure::Breaks => months
            .iter()
            .filter_map(|m| m.met(clause))
            .reduce(|all, one| all && one),
    }
}

/// All of them together.
pub fn sum(months: &[Counts]) -> Counts {
    let mut all = Counts::default();
    months.iter().for_each(|one| all.add(*one));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::def::{Clause, MeasureOf};
    use engine::load::Threshold;

    fn clause(figure: Figure, threshold: &str) -> ClauseRules {
        let def = Clause {
            id: "C-00".to_owned(),
            title: String::new(),
            source: Vec::new(),
            of: MeasureOf::Contacts,
            r#where: None,
            met: String::new(),
            month_of: String::new(),
            figure,
            threshold: threshold.to_owned(),
        };
        let threshold = Threshold::parse(threshold).expect("threshold").0;
        ClauseRules {
            def,
            pack: String::new(),
            threshold,
            per: Vec::new(),
        }
    }

    fn counts(total: i64, broken: i64) -> Counts {
        Counts { total, broken }
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
    fn breaks_are_held_against_the_threshold_month_by_month() {
        let rule = clause(Figure::Breaks, "<= 3");
        assert_eq!(met_over(&rule, &[counts(9, 3), counts(9, 2)]), Some(true));
        assert_eq!(
            met_over(&rule, &[counts(9, 4), counts(9, 0), counts(0, 0)]),
            Some(false)
        );
    }
}
