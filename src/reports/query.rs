//! What a part of a report counts, asked of the database: its figures group by group, or the ids behind one of them.
//!
//! The database counts; a report of a year reads as many rows as it shows.

use super::source::Source;
use super::{Asked, Period};
use crate::auth::Me;
use crate::cases::scope;
use crate::contacts::rows as contacts;
use crate::context::App;
use crate::db::{Filter, Sql};
use crate::error::Problem;
use engine::def::Among;
use engine::expr::{Dialect, Expr as Condition};
use engine::load::{Base, MeasureRules, PartRules};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Order, Query, SelectStatement, SimpleExpr};
use std::collections::BTreeSet;

/// A figure of a group.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Figure {
    /// How many count.
    pub hits: i64,
    /// How many its share is taken of.
    pub among: i64,
    /// Sum of its value over those that count and have one.
    pub sum: f64,
    /// How many of those that count have a value.
    pub valued: i64,
}

impl std::ops::AddAssign for Figure {
    fn add_assign(&mut self, other: Figure) {
        self.hits += other.hits;
        self.among += other.among;
        self.sum += other.sum;
        self.valued += other.valued;
    }
}

/// What stands together.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// By what; none: it is not said.
    pub by: Option<String>,
    /// How many there are.
    pub all: i64,
    /// The part's figures, in order.
    pub figures: Vec<Figure>,
}

/// Which of a group are asked for.
pub(super) enum Which<'a> {
    /// All the part looks at.
    All,
    /// Those that count for a figure.
    Counted(&'a MeasureRules),
    /// Those that count for any of the part's figures.
    AnyCounted,
    /// Those of groups, that count for a figure if one is named.
    Of(&'a [Option<String>], Option<&'a MeasureRules>),
}

#[derive(FromQueryResult)]
struct RawGroup {
    grp: Option<String>,
    cells: String,
}

#[derive(FromQueryResult)]
struct RawId {
    id: String,
}

/// A part of a report with who asks for which period.
pub(super) struct Asking<'a> {
    pub app: &'a App,
    pub me: &'a Me,
    pub asked: &'a Asked,
    pub part: &'a PartRules,
    pub period: Period,
}

