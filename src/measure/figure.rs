//! How the facts of clauses are summed in SQL.

use engine::figure::Counts;
use sea_orm::FromQueryResult;

/// The columns of [`SUMMED`].
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub struct Summed {
    kept: i64,
    broken: i64,
    open: i64,
    excused: i64,
    value: f64,
}

impl From<Summed> for Counts {
    fn from(summed: Summed) -> Counts {
        Counts {
            kept: summed.kept,
            broken: summed.broken,
            open: summed.open,
            excused: summed.excused,
            value: summed.value,
        }
    }
}

/// What of `from` is summed to [`Summed`].
pub const SUMMED: &str = "cast(coalesce(sum(kept), 0) as bigint) as kept, \
                          cast(coalesce(sum(broken), 0) as bigint) as broken, \
                          cast(coalesce(sum(open), 0) as bigint) as open, \
                          cast(coalesce(sum(excused), 0) as bigint) as excused, \
                          cast(coalesce(sum(value), 0) as double precision) as value";

/// The columns of [`SUMMED`] of each fact.
pub const OF_FACT: &str = "case when compliance = 'kept' then 1 else 0 end as kept, \
                           case when compliance = 'broken' then 1 else 0 end as broken, \
                           case when compliance = 'open' then 1 else 0 end as open, \
                           case when compliance = 'excused' then 1 else 0 end as excused, \
                           case when compliance in ('kept', 'broken') then value end as value";
