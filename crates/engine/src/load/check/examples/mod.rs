//! Examples: what a story names exists in the manual it is to prove.
//!
//! A story is gone through as it will be played, but for the kinds of its cases alone; what only playing can tell,
//! such as a time that lies in the past, is told then.

mod expected;
mod story;
mod values;

use super::super::layout::ExampleSource;
use super::super::names::suggest;
use super::super::place::{Pen, Place};
use super::super::problem::Problem;
use super::super::source::Source;
use crate::example::names::{self, Cast};
use crate::example::story::{Home, Person};
use crate::load::{Manual, Means};
use crate::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is wrong with a file of stories.
pub(in crate::load) fn check_examples(
    manual: &Manual,
    file: &ExampleSource,
    source: &Source,
) -> Vec<Problem> {
    let mut pen = Pen::new(source);
    let top = Place::top();
    frame(
        manual,
        &mut pen,
        &top,
        (&file.file.start, &file.file.home),
        &file.file.homes,
    );
    people(manual, &mut pen, &top, &file.file.people);
    let mut titles = BTreeSet::new();
    for (nth, example) in file.file.examples().enumerate() {
        let place = top.at("example").at(nth);
        if !titles.insert(example.title.as_str()) {
            let sentence = format!("已经有一个示例叫“{}”，请换一个标题", example.title);
            pen.error(&place.at("title"), sentence);
        }
        frame(
            manual,
            &mut pen,
            &place,
            (&example.start, &example.home),
            &example.homes,
        );
        people(manual, &mut pen, &place, &example.people);
        proves(manual, &mut pen, &place, &example.proves);
        if example.steps.is_empty() {
            pen.error(&place, "示例里没有步骤，请写 steps");
        }
        let cast = Cast::of(&file.file, example);
        story::Story::new(manual, &cast, &mut pen).go(&place, example);
    }
    pen.problems
}

/// When a story begins and what homes there are.
fn frame(
    manual: &Manual,
    pen: &mut Pen,
    place: &Place,
    (start, home): (&Option<String>, &Option<Home>),
    homes: &BTreeMap<String, Home>,
) {
    if let Some(start) = start
        && let Err(wrong) = Time::parse_local(start, manual.offset())
    {
        pen.error(&place.at("start"), wrong.to_string());
    }
    let one = home.iter().map(|home| (place.at("home"), home));
    let more = homes
        .iter()
        .map(|(name, home)| (place.at("homes").at(name.as_str()), home));
    for (place, home) in one.chain(more) {
        if let Some(kind) = home.kind.as_ref().filter(|k| !KINDS.contains(&k.as_str())) {
            let known = suggest(kind, KINDS);
            pen.error(&place.at("kind"), format!("没有“{kind}”这种房屋{known}"));
        }
        if home
            .delivered_on
            .as_ref()
            .is_some_and(|day| day.parse::<chrono::NaiveDate>().is_err())
        {
            pen.error(&place.at("delivered_on"), "交付日期应写成 2024-01-10");
        }
    }
}

const KINDS: [&str; 3] = ["home", "shop", "parking"];

fn people(manual: &Manual, pen: &mut Pen, place: &Place, people: &BTreeMap<String, Person>) {
    for (name, person) in people {
        let here = place.at("people").at(name.as_str());
        let (posts, here) = match person {
            Person::Post(post) => (std::slice::from_ref(post), here),
            Person::Posts(posts) => (posts.as_slice(), here),
            Person::Whole(whole) => (whole.posts.as_slice(), here.at("posts")),
        };
        for post in posts.iter().filter(|post| names::post(manual, post).is_none()) {
            let titles = manual
                .posts
                .iter()
                .flat_map(|p| [p.name.as_str(), p.title.as_str()]);
            let known = suggest(post, titles);
            pen.error(&here, format!("“{name}”的岗位“{post}”不存在{known}"));
        }
    }
}

/// Demands are those of the catalogue, and such as a story can prove.
fn proves(manual: &Manual, pen: &mut Pen, place: &Place, demands: &[String]) {
    if manual.catalogue.is_empty() {
        return;
    }
    for (nth, id) in demands.iter().enumerate() {
        let here = place.at("proves").at(nth);
        let (row, letter) = id.split_once('/').unwrap_or((id, ""));
        let Some(requirement) = manual.catalogue.get(row) else {
            let known = suggest(row, manual.catalogue.keys().map(String::as_str));
            pen.error(&here, format!("要求“{row}”不在目录里{known}"));
            continue;
        };
        match requirement.demands.iter().find(|d| d.id == letter) {
            None => {
                // Letters are all alike: the nearest one would mean nothing.
                let known: Vec<&str> = requirement.demands.iter().map(|d| d.id.as_str()).collect();
                let known = known.join("、");
                pen.error(
                    &here,
                    format!("要求“{row}”没有要点“{letter}”，可以写的有：{known}"),
                );
            }
            // Stories that prove something on a page are done there.
            Some(demand) if !Means::Example.fits(demand.on) && !demand.on.is_page() => {
                let sentence = format!("“{id}”要在单据、邮件、接口或命令行上证明，示例走不到那里，请删去");
                pen.warn(&here, sentence);
            }
            Some(_) => {}
        }
    }
}
