//! Which requirement is served by what in the manual.

use super::Manual;
use serde::Serialize;
use std::collections::BTreeMap;

/// A requirement and what serves it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoverageRow {
    /// Id, `COMPLAINT-3`.
    pub id: String,
    /// What is asked for, in a line.
    pub title: String,
    /// What names it in its `source`; empty: nothing does.
    pub served_by: Vec<Served>,
}

/// Something in the manual.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Served {
    /// File.
    pub file: String,
    /// What people call it.
    pub title: String,
}

/// Every row of `catalogue.toml`, in the order of ids, with the definitions that name it.
pub fn coverage(manual: &Manual) -> Vec<CoverageRow> {
    let mut served = Index(BTreeMap::new());
    for rules in manual.kinds.values() {
        let kind = &rules.kind;
        let file = format!("{}/kinds/{}.toml", kind.pack, kind.name);
        served.add(&kind.source, &file, &kind.title);
        let inside = |title: &str| format!("{} · {title}", kind.title);
        kind.actions
            .iter()
            .for_each(|a| served.add(&a.source, &file, &inside(&a.title)));
        kind.clocks
            .iter()
            .for_each(|c| served.add(&c.source, &file, &inside(&c.title)));
        kind.signoffs
            .iter()
            .for_each(|s| served.add(&s.source, &file, &inside(&s.title)));
        kind.plans
            .iter()
            .for_each(|p| served.add(&p.source, &file, &inside(&p.title)));
    }
    for clause in &manual.clauses {
        let file = format!("{}/clauses.toml", clause.pack);
        let title = format!("{} {}", clause.def.id, clause.def.title);
        served.add(&clause.def.source, &file, &title);
        served.add(std::slice::from_ref(&clause.def.id), &file, &title);
    }
    for recurrence in &manual.recurrences {
        let file = format!("{}/recurrences.toml", recurrence.pack);
        served.add(&recurrence.def.source, &file, &recurrence.def.title);
    }
    for post in &manual.posts {
        served.add(&post.source, "posts.toml", &post.title);
    }
    for (name, table) in manual.tables.iter() {
        served.add(&table.source, &format!("tables/{name}.toml"), &table.title);
    }
    for (file, source) in &manual.calendar_sources {
        let name = file.trim_start_matches("calendars/").trim_end_matches(".toml");
        served.add(source, file, manual.calendar(name).map_or(name, |c| c.title()));
    }
    served.add(&manual.phase_source, "phases.toml", "各阶段由谁服务");
    if let Some(rules) = &manual.classify {
        served.add(&rules.source, "classify.toml", "来信判断");
    }
    let mut rows: Vec<CoverageRow> = manual
        .catalogue
        .iter()
        .map(|(id, title)| CoverageRow {
            id: id.clone(),
            title: title.clone(),
            served_by: served.0.remove(id).unwrap_or_default(),
        })
        .collect();
    rows.sort_by_key(|row| by_number(&row.id));
    rows
}

struct Index(BTreeMap<String, Vec<Served>>);

impl Index {
    fn add(&mut self, source: &[String], file: &str, title: &str) {
        for id in source {
            let all = self.0.entry(id.clone()).or_default();
            let one = Served {
                file: file.to_owned(),
                title: title.to_owned(),
            };
            if !all.contains(&one) {
                all.push(one);
            }
        }
    }
}

/// `REPAIR-9` before `REPAIR-10`.
fn by_number(id: &str) -> (String, u32) {
    let (pack, number) = id.split_once('-').unwrap_or((id, ""));
    (pack.to_owned(), number.parse().unwrap_or(0))
}
