//! Papers of a case, as one reader may print them.

use super::sight::Sight;
use engine::case::Case;
use engine::def::{PaperDef, PaperPart};
use engine::load::Rules;
use engine::step::{self, Actor, World};
use serde::Serialize;
use serde_json::{Map, Value};

/// A paper that is printed from a case.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PaperView {
    /// Name; the action `print:NAME` writes down that it was printed.
    pub name: String,
    /// Heading.
    pub title: String,
    /// Why it may not be printed now, if so.
    pub refusal: Option<String>,
    /// What stands on it.
    pub parts: Vec<PaperPartView>,
    /// Lines to be signed by hand.
    pub signs: Vec<String>,
    /// Who gets a copy; none: one sheet.
    pub copies: Vec<String>,
    /// The code for the gate stands on it.
    pub code: bool,
}

/// A part of a paper.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PaperPartView {
    /// Heading.
    pub title: Option<String>,
    /// Paragraphs, values filled in; personal ones masked as on screen.
    pub text: Vec<String>,
    /// Fields, by name.
    pub fields: Vec<String>,
}

/// The papers of a case.
pub fn of_case(
    world: &World,
    rules: &Rules,
    case: &Case,
    (actor, sight): (&Actor, Sight),
    data: &Map<String, Value>,
) -> Vec<PaperView> {
    let shown = Case {
        data: data.clone().into_iter().collect(),
        ..case.clone()
    };
    let part = |part: &PaperPart| PaperPartView {
        title: part.title.clone(),
        text: part
            .text
            .iter()
            .flat_map(|text| text.lines())
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| {
                let line = engine::tell::fill_paper(line, rules, &shown, &world.home, world.roster);
                sight.text(line)
            })
            .collect(),
        fields: part.fields.clone(),
    };
    let view = |(paper, refusal): (&PaperDef, Option<step::Refusal>)| PaperView {
        name: paper.name.clone(),
        title: paper.title.clone(),
        refusal: refusal.map(|refusal| refusal.sentence),
        parts: paper.parts.iter().map(part).collect(),
        signs: paper.signs.clone(),
        copies: paper.copies.clone(),
        code: paper.code,
    };
    step::papers(world, case, actor).into_iter().map(view).collect()
}
