//! Reports 报表 (COMPLAINT-9, INTAKE-14, QUALITY-3, QUALITY-4): figures of a period, on screen, as Excel and in print.
//!
//! A report reads what its reader may see, makes rows of it, and each row remembers the cases or contacts it counts:
//! what lies behind a figure is by construction what it was made of. Where one figure is a number of a whole list,
//! the row names the address of that list instead.

mod analysis;
mod complaints;
mod excel;
pub mod handlers;
mod intake;
mod ledger;
mod period;
mod shape;
mod tally;

pub use period::{Every, Period};
pub use shape::{Chart, Head, Part, Report, Row, Shown};

use crate::auth::Me;
use crate::context::App;
use crate::error::Problem;
use engine::def::Area;

/// A report there is.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Name in addresses.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Catalogue rows it serves.
    pub source: &'static [&'static str],
    /// Periods it is made for, the usual one first.
    pub every: &'static [Every],
    /// Whether it is of one kind of case.
    pub of_kind: bool,
}

/// Every report, in the order of the page.
pub const ALL: [Definition; 4] = [
    Definition {
        name: "complaints",
        title: "投诉分析",
        about: "按原因、责任范围、项目、楼栋、责任单位看投诉，附走势、答复与处理用时、二次投诉和满意情况。",
        source: &["COMPLAINT-9"],
        every: &[Every::Month, Every::Year],
        of_kind: false,
    },
    Definition {
        name: "intake",
        title: "来电来访报表",
        about: "各项目登记多少、怎样判断、当场答复多少、一周内办结多少；一周还没有办结的逐条列出现状和承诺时间。",
        source: &["INTAKE-14"],
        every: &[Every::Week, Every::Day, Every::Month],
        of_kind: false,
    },
    Definition {
        name: "analysis",
        title: "服务与投诉月度分析",
        about: "各类服务的数量和积压、投诉原因、报修部位、没有守住的条款，报经理；按年生成，作为管理评审的输入。",
        source: &["QUALITY-3"],
        every: &[Every::Month, Every::Year],
        of_kind: false,
    },
    Definition {
        name: "ledger",
        title: "台账",
        about: "任何一类事项的台账：一期之内登记的逐条列出，可打印、可导出。",
        source: &["QUALITY-4", "QUALITY-1"],
        every: &[Every::Month, Every::Year, Every::Week, Every::Day],
        of_kind: true,
    },
];

/// What is asked of a report.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which.
    pub definition: &'static Definition,
    /// Of which time.
    pub period: Period,
    /// Only this site.
    pub site: Option<String>,
    /// Only this kind, for ledgers.
    pub kind: Option<String>,
    /// Most rows of a ledger.
    pub most: u32,
}

/// Makes the parts of a report for its reader.
///
/// # Errors
/// [`Problem::forbidden`] without the right to read figures; a ledger needs none beyond seeing the cases.
pub async fn parts(app: &App, me: &Me, asked: &Asked) -> Result<Vec<Part>, Problem> {
    if asked.definition.name != "ledger" {
        me.must(Area::Measure)?;
    }
    match asked.definition.name {
        "complaints" => complaints::parts(app, me, asked).await,
        "intake" => intake::parts(app, me, asked).await,
        "analysis" => analysis::parts(app, me, asked).await,
        _ => ledger::parts(app, me, asked).await,
    }
}
