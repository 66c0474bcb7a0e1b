//! The catalogue: ids of requirements and of their demands, and what a demand waits for.

use super::super::layout::Draft;
use super::super::names::{bad_source, suggest};
use super::super::place::{Pen, Place};
use super::super::problem::Problem;
use crate::def::{Demand, Requirement};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn catalogue(draft: &Draft, problems: &mut Vec<Problem>) {
    let Some(catalogue) = &draft.catalogue else { return };
    let mut pen = Pen::new(&draft.sources[catalogue.path]);
    for (id, row) in &catalogue.def {
        let place = Place::top().at("row").at(id.as_str());
        if let Some(sentence) = bad_source(id) {
            pen.error(&place, sentence);
        }
        let mut seen = BTreeSet::new();
        for (i, demand) in row.demands.iter().enumerate() {
            let place = place.at("demands").at(i);
            if !seen.insert(demand.id.as_str()) {
                pen.error(
                    &place.at("id"),
                    format!("要点“{}”写了两次，请改用别的字母", demand.id),
                );
            }
            checked(&mut pen, &place, (id, demand), &catalogue.def);
        }
    }
    problems.extend(pen.problems);
}

fn checked(
    pen: &mut Pen,
    place: &Place,
    (row, demand): (&str, &Demand),
    all: &BTreeMap<String, Requirement>,
) {
    let letters = (1..=2).contains(&demand.id.len()) && demand.id.bytes().all(|b| b.is_ascii_lowercase());
    if !letters {
        let sentence = format!("要点的编号“{}”写法不对，请写一个小写字母，如 a", demand.id);
        pen.error(&place.at("id"), sentence);
    }
    if demand.text.trim().is_empty() {
        pen.error(&place.at("text"), "要点没有写内容，请写清楚要证明什么");
    }
    if demand.quote.iter().all(|q| q.trim().is_empty()) {
        pen.error(&place.at("quote"), "要点没有引原文，请写上它出自要求里的哪几个字");
    }
    match &demand.waits_for {
        Some(id) if id == row => {
            pen.error(
                &place.at("waits_for"),
                format!("“{id}”不能等它自己，请删去 waits_for"),
            );
        }
        Some(id) if !all.contains_key(id) => {
            let known = suggest(id, all.keys().map(String::as_str));
            pen.error(
                &place.at("waits_for"),
                format!("要等的“{id}”在 catalogue.toml 里没有{known}"),
            );
        }
        _ => {}
    }
}
