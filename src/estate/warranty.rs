//! Ends of warranty 保修期: lengths from the manual, from the day of handover (REPAIR-2).

use chrono::NaiveDate;
use engine::load::Manual;
use serde::Serialize;

/// Until when a part is under warranty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WarrantyView {
    /// Part of the building.
    pub part: String,
    /// Last day, YYYY-MM-DD.
    pub until: String,
}

/// Warranties of a home handed over on that day, the soonest end first; none without the day.
pub fn warranties(manual: &Manual, delivered_on: Option<&str>) -> Vec<WarrantyView> {
    let day = delivered_on.and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok());
    let Some((day, table)) = day.zip(manual.table("warranty")) else {
        return Vec::new();
    };
    let end = |(part, length): (&String, &String)| {
        let until = engine::time::add_length(day, length)?.to_string();
        Some(WarrantyView {
            part: part.clone(),
            until,
        })
    };
    let mut all: Vec<WarrantyView> = table.rows.iter().filter_map(end).collect();
    all.sort_by(|a, b| a.until.cmp(&b.until));
    all
}
