//! The parts of a report as the manual writes them: figures, lines, bars, tables, made of what the database counted.

use super::query::{Asking, Figure, Group, Which};
use super::shape::{Chart, Part, Row, Shown};
use super::tally::{count, mean, per_hundred, share, text};
use super::{Asked, clauses, list};
use crate::auth::Me;
use crate::contacts::channel;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::exchange::book::Cell;
use crate::vals;
use engine::def::{Homes, MeasureDef, Shape};
use engine::expr::Type;
use engine::load::{Base, MeasureRules, PartRules, ReportRules};
use sea_orm::FromQueryResult;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What is counted under no name.
const UNSAID: &str = "未填写";
/// What is rare, together.
const REST: &str = "其余";
/// Bars of a chart; what is rarer stands together under the last.
const BARS: usize = 15;

/// The parts of a report.
///
/// # Errors
/// The database's.
pub(super) async fn parts(
    app: &App,
    me: &Me,
    asked: &Asked,
    report: &ReportRules,
) -> Result<Vec<Part>, Problem> {
    let mut parts = Vec::with_capacity(report.parts.len());
    for rules in &report.parts {
        let asking = asking(app, me, asked, rules);
        let mut part = match rules.def.shape {
            Shape::Figures => figures(&asking).await?,
            Shape::Trend => trend(&asking).await?,
            Shape::Pareto => pareto(&asking).await?,
            Shape::Table => table(&asking).await?,
            Shape::List => list::part(&asking).await?,
            Shape::Clauses => clauses::part(app, me, asked, &rules.def).await?,
        };
        if let Some(note) = &rules.def.note {
            part = part.noted(note);
        }
        part.contacts = rules.of == Base::Contacts;
        parts.push(part);
    }
    Ok(parts)
}

fn asking<'a>(app: &'a App, me: &'a Me, asked: &'a Asked, part: &'a PartRules) -> Asking<'a> {
    Asking {
        app,
        me,
        asked,
        part,
        period: asked.period,
    }
}

/// What lies behind a row of a part: a page of ids, newest first, and how many there are.
///
/// # Errors
/// [`Problem::not_found`] for a row that is not there; the database's.
pub(super) async fn behind(
    app: &App,
    me: &Me,
    asked: &Asked,
    (rules, key): (&PartRules, &str),
    (start, limit): (u64, u64),
) -> Result<(Vec<String>, i64), Problem> {
    let mut asking = asking(app, me, asked, rules);
    match rules.def.shape {
        Shape::Figures => {
            let named = |m: &&MeasureRules| m.def.title == key;
            let measure = rules.measures.iter().find(named).ok_or_else(Problem::not_found)?;
            asking.ids(&Which::Counted(measure), start, limit).await
        }
        Shape::Trend => {
            let trend = asked.period.trend();
            let period = trend.into_iter().find(|period| period.short() == key);
            asking.period = period.ok_or_else(Problem::not_found)?;
            asking.ids(&Which::AnyCounted, start, limit).await
        }
        Shape::Pareto | Shape::Table => {
            let mut groups = titled(&asking).await?;
            if rules.def.shape == Shape::Pareto {
                groups = barred(groups);
            }
            let group = groups.into_iter().find(|group| group.title == key);
            let group = group.ok_or_else(Problem::not_found)?;
            let first = rules.measures.first();
            asking.ids(&Which::Of(&group.names, first), start, limit).await
        }
        Shape::List | Shape::Clauses => Err(Problem::not_found()),
    }
}

/// A group under the title people read; what is written differently and reads the same stands together.
struct Titled {
    title: String,
    names: Vec<Option<String>>,
    all: i64,
    figures: Vec<Figure>,
}

impl Titled {
    fn take(&mut self, other: Titled) {
        self.all += other.all;
        self.names.extend(other.names);
        for (mine, theirs) in self.figures.iter_mut().zip(other.figures) {
            *mine += theirs;
        }
    }

    /// What rows are ordered by.
    fn size(&self) -> i64 {
        self.figures.first().map_or(self.all, |figure| figure.hits)
    }
}

/// The groups of a part, the largest first, then by name; what has no name comes last.
async fn titled(asking: &Asking<'_>) -> Result<Vec<Titled>, Problem> {
    let mut by_title: BTreeMap<String, Titled> = BTreeMap::new();
    for group in asking.groups().await? {
        let one = titled_one(asking, group);
        match by_title.get_mut(&one.title) {
            Some(known) => known.take(one),
            None => drop(by_title.insert(one.title.clone(), one)),
        }
    }
    let unsaid = by_title.remove(UNSAID);
    let mut groups: Vec<Titled> = by_title.into_values().collect();
    // By title they are already; the sort is stable.
    groups.sort_by_key(|group| Reverse(group.size()));
    groups.extend(unsaid);
    Ok(groups)
}

