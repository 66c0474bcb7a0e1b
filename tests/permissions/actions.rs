//! What the manual lets each post do with a case it has nothing else to do with, as the engine judges it; and by which
//! relation others may.

use engine::case::Case;
use engine::def::Who;
use engine::load::{Manual, Rules, who_title};
use engine::step::{self, Actor, HomeFacts, Member, World};
use engine::time::Time;
use std::collections::BTreeSet;
use std::fmt::Write as _;

pub fn text() -> String {
    let manual = Manual::from_files(yizhan::manual::built_in()).expect("the manual reads");
    let roster: Vec<Member> = manual
        .posts
        .iter()
        .map(|post| Member {
            id: post.name.clone(),
            posts: BTreeSet::from([post.name.clone()]),
            ..Member::default()
        })
        .collect();
    let world = World {
        manual: &manual,
        live: &manual,
        home: HomeFacts::default(),
        children: &[],
        reached: &engine::world::NOBODY,
        roster: &roster,
        me: None,
        at: Time(0),
        now: Time(0),
        quiet: false,
        ids: &String::new,
    };
    let mut text =
        String::from("\n## Actions of cases, by the posts that may take them and by how else one may\n");
    for rules in manual.kinds.values() {
        let kind = &rules.kind;
        let _ = writeln!(text, "\n{} {}", kind.name, kind.title);
        line(&mut text, &world, rules, "(open)", "登记", &kind.open.by);
        for action in &kind.actions {
            line(&mut text, &world, rules, &action.name, &action.title, &action.by);
        }
    }
    text
}

fn line(text: &mut String, world: &World, rules: &Rules, name: &str, title: &str, by: &[Who]) {
    let case = Case {
        kind: rules.kind.name.clone(),
        ..Case::default()
    };
    let may = |m: &&Member| step::is_one_of(world, &case, &Actor::Staff(m.id.clone()), by);
    let posts: Vec<&str> = world.roster.iter().filter(may).map(|m| m.id.as_str()).collect();
    let mut who = if posts.len() == world.roster.len() {
        vec!["all posts".to_owned()]
    } else {
        posts.into_iter().map(str::to_owned).collect()
    };
    let otherwise = by.iter().filter(|w| !matches!(w, Who::Post(_) | Who::Staff));
    who.extend(otherwise.map(|w| format!("[{}]", titled(world.manual, rules, w))));
    let _ = writeln!(text, "  {name} {title}: {}", who.join(", "));
}

fn titled(manual: &Manual, rules: &Rules, who: &Who) -> String {
    match who {
        Who::System => "系统".to_owned(),
        _ => who_title(manual, rules, who),
    }
}
