//! Strolling through a house: cases are opened, somebody does something they are offered, time passes.

use crate::MANUAL;
use crate::dice::Dice;
use crate::fill;
use crate::house::{House, Trouble};
use serde_json::Value;
use std::collections::BTreeMap;
use yizhan_engine::case::Data;
use yizhan_engine::def::{Effect, FieldType, Kind, Stage, Who};
use yizhan_engine::load::Rules;
use yizhan_engine::step::{Actor, Builtin, Input, Offer, Refusal, Start, Why, passing};
use yizhan_engine::time::{DAY, HOUR, MINUTE};

/// When a home was handed over: never, long ago, lately.
const DELIVERED: [Option<&str>; 3] = [None, Some("2016-05-01"), Some("2026-09-01")];

/// A house with one case of the kind; a kind that only the system opens stands under a parent.
pub fn begin(kind: &str, seed: u64) -> House {
    let mut dice = Dice::new(seed);
    let mut house = House::new(*dice.pick(&DELIVERED));
    house.channel = *dice.pick(&["call", "call", "import"]);
    start(&mut house, kind, &mut dice);
    house
}

/// Whether only checks of the manual refuse it: its own, or those of what it opens and asks.
fn checked(refusal: &Refusal) -> bool {
    let kinds = MANUAL.kinds.values().map(|rules| &rules.kind);
    let checks = kinds.flat_map(|kind| {
        kind.open
            .check
            .iter()
            .chain(kind.actions.iter().flat_map(|a| &a.check))
    });
    let known: Vec<&String> = checks.map(|check| &check.otherwise).collect();
    let said = |sentence: &String| known.contains(&sentence);
    !refusal.fields.is_empty() && refusal.fields.iter().all(|field| said(&field.sentence))
}

fn start(house: &mut House, kind: &str, dice: &mut Dice) -> String {
    let rules = MANUAL.kind(kind).unwrap();
    let open = &rules.kind.open;
    let mut actors = house.actors();
    actors.retain(|actor| match actor {
        Actor::Staff(id) => open.by.iter().any(|who| match who {
            Who::Post(post) => house.roster.iter().any(|m| &m.id == id && m.posts.contains(post)),
            who => *who == Who::Staff,
        }),
        Actor::Link(link) => open.by.contains(&Who::Link(link.clone())),
        Actor::System => false,
    });
    if actors.is_empty() {
        return start_under(house, rules, dice);
    }
    let mut known = Data::new();
    let bare = house.clone();
    for tried in 0..40_000 {
        // What chance put on record may leave nothing that could be entered.
        if tried % 200 == 0 {
            *house = bare.clone();
            known = record_read(house, rules, dice);
        }
        let actor = dice.pick(&actors).clone();
        let mut data = fill::form(house, rules, &open.ask, dice);
        data.extend(known.clone());
        match house.open(kind, &actor, Value::Object(data)) {
            Ok(id) => return id,
            // What chance enters may not be what the kind asks of it.
            Err(Trouble::Refused(refusal)) if refusal.why == Why::Condition || checked(&refusal) => {
                let kind = *dice.pick(&["home", "shop"]);
                house.home_is(kind);
                house.delivered(*dice.pick(&DELIVERED));
            }
            Err(trouble) => panic!("{kind} cannot be opened: {trouble:?}"),
        }
    }
    assert!(
        !open.check.is_empty(),
        "{kind}: nothing that was entered could be opened"
    );
    // Chance may never pass its checks; that they can be passed is what the stories show.
    *house = bare;
    let data = fill::form(house, rules, &open.ask, dice);
    let stage = rules.kind.stages[0].name.clone();
    house.record(kind, stage, data, ("placed", &Value::from(kind)))
}