impl Asking<'_> {
    fn source(&self) -> Source {
        Source {
            dialect: if self.app.db.read().is_postgres() {
                Dialect::Postgres
            } else {
                Dialect::Sqlite
            },
            period: self.period,
            now: self.app.clock.now(),
            offset: self.app.manuals.current().offset(),
        }
    }

    /// Its figures, group by group; one group when it has none.
    ///
    /// # Errors
    /// The database's.
    pub async fn groups(&self) -> Result<Vec<Group>, Problem> {
        let source = self.source();
        let mut rows = self.rows(&source);
        let by = self.part.by.as_ref();
        let by = by.map_or(Expr::cust("null"), |by| by.to_sql(&source, source.dialect));
        rows.expr_as(by, Alias::new("grp"));
        let mut sums = vec![Expr::cust("count(*)")];
        for (i, measure) in self.part.measures.iter().enumerate() {
            let (hit, among, value) = (format!("h{i}"), format!("a{i}"), format!("v{i}"));
            rows.expr_as(one_if(measure.filter.as_ref(), &source), Alias::new(&hit));
            rows.expr_as(one_if(measure.among.as_ref(), &source), Alias::new(&among));
            let number = measure.value.as_ref();
            let number = number.map_or(Expr::cust("null"), |number| {
                number.to_sql(&source, source.dialect)
            });
            rows.expr_as(number.cast_as(source.double()), Alias::new(&value));
            sums.extend([
                Expr::cust(format!("sum({hit})")),
                Expr::cust(format!("sum({among})")),
                Expr::cust(format!("coalesce(sum(case when {hit} = 1 then {value} end), 0)")),
                Expr::cust(format!("count(case when {hit} = 1 then {value} end)")),
            ]);
        }
        let list = match source.dialect {
            Dialect::Postgres => "jsonb_build_array",
            Dialect::Sqlite => "json_array",
        };
        let mut query = Query::select();
        query
            .column(Alias::new("grp"))
            .expr_as(
                Expr::from(Func::cust(Alias::new(list)).args(sums)).cast_as("text"),
                Alias::new("cells"),
            )
            .from_subquery(rows, Alias::new("x"))
            .group_by_col(Alias::new("grp"));
        let raw: Vec<RawGroup> = self.app.db.read().rows_of(&query).await?;
        Ok(raw.into_iter().map(group).collect())
    }

    /// Ids of the cases or contacts, newest first: `limit` of them after `start`, and how many there are.
    ///
    /// # Errors
    /// The database's.
    pub async fn ids(
        &self,
        which: &Which<'_>,
        start: u64,
        limit: u64,
    ) -> Result<(Vec<String>, i64), Problem> {
        let source = self.source();
        let mut rows = self.rows(&source);
        let measure = match which {
            Which::All | Which::AnyCounted => None,
            Which::Counted(measure) => Some(*measure),
            Which::Of(_, measure) => *measure,
        };
        if let Some(filter) = measure.and_then(|measure| measure.filter.as_ref()) {
            rows.and_where(filter.to_filter(&source, source.dialect));
        }
        if let Which::AnyCounted = which {
            let filters = self.part.measures.iter().map(|m| m.filter.as_ref());
            // A figure without a condition counts them all.
            let any: Option<Vec<&Condition>> = filters.collect();
            let any = any
                .into_iter()
                .flatten()
                .map(|f| f.to_filter(&source, source.dialect));
            if let Some(any) = any.reduce(|a, b| a.or(b)) {
                rows.and_where(any);
            }
        }
        if let (Which::Of(groups, _), Some(by)) = (which, &self.part.by) {
            let by = by.to_sql(&source, source.dialect);
            let said: Vec<String> = groups.iter().flatten().cloned().collect();
            let mut of = by.clone().is_in(said);
            if groups.contains(&None) {
                of = of.or(by.is_null());
            }
            rows.and_where(of);
        }
        let (id, at) = match self.part.of {
            Base::Contacts => (("k", "id"), ("k", "happened_at")),
            Base::Cases(_) => (("c", "id"), ("c", "opened_at")),
        };
        rows.distinct();
        rows.expr_as(col(id), Alias::new("id"));
        rows.expr_as(col(at), Alias::new("at"));
        let mut count = Query::select();
        count
            .expr_as(Expr::cust("count(*)"), Alias::new("total"))
            .from_subquery(rows.clone(), Alias::new("x"));
        let read = self.app.db.read();
        let total: Option<Total> = read.row_of(&count).await?;
        rows.order_by(Alias::new("at"), Order::Desc)
            .order_by(Alias::new("id"), Order::Desc)
            .offset(start)
            .limit(limit);
        let found: Vec<RawId> = read.rows_of(&rows).await?;
        let ids = found.into_iter().map(|row| row.id).collect();
        Ok((ids, total.map_or(0, |total| total.total)))
    }

    /// What the part looks at: nothing selected yet.
    fn rows(&self, source: &Source) -> SelectStatement {
        let mut rows = Query::select();
        let (begun, ended) = match &self.part.of {
            Base::Cases(kinds) => {
                self.cases(&mut rows, kinds);
                (("c", "opened_at"), ("c", "closed_at"))
            }
            Base::Contacts => {
                self.contacts(&mut rows);
                (("k", "happened_at"), ("k", "settled_at"))
            }
        };
        let (from, to) = (self.period.from(), self.period.to());
        rows.and_where(col(begun).lt(to));
        match self.part.def.counted {
            Among::Begun => rows.and_where(col(begun).gte(from)),
            Among::Open => rows.and_where(col(ended).is_null().or(col(ended).gte(from))),
            Among::Ever => &mut rows,
        };
        if let Some(site) = &self.asked.site {
            rows.and_where(col((begun.0, "site_id")).eq(site.clone()));
        }
        if let Some(filter) = &self.part.filter {
            rows.and_where(filter.to_filter(source, source.dialect));
        }
        rows
    }

    fn cases(&self, rows: &mut SelectStatement, kinds: &[String]) {
        rows.from_as(Alias::new("case_record"), Alias::new("c"))
            .join_as(
                sea_orm::JoinType::InnerJoin,
                Alias::new("site"),
                Alias::new("s"),
                on(("s", "id"), ("c", "site_id")),
            )
            .join_as(
                sea_orm::JoinType::LeftJoin,
                Alias::new("home"),
                Alias::new("h"),
                on(("h", "id"), ("c", "home_id")),
            )
            .join_as(
                sea_orm::JoinType::LeftJoin,
                Alias::new("building"),
                Alias::new("b"),
                on(("b", "id"), ("h", "building_id")),
            )
            .and_where(Expr::cust("c.merged_into is null"));
        if !kinds.is_empty() {
            rows.and_where(col(("c", "kind")).is_in(kinds.iter().cloned()));
        }
        let seen = scope::visible(self.me, &self.app.manuals.current(), 0);
        rows.and_where(self.written(seen));
    }

    fn contacts(&self, rows: &mut SelectStatement) {
        rows.from_as(Alias::new("contact"), Alias::new("k")).join_as(
            sea_orm::JoinType::InnerJoin,
            Alias::new("site"),
            Alias::new("s"),
            on(("s", "id"), ("k", "site_id")),
        );
        // A contact with two judgements counts for each, but only where judgements are asked for.
        if self.names().contains("contact.judgement") {
            rows.join_as(
                sea_orm::JoinType::InnerJoin,
                Alias::new("contact_judgement"),
                Alias::new("j"),
                on(("j", "contact_id"), ("k", "id")),
            );
        }
        rows.and_where(self.written(contacts::visible(self.me, 0)));
    }

    /// What the part's expressions name.
    fn names(&self) -> BTreeSet<String> {
        let measures = self.part.measures.iter();
        let of_measures = measures.flat_map(|m| [&m.filter, &m.among, &m.value]);
        let all = [&self.part.filter, &self.part.by].into_iter().chain(of_measures);
        all.flatten().flat_map(Condition::names).collect()
    }

    /// A condition written as text: its numbered placeholders become those of the statement.
    fn written(&self, filter: Filter) -> SimpleExpr {
        let postgres = self.app.db.read().is_postgres();
        let mut values = Vec::new();
        let mut sql = String::with_capacity(filter.sql.len());
        let mut rest = filter.sql.as_str();
        while let Some(at) = rest.find('$') {
            let (before, after) = rest.split_at(at);
            sql.push_str(before);
            let digits = after[1..].chars().take_while(char::is_ascii_digit).count();
            let named = after[1..=digits].parse::<usize>().ok();
            match named.and_then(|n| filter.values.get(n.checked_sub(1)?)) {
                Some(value) => {
                    values.push(value.clone());
                    if postgres {
                        sql.push_str(&format!("${}", values.len()));
                    } else {
                        sql.push('?');
                    }
                }
                None => sql.push_str(&after[..=digits]),
            }
            rest = &after[digits + 1..];
        }
        sql.push_str(rest);
        Expr::cust_with_values(sql, values)
    }
}

