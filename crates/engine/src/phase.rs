//! Which phase a home is in, and who serves its owner then (INTAKE-17).

use crate::def::Phase;
use crate::load::Manual;
use crate::time::add_length;
use chrono::NaiveDate;

/// The phase on `today` of a home handed over on that day (`YYYY-MM-DD`), and the first day of the next one. A home without a day
/// of handover is in the first phase. None when the manual knows no phases.
pub fn phase_of<'m>(
    manual: &'m Manual,
    delivered_on: Option<&str>,
    today: NaiveDate,
) -> Option<(&'m Phase, Option<NaiveDate>)> {
    let delivered = delivered_on.and_then(|day| day.parse::<NaiveDate>().ok());
    let begins = |phase: &Phase| add_length(delivered?, phase.from.as_deref()?);
    let later = |phase: &&Phase| phase.from.is_some() && begins(phase).is_none_or(|day| day > today);
    let now = manual
        .phases
        .iter()
        .rposition(|phase| !later(&phase))
        .unwrap_or_default();
    let phase = manual.phases.get(now)?;
    Some((phase, manual.phases.get(now + 1).and_then(begins)))
}
