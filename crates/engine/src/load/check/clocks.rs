//! Clocks: something starts them, something ends them, and their ladders can be climbed.

use super::super::names::suggest;
use super::super::place::Place;
use super::kind::KindCheck;
use crate::def::{Action, ClockDef, Round, StepDef, Who};

/// Levels a case can be lifted to.
const LEVELS: std::ops::RangeInclusive<u8> = 1..=5;

impl<'a> KindCheck<'a> {
    pub(super) fn clocks(&mut self) {
        let calendars = &self.draft.calendar_names;
        for (i, clock) in self.kind.clocks.iter().enumerate() {
            let place = Place::top().at("clock").at(i);
            let what = format!("时限“{}”", clock.title);
            if !calendars.contains(&clock.calendar) {
                let known = calendars
                    .iter()
                    .map(String::as_str)
                    .filter(|name| !name.starts_with("holidays."));
                let known = suggest(&clock.calendar, known);
                self.pen.error(
                    &place.at("calendar"),
                    format!("{what}的日历“{}”不存在{known}", clock.calendar),
                );
            }
            self.guard(&place.at("when"), clock.when.as_ref());
            self.limit(&place.at("limit"), clock, &clock.limit, false);
            for (s, stage) in clock.pauses_in.iter().enumerate() {
                let here = place.at("pauses_in").at(s);
                if self
                    .known_stage(&here, &format!("{what}暂停"), stage)
                    .is_some_and(|s| s.ends)
                {
                    self.pen.error(
                        &here,
                        format!("{what}不能暂停在结束阶段“{stage}”，到那里它已经停了，请删去"),
                    );
                }
            }
            for (s, step) in clock.steps.iter().enumerate() {
                self.rung(&place.at("steps").at(s), &what, step);
                if clock.steps[..s]
                    .iter()
                    .any(|other| other.at == step.at && other.when == step.when)
                {
                    self.pen.error(
                        &place.at("steps").at(s).at("at"),
                        format!("{what}在“{}”写了两步，请合成一步", step.at),
                    );
                }
            }
        }
    }

    fn rung(&mut self, place: &Place, what: &str, step: &StepDef) {
        if crate::calendar::offset(&step.at).is_none() {
            let sentence = format!(
                "看不懂{what}的提醒时间“{}”，应写成 -30m（到期前）、0（到期时）或 +2h（到期后）",
                step.at
            );
            self.pen.error(&place.at("at"), sentence);
        }
        self.guard(&place.at("when"), step.when.as_ref());
        self.told(&place.at("tell"), &step.tell);
        if let Some(raise) = step.raise.filter(|raise| !LEVELS.contains(raise)) {
            self.pen.error(
                &place.at("raise"),
                format!("{what}升级到第 {raise} 级，只能是 1 到 5 级"),
            );
        }
        if let Some(name) = &step.act {
            let action = self.known_action(&place.at("act"), &format!("{what}到时要办"), name);
            if let Some(action) = action.filter(|a| !a.by.contains(&Who::System)) {
                let sentence = format!(
                    "动作“{}”不由 system 办，{what}触发不了它，请在它的 by 里加上 \"system\"",
                    action.title
                );
                self.pen.error(&place.at("act"), sentence);
            }
        }
        if step.tell.is_empty() && step.raise.is_none() && step.act.is_none() {
            self.pen.error(
                place,
                format!("{what}的这一步什么也不做，请写 tell、raise 或 act"),
            );
        }
    }

    /// Every clock starts, stops, and goes on after a pause.
    pub(super) fn runs(&mut self) {
        if self.tangled {
            return;
        }
        for (i, clock) in self.kind.clocks.iter().enumerate() {
            self.run_of(
                &Place::top().at("clock").at(i),
                &format!("时限“{}”", clock.title),
                clock,
            );
        }
    }

    fn run_of(&mut self, place: &Place, what: &str, clock: &ClockDef) {
        let name = &clock.name;
        let of_round = self.rounds().any(|r| r.clock.as_ref() == Some(name));
        if !of_round && self.starters(name).next().is_none() && !self.kind.open.starts.contains(name) {
            let sentence = format!("{what}从不开始：没有登记或动作启动它，请在 starts 里写上“{name}”");
            self.pen.error(place, sentence);
        }
        let stopped = self.doers(name, |a| &a.stops).next().is_some();
        if !stopped && !of_round && !clock.stops_at_end {
            let sentence = format!(
                "{what}停不下来：没有能办的动作停止它，请在动作的 stops 里写上“{name}”，或给它写 stops_at_end = true"
            );
            self.pen.error(place, sentence);
        }
        let paused = self.doers(name, |a| &a.pauses).next().is_some();
        let resumed = self.doers(name, |a| &a.resumes).next().is_some();
        if paused && !resumed {
            self.pen.error(
                place,
                format!("{what}暂停后不再恢复，请在某个动作的 resumes 里写上“{name}”"),
            );
        }
        if resumed && !paused && clock.pauses_in.is_empty() {
            self.pen.error(
                place,
                format!("{what}有动作恢复它，却没有动作暂停它，请补上 pauses，或删去 resumes"),
            );
        }
    }

    /// Actions that start a clock.
    pub(super) fn starters<'s>(&'s self, clock: &'s str) -> impl Iterator<Item = &'a Action> + 's {
        self.doing(move |action| {
            let starts = action
                .starts
                .iter()
                .chain(action.restarts.iter().map(|r| &r.clock));
            starts.into_iter().any(|name| name == clock)
        })
    }

    /// Actions that do something to a clock, and that somebody can come to do.
    fn doers<'s>(
        &'s self,
        clock: &'s str,
        list: impl Fn(&Action) -> &Vec<String> + 's,
    ) -> impl Iterator<Item = &'a Action> + 's {
        self.doing(move |action| list(action).iter().any(|name| name == clock))
    }

    fn doing<'s>(&'s self, does: impl Fn(&Action) -> bool + 's) -> impl Iterator<Item = &'a Action> + 's {
        self.kind.actions.iter().filter(move |action| {
            does(action)
                && self.takeable(action)
                && self.reach.stages.iter().any(|stage| self.is_from(action, stage))
        })
    }

    /// Every round of every sign-off.
    pub(super) fn rounds(&self) -> impl Iterator<Item = &'a Round> {
        self.kind
            .signoffs
            .iter()
            .flat_map(|s| s.rounds.iter().chain(s.bands.iter().flat_map(|b| &b.rounds)))
    }
}
