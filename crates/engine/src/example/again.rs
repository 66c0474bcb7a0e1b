//! The same matter came again: the desk says of which case the new one is a repetition, and it becomes more urgent.

use super::play::Play;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::world::Actor;

/// The highest urgency.
const HIGHEST: u8 = 2;

impl Play<'_> {
    /// Records that the case last spoken of repeats the one of that name; the outer error is a mistake in the story.
    pub(super) fn again(&mut self, name: &str, actor: &Actor) -> Result<Result<(), Refusal>, String> {
        let earlier = self.named.get(name).and_then(|id| self.house.cases.get(id));
        let earlier = earlier.ok_or_else(|| format!("没有叫“{name}”的事项，请在前面登记时写 as"))?;
        let linked = Event::Linked {
            case: earlier.id.clone(),
            number: earlier.number.clone(),
            why: "同一件事".to_owned(),
            repeat: true,
        };
        let case = self.case().ok_or("还没有事项")?;
        let (id, urgency) = (case.id.clone(), case.urgency);
        let urged = (urgency < HIGHEST).then_some(Event::Urged { urgency: urgency + 1 });
        for event in [Some(linked), urged].into_iter().flatten() {
            if let Err(refusal) = self.house.decide(|family| family.record(&id, actor, event)) {
                return Ok(Err(refusal));
            }
        }
        Ok(Ok(()))
    }
}