#[derive(FromQueryResult)]
struct Total {
    total: i64,
}

fn col((table, name): (&str, &str)) -> SimpleExpr {
    Expr::col((Alias::new(table), Alias::new(name)))
}

fn on(a: (&str, &str), b: (&str, &str)) -> SimpleExpr {
    col(a).eq(col(b))
}

/// 1 where it holds, else 0; without a condition it holds everywhere.
fn one_if(condition: Option<&Condition>, source: &Source) -> SimpleExpr {
    match condition {
        None => Expr::cust("1"),
        Some(condition) => Expr::case(condition.to_filter(source, source.dialect), Expr::cust("1"))
            .finally(Expr::cust("0"))
            .into(),
    }
}

fn group(raw: RawGroup) -> Group {
    let numbers: Vec<f64> = serde_json::from_str(&raw.cells).unwrap_or_default();
    let count = |at: usize| numbers.get(at).copied().unwrap_or_default() as i64;
    let figures = numbers.len().saturating_sub(1) / 4;
    Group {
        by: raw.grp,
        all: count(0),
        figures: (0..figures)
            .map(|i| Figure {
                hits: count(1 + i * 4),
                among: count(2 + i * 4),
                sum: numbers[3 + i * 4],
                valued: count(4 + i * 4),
            })
            .collect(),
    }
}
