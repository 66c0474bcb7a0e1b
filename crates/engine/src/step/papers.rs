//! Papers: which may be printed now, and the mark that one was.

use super::who::{is_one_of, rules_of, whole};
use crate::case::Case;
use crate::def::PaperDef;
use crate::env::CaseEnv;
use crate::event::Event;
use crate::refusal::{Refusal, Why};
use crate::world::{Actor, World};

/// What stands before the name of a paper where printing it is asked for as an action: `print:permit`.
const VERB: &str = "print:";

/// Every paper of the kind, and why the actor may not print it now, if so.
pub fn papers<'w>(world: &World<'w>, case: &Case, actor: &Actor) -> Vec<(&'w PaperDef, Option<Refusal>)> {
    let Ok(rules) = rules_of(world, &case.kind) else {
        return Vec::new();
    };
    let world = &world.by(actor);
    let papers = rules.kind.papers.iter();
    papers
        .map(|paper| (paper, may(world, case, actor, paper).err()))
        .collect()
}

/// The paper an action prints.
pub(super) fn named<'a>(papers: &'a [PaperDef], action: &str) -> Option<&'a PaperDef> {
    let name = action.strip_prefix(VERB)?;
    papers.iter().find(|paper| paper.name == name)
}

/// Whether the actor may print it now.
pub(super) fn may(world: &World, case: &Case, actor: &Actor, paper: &PaperDef) -> Result<(), Refusal> {
    whole(case)?;
    let staff = matches!(actor, Actor::Staff(_));
    if !staff || (!paper.by.is_empty() && !is_one_of(world, case, actor, &paper.by)) {
        let sentence = format!("“{}”不由您打印", paper.title);
        return Err(Refusal::new(Why::NotYou, sentence));
    }
    let rules = rules_of(world, &case.kind)?;
    let holds = |when: &String| rules.test(when, &CaseEnv::guard(world, case));
    if paper.when.as_ref().is_none_or(holds) {
        return Ok(());
    }
    let unsaid = || format!("现在还不能打印“{}”：条件未满足", paper.title);
    let sentence = paper.otherwise.clone().unwrap_or_else(unsaid);
    Err(Refusal::new(Why::Condition, sentence))
}

/// What is written down when it is printed.
pub(super) fn printed(paper: &PaperDef) -> Event {
    Event::Printed {
        paper: paper.name.clone(),
    }
}
