//! How a case begins.

use super::turn::{Outcome, Turn};
use super::who::{is_one_of, rules_of};
use super::{clocks, effects, judge, perform};
use crate::case::{Case, Data};
use crate::def::Relation;
use crate::env::CaseEnv;
use crate::event::{Event, Opened};
use crate::refusal::{FieldProblem, Refusal, Why};
use crate::world::{Actor, World};

/// What a case begins with, beside its form.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Id.
    pub id: String,
    /// Kind.
    pub kind: String,
    /// Site.
    pub site: String,
    /// Home.
    pub home: Option<String>,
    /// Customer.
    pub customer: Option<String>,
    /// Contact.
    pub contact: Option<String>,
    /// Parent case.
    pub parent: Option<String>,
    /// Channel.
    pub channel: Option<String>,
    /// 0, 1, 2.
    pub urgency: u8,
    /// Earlier matters of the same sort.
    pub repeats: u32,
    /// Form values as entered.
    pub data: Data,
    /// People taken over from the parent.
    pub people: Vec<(Relation, String)>,
    /// What the fields it amends are in its parent.
    pub was: Data,
    /// Who stays responsible (INTAKE-8); the opener when nobody is named.
    pub responsible: Option<String>,
    /// Fields come from the parent or a rule, not from a form: what is missing may be added later.
    pub partial: bool,
}

/// Whether the actor may open a case of the kind.
///
/// # Errors
/// [`Why::Unknown`] and [`Why::NotYou`].
pub fn may_open(world: &World, kind: &str, actor: &Actor) -> Result<(), Refusal> {
    let rules = rules_of(world, kind)?;
    if is_one_of(world, &Case::default(), actor, &rules.kind.open.by) {
        return Ok(());
    }
    Err(Refusal::new(
        Why::NotYou,
        format!("“{}”不由您登记", rules.kind.title),
    ))
}

/// Opens a case. `number` is called when everything else is decided: numbers have no gaps.
///
/// # Errors
/// A [`Refusal`] as in [`super::step`].
pub fn open(world: &World, start: Start, actor: &Actor) -> Result<Outcome, Refusal> {
    let world = &world.by(actor);
    let rules = rules_of(world, &start.kind)?;
    may_open(world, &start.kind, actor)?;
    let opening = &rules.kind.open;
    needs(opening.home && start.home.is_none(), "home", "请选择房屋")?;
    needs(
        opening.customer && start.customer.is_none(),
        "customer",
        "请选择客户",
    )?;
    let blank = Case {
        kind: start.kind.clone(),
        home: start.home.clone(),
        customer: start.customer.clone(),
        urgency: start.urgency,
        repeats: start.repeats,
        channel: start.channel.clone(),
        opened_at: world.at,
        people: opener(actor),
        ..Case::default()
    };
    let mut data = if start.partial {
        crate::form::take(rules, &start.data)?
    } else {
        crate::form::check(world, rules, &blank, &opening.ask, &start.data)?
    };
    data.retain(|_, value| !value.is_null());
    let filled = Case {
        data: data.clone(),
        ..blank.clone()
    };
    if let Some(when) = &opening.when
        && !rules.test(when, &CaseEnv::guard(world, &filled))
    {
        let sentence = opening
            .otherwise
            .clone()
            .unwrap_or_else(|| "登记条件未满足".to_owned());
        return Err(Refusal::new(Why::Condition, sentence));
    }
    judge::checked(world, rules, (&Data::new(), &filled), &opening.check)?;
    let mut turn = Turn::new(world, blank, actor.clone())?;
    effects::gather_sets(&turn, &opening.effects, &mut data);
    crate::form::compute(world, rules, &turn.case, &mut data);
    data.retain(|_, value| !value.is_null());
    begin(&mut turn, start, data)?;
    Ok(turn.finish())
}

/// Who opens a case stands by it before anything else is known of it.
pub fn opener(actor: &Actor) -> Vec<(Relation, String)> {
    let creator = actor.staff().map(|id| (Relation::Creator, id.to_owned()));
    creator.into_iter().collect()
}

fn begin(turn: &mut Turn, start: Start, data: Data) -> Result<(), Refusal> {
    let opening = turn.rules.kind.open.clone();
    let stage = opening
        .stage
        .clone()
        .unwrap_or_else(|| turn.rules.kind.stages[0].name.clone());
    let ends = turn.rules.stage(&stage).is_some_and(|s| s.ends);
    let creator = turn.actor_id().map(str::to_owned);
    turn.case = Case::default();
    let spent = turn.rules.spent(&data);
    let for_now: Data = spent
        .iter()
        .filter_map(|name| Some((name.clone(), data.get(name)?.clone())))
        .collect();
    turn.emit(Event::Opened(Box::new(Opened {
        id: start.id,
        kind: start.kind,
        manual: turn.world.manual.hash.clone(),
        site: start.site,
        number: String::new(),
        stage,
        ends,
        spent,
        data,
        home: start.home,
        customer: start.customer,
        contact: start.contact,
        parent: start.parent,
        channel: start.channel,
        was: start.was,
        urgency: start.urgency,
        repeats: start.repeats,
    })));
    let service = |id: &String| turn.world.roster.iter().any(|m| m.service && m.id == *id);
    // Another system follows nothing to its end: as with what owners report, the manual's routing finds somebody.
    let responsible = start
        .responsible
        .or_else(|| creator.clone().filter(|id| !service(id)));
    let mut people: Vec<(Relation, String)> = Vec::new();
    people.extend(creator.map(|staff| (Relation::Creator, staff)));
    people.extend(start.people);
    if !people.iter().any(|(r, _)| *r == Relation::Responsible) {
        people.extend(responsible.map(|staff| (Relation::Responsible, staff)));
    }
    for (relation, staff) in people {
        if !turn.case.is(relation, &staff) {
            turn.emit(Event::Joined { relation, staff });
        }
    }
    // While the opening lasts its effects read what is not kept.
    turn.case.data.extend(for_now.clone());
    for clock in &opening.starts {
        clocks::start(turn, clock);
    }
    for effect in &opening.effects {
        effects::perform(turn, effect)?;
    }
    perform::entered(turn, "")?;
    turn.case.data.retain(|name, _| !for_now.contains_key(name));
    Ok(())
}

fn needs(missing: bool, field: &str, sentence: &str) -> Result<(), Refusal> {
    if missing {
        let problem = FieldProblem {
            field: field.to_owned(),
            sentence: sentence.to_owned(),
        };
        return Err(Refusal::invalid(vec![problem]));
    }
    Ok(())
}