/// As a parent opens it: with the fields its effect hands over.
fn start_under(house: &mut House, rules: &Rules, dice: &mut Dice) -> String {
    let opens = |kind: &&Kind| kind.children.iter().any(|c| c.kind == rules.kind.name);
    let parents: Vec<&Kind> = MANUAL.kinds.values().map(|r| &r.kind).filter(opens).collect();
    let parent = *dice.pick(&parents);
    let actions = parent.actions.iter().flat_map(|a| &a.effects);
    let handed = parent
        .open
        .effects
        .iter()
        .chain(actions)
        .find_map(|effect| match effect.inner() {
            Effect::Open(open) if open.child == rules.kind.name => Some(&open.set),
            _ => None,
        });
    let mut plans = parent.plans.iter();
    let handed = handed.or_else(|| plans.find(|p| p.child == rules.kind.name).map(|p| &p.set));
    let fields: Vec<&String> = handed.into_iter().flat_map(BTreeMap::keys).collect();
    let id = start(house, &parent.name.clone(), dice);
    if let Some(stage) = opening_stage(parent, &rules.kind.name) {
        house.place(&id, stage);
    }
    for _ in 0..200 {
        let child = Start {
            kind: rules.kind.name.clone(),
            parent: Some(id.clone()),
            data: handed_over(house, rules, &fields, dice),
            partial: true,
            ..Start::default()
        };
        match house.start(child, &Actor::System) {
            Ok(id) => return id,
            Err(Trouble::Refused(refusal)) if checked(&refusal) => {}
            Err(trouble) => panic!("{} under {}: {trouble:?}", rules.kind.name, parent.name),
        }
    }
    panic!(
        "{} under {}: nothing that was handed over fits",
        rules.kind.name, parent.name
    )
}

fn handed_over(house: &House, rules: &Rules, fields: &[&String], dice: &mut Dice) -> Data {
    let mut data = Data::new();
    for name in fields {
        let field = rules.field(name).unwrap();
        let asked = rules
            .kind
            .open
            .ask
            .iter()
            .any(|a| &a.field == *name && a.required);
        // Who is named decides who acts.
        let held = rules.kind.claims.iter().any(|claim| claim.on.contains(name));
        let must = asked || held || field.kind == FieldType::Person;
        if must || dice.chance(80) {
            data.insert((*name).clone(), fill::value(house, rules, field, dice));
        }
    }
    data
}

/// Where the parent stands when it opens the child; nothing when it does so at its own beginning.
fn opening_stage<'k>(parent: &'k Kind, child: &str) -> Option<&'k str> {
    let opens = |effects: &[Effect]| {
        let mut effects = effects.iter();
        effects.any(|effect| matches!(effect.inner(), Effect::Open(open) if open.child == child))
    };
    if opens(&parent.open.effects) {
        return None;
    }
    let action = parent.actions.iter().find(|a| opens(&a.effects))?;
    action.to.iter().chain(&action.from).next().map(String::as_str)
}

/// A record that is read when the kind is opened, kept in the house, and what must be entered to find it.
fn record_read(house: &mut House, rules: &Rules, dice: &mut Dice) -> Data {
    let open = &rules.kind.open;
    let checks = open.check.iter().map(|check| check.that.as_str());
    let when: String = open
        .when
        .as_deref()
        .into_iter()
        .chain(checks)
        .collect::<Vec<_>>()
        .join(" && ");
    let mut entered = Data::new();
    for address in rules
        .kind
        .addresses
        .iter()
        .filter(|a| when.contains(&format!("{}.", a.name)))
    {
        // Some may be opened only while there is none.
        if dice.chance(50) {
            continue;
        }
        let record = MANUAL.kind(&address.kind).unwrap();
        let fields = record
            .kind
            .fields
            .iter()
            .filter(|f| f.kind != FieldType::Computed && !f.once);
        let mut data: Data = fields
            .map(|f| (f.name.clone(), fill::value(house, record, f, dice)))
            .collect();
        let resource = match rules.field(&address.on) {
            Some(field) => fill::value(house, rules, field, dice),
            // Every case of the house is of its one home.
            None => Value::from("h1"),
        };
        if rules.field(&address.on).is_some() {
            data.insert(address.on.clone(), resource.clone());
            entered.insert(address.on.clone(), resource.clone());
        }
        // Which stage the opening wants stands in words that only the engine reads: chance tries them all.
        let stages: Vec<&Stage> = record.kind.stages.iter().collect();
        let stage = dice.pick(&stages).name.clone();
        house.record(&address.kind, stage, data, (&address.holder, &resource));
    }
    entered
}