fn titled_one(asking: &Asking, group: Group) -> Titled {
    let said = group.by.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let manual = asking.app.manuals.current();
    let title = |name: &str| -> Option<String> {
        match asking.part.def.by.as_deref()? {
            "case.kind" => manual.kind(name).map(|rules| rules.kind.title.clone()),
            "case.channel" | "contact.channel" => channel::title(name).map(str::to_owned),
            "contact.judgement" => manual.judgement(name).map(|judgement| judgement.title.clone()),
            "case.stage" => {
                let Base::Cases(kinds) = &asking.part.of else {
                    return None;
                };
                let kinds = kinds.iter().filter_map(|kind| manual.kind(kind));
                let mut stages = kinds.filter_map(|rules| rules.stage(name));
                stages.next().map(|stage| stage.title.clone())
            }
            _ => None,
        }
    };
    let title = said.map_or(UNSAID.to_owned(), |name| {
        title(name).unwrap_or_else(|| name.to_owned())
    });
    Titled {
        title,
        names: vec![group.by],
        all: group.all,
        figures: group.figures,
    }
}

/// The groups of a chart: what is too rare for a bar stands together.
fn barred(mut groups: Vec<Titled>) -> Vec<Titled> {
    if groups.len() <= BARS {
        return groups;
    }
    let mut rest = groups.split_off(BARS - 1).into_iter();
    let mut together = rest.next();
    for group in rest {
        if let Some(together) = &mut together {
            together.take(group);
        }
    }
    groups.extend(together.map(|group| Titled {
        title: REST.to_owned(),
        ..group
    }));
    groups
}

/// What people call what rows stand together by.
fn heading(asking: &Asking) -> String {
    let by = asking.part.def.by.as_deref().unwrap_or_default();
    let built_in = match by {
        "case.site" | "contact.site" => Some("项目"),
        "case.building" => Some("楼栋"),
        "case.kind" => Some("事项"),
        "case.stage" => Some("阶段"),
        "case.assignee" => Some("经办"),
        "case.channel" | "contact.channel" => Some("渠道"),
        "contact.judgement" => Some("判断"),
        _ => None,
    };
    if let Some(title) = built_in {
        return title.to_owned();
    }
    let manual = asking.app.manuals.current();
    let kinds = match &asking.part.of {
        Base::Cases(kinds) => kinds.as_slice(),
        Base::Contacts => &[],
    };
    let mut fields = kinds
        .iter()
        .filter_map(|kind| manual.kind(kind)?.field(by).map(|field| field.title.clone()));
    fields.next().unwrap_or_else(|| asking.part.def.title.clone())
}

/// How a figure is shown.
fn shown(measure: &MeasureRules) -> Shown {
    match (&measure.value, measure.def.homes) {
        (_, Some(Homes::PerHundred)) => Shown::Number,
        (Some(value), _) if value.ty() == Type::Money => Shown::Money,
        (Some(_), _) => Shown::Number,
        _ => Shown::Count,
    }
}

/// A figure as it is shown; `homes`: how many there are where it is counted.
fn cell(measure: &MeasureRules, figure: &Figure, homes: i64) -> Cell {
    const HOUR_MS: f64 = 3_600_000.0;
    let MeasureDef { mean: of_mean, .. } = &measure.def;
    match (&measure.value, measure.def.homes) {
        (_, Some(Homes::Count)) => Cell::Count(homes),
        (_, Some(Homes::PerHundred)) => per_hundred(figure.hits as usize, homes),
        (None, None) => Cell::Count(figure.hits),
        (Some(value), _) if of_mean.is_some() => {
            let unit = if value.ty() == Type::Span { HOUR_MS } else { 1.0 };
            mean(figure.sum / unit, figure.valued)
        }
        (Some(value), _) if value.ty() == Type::Money => Cell::Money(figure.sum.round() as i64),
        (Some(_), _) => Cell::Number(figure.sum),
    }
}

async fn figures(asking: &Asking<'_>) -> Result<Part, Problem> {
    let heads = [
        ("指标", Shown::Text),
        ("数值", Shown::Count),
        ("占比", Shown::Percent),
    ];
    let mut part = Part::new(
        &asking.part.def.name,
        &asking.part.def.title,
        Chart::Figures,
        &heads,
    );
    let groups = asking.groups().await?;
    let group = groups.first();
    for (i, measure) in asking.part.measures.iter().enumerate() {
        let figure = group
            .and_then(|group| group.figures.get(i))
            .copied()
            .unwrap_or_default();
        let counts = measure.value.is_none();
        let of = if counts {
            share(figure.hits as usize, figure.among as usize)
        } else {
            Cell::Empty
        };
        let cells = vec![text(&measure.def.title), cell(measure, &figure, 0), of];
        part.add(cells, counts && figure.hits > 0);
    }
    Ok(part)
}

async fn trend(asking: &Asking<'_>) -> Result<Part, Problem> {
    let mut heads = vec![("期间", Shown::Text)];
    heads.extend(
        asking
            .part
            .measures
            .iter()
            .map(|m| (m.def.title.as_str(), shown(m))),
    );
    let mut part = Part::new(
        &asking.part.def.name,
        &asking.part.def.title,
        Chart::Trend,
        &heads,
    );
    for period in asking.asked.period.trend() {
        let groups = Asking { period, ..*asking }.groups().await?;
        let group = groups.first();
        let mut cells = vec![Cell::Text(period.short())];
        for (i, measure) in asking.part.measures.iter().enumerate() {
            let figure = group
                .and_then(|group| group.figures.get(i))
                .copied()
                .unwrap_or_default();
            cells.push(cell(measure, &figure, 0));
        }
        part.add(cells, group.is_some_and(|group| group.all > 0));
    }
    Ok(part)
}

/// From the most frequent down, with their running share 帕累托.
async fn pareto(asking: &Asking<'_>) -> Result<Part, Problem> {
    let title = heading(asking);
    let heads = [
        (title.as_str(), Shown::Text),
        ("件数", Shown::Count),
        ("占比", Shown::Percent),
        ("累计", Shown::Percent),
    ];
    let mut part = Part::new(
        &asking.part.def.name,
        &asking.part.def.title,
        Chart::Pareto,
        &heads,
    );
    let groups = barred(titled(asking).await?);
    let all: i64 = groups.iter().map(|group| group.all).sum();
    let mut sum = 0;
    for group in groups {
        sum += group.all;
        let cells = vec![
            Cell::Text(group.title),
            count(group.all as usize),
            share(group.all as usize, all as usize),
            share(sum as usize, all as usize),
        ];
        part.add(cells, true);
    }
    Ok(part)
}

#[derive(FromQueryResult)]
struct Homed {
    name: String,
    homes: i64,
}

async fn table(asking: &Asking<'_>) -> Result<Part, Problem> {
    let title = heading(asking);
    let mut heads = vec![(title.as_str(), Shown::Text)];
    for measure in &asking.part.measures {
        heads.push((measure.def.title.as_str(), shown(measure)));
        heads.extend(measure.def.share.as_deref().map(|title| (title, Shown::Percent)));
    }
    let mut part = Part::new(
        &asking.part.def.name,
        &asking.part.def.title,
        Chart::Table,
        &heads,
    );
    let homes = homes(asking).await?;
    let groups = titled(asking).await?;
    let sum = |i: usize| -> i64 { groups.iter().map(|group| group.figures[i].hits).sum() };
    let sums: Vec<i64> = (0..asking.part.measures.len()).map(sum).collect();
    let rows = groups.iter().map(|group| {
        let homes = homes.get(&group.title).copied().unwrap_or(0);
        let mut cells = vec![Cell::Text(group.title.clone())];
        for (i, measure) in asking.part.measures.iter().enumerate() {
            let figure = &group.figures[i];
            cells.push(cell(measure, figure, homes));
            let of = if measure.among.is_some() {
                figure.among
            } else {
                sums[i]
            };
            let share = measure.def.share.as_ref();
            cells.extend(share.map(|_| super::tally::share(figure.hits as usize, of as usize)));
        }
        (cells, group.size() > 0)
    });
    for (cells, counts) in rows {
        part.add(cells, counts);
    }
    Ok(part)
}

/// How many homes each site has, by its name.
async fn homes(asking: &Asking<'_>) -> Result<BTreeMap<String, i64>, Problem> {
    if asking
        .part
        .measures
        .iter()
        .all(|measure| measure.def.homes.is_none())
    {
        return Ok(BTreeMap::new());
    }
    let sql = "select s.name, count(*) as homes from home h join site s on s.id = h.site_id group by s.name";
    let rows: Vec<Homed> = asking.app.db.read().rows(sql, vals![]).await?;
    Ok(rows.into_iter().map(|row| (row.name, row.homes)).collect())
}

/// A row of a list leads to the case it is of.
pub(super) fn leading_to(case: &str, cells: Vec<Cell>) -> Row {
    Row {
        cells,
        link: Some(format!("/cases/{case}")),
        ..Row::default()
    }
}