/// One thing happens: time passes, or somebody does something they are offered.
pub fn stride(house: &mut House, dice: &mut Dice) {
    if dice.chance(20) {
        let to = house.now + pause(dice);
        return house.pass_to(to, dice);
    }
    let mut ids: Vec<String> = house.cases.keys().cloned().collect();
    dice.shuffle(&mut ids);
    ids.sort_by_key(|id| house.cases[id].closed());
    let id = if dice.chance(20) { dice.pick(&ids) } else { &ids[0] };
    let mut actors = house.actors();
    dice.shuffle(&mut actors);
    let builtins = dice.chance(25);
    for actor in actors {
        let mut offers = house.offers(id, &actor);
        offers.retain(|o| o.builtin.is_none() || builtins || matches!(o.builtin, Some(Builtin::Agree)));
        if offers.is_empty() {
            continue;
        }
        let offer = dice.pick(&offers);
        let input = input(house, id, offer, dice);
        return perform(house, id, &actor, offer, &input);
    }
    let to = house.now + pause(dice);
    house.pass_to(to, dice);
}

pub fn pause(dice: &mut Dice) -> i64 {
    *dice.pick(&[MINUTE, 6 * MINUTE, HOUR, 5 * HOUR, DAY, 4 * DAY])
}

/// What is offered is done, or what was entered is wrong, or another case holds what is wanted or does not let itself be
/// done what is done there; nothing else.
pub fn perform(house: &mut House, id: &str, actor: &Actor, offer: &Offer, input: &Input) {
    match house.act(id, actor, input) {
        Ok(()) | Err(Trouble::Taken) => {}
        Err(Trouble::Refused(refusal)) if refusal.why == Why::Invalid || elsewhere(house, id, &refusal) => {}
        Err(trouble) => {
            let case = &house.cases[id];
            panic!(
                "{} in {}: {actor:?} was offered {} but {trouble:?}\n{input:?}",
                case.kind, case.stage, offer.name
            )
        }
    }
}

/// Whether it is another case that refuses: that one is named first.
fn elsewhere(house: &House, id: &str, refusal: &Refusal) -> bool {
    let mut others = house.cases.values().filter(|c| c.id != id);
    others.any(|c| refusal.sentence.starts_with(&format!("{}：", c.number)))
}

/// Something to enter for an offer.
pub fn input(house: &House, id: &str, offer: &Offer, dice: &mut Dice) -> Input {
    let rules = house.rules(id);
    let mut values = fill::form(house, rules, &offer.ask, dice);
    if dice.chance(40) {
        fill::as_it_stands(rules, &house.cases[id].data, &mut values, dice);
        fill::row_by_row(rules, &house.cases[id].data, &mut values);
    }
    if let Some(builtin) = offer.builtin {
        let asked: &[&str] = match builtin {
            Builtin::Note | Builtin::Remind => &["words"],
            Builtin::PassOn if passing::tells(&house.cases[id]) => &["to", "reason", "told"],
            Builtin::PassOn => &["to", "reason"],
            Builtin::TellCustomer => &["how"],
            Builtin::RefusePass => &["reason"],
            Builtin::Refuse | Builtin::SendBack | Builtin::Withdraw => &["note"],
            Builtin::AddSigner => &["to", "note"],
            Builtin::HandOver | Builtin::Delegate | Builtin::CopyTo => &["to"],
            Builtin::Agree | Builtin::AcceptPass | Builtin::Urge | Builtin::Acknowledge => &[],
        };
        for name in asked {
            let value = match *name {
                "to" => dice.pick(&house.roster).id.as_str(),
                "told" => *dice.pick(&[passing::TOLD_BY[0], passing::NOT_TOLD]),
                "how" => passing::TOLD_BY[0],
                _ => "请尽快",
            };
            values.insert((*name).to_owned(), value.into());
        }
    }
    Input {
        action: offer.name.clone(),
        values,
    }
}

/// Something somebody is offered, by weight.
pub fn choose(
    house: &House,
    id: &str,
    dice: &mut Dice,
    weigh: impl Fn(&Offer) -> usize,
) -> Option<(Actor, Offer)> {
    let mut found: Vec<(usize, Actor, Offer)> = Vec::new();
    found.extend(
        house
            .all_offers(id)
            .into_iter()
            .map(|(actor, offer)| (weigh(&offer), actor, offer)),
    );
    let mut throw = dice.below(found.iter().map(|(weight, ..)| weight).sum());
    for (weight, actor, offer) in found {
        if throw < weight {
            return Some((actor, offer));
        }
        throw -= weight;
    }
    None
}
