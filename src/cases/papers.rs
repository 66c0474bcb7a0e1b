//! Papers of a case, as one reader may print them.

use super::load;
use super::sight::Sight;
use super::world::Around;
use crate::api::{Json, Path};
use crate::auth::Me;
use crate::context::App;
use crate::error::{Code, Problem};
use crate::estate;
use axum::extract::State;
use engine::case::{Case, Data};
use engine::def::{PaperDef, PaperPart, PaperStyle};
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
    /// How it looks.
    #[schema(schema_with = crate::described::engine::<PaperStyle>)]
    pub style: PaperStyle,
    /// Why it may not be printed now, if so.
    pub refusal: Option<String>,
    /// What stands on it.
    pub parts: Vec<PaperPartView>,
    /// Lines to be signed by hand.
    pub signs: Vec<String>,
    /// Something personal on it is masked here, and printed in full by this reader.
    pub whole: bool,
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

/// What is personal on a paper, in full.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WholePaper {
    /// What stands on it.
    pub parts: Vec<PaperPartView>,
    /// Values of its fields.
    #[schema(value_type = HashMap<String, Value>)]
    pub data: Data,
}

/// Papers printed in full by one person in an hour; a batch of notices is printed at one sitting.
const MOST: i64 = 300;

/// The papers of a case, what is personal masked as `data` has it.
pub fn of_case(
    world: &World,
    rules: &Rules,
    case: &Case,
    (actor, sight): (&Actor, Sight),
    data: &Map<String, Value>,
) -> Vec<PaperView> {
    let masked = Case {
        data: data.clone().into_iter().collect(),
        ..case.clone()
    };
    let view = |(paper, refusal): (&PaperDef, Option<step::Refusal>)| {
        let parts = parts(world, rules, &masked, paper, sight);
        PaperView {
            name: paper.name.clone(),
            title: paper.title.clone(),
            style: paper.style,
            whole: refusal.is_none() && in_full(paper, sight) && {
                let full = self::parts(world, rules, case, paper, Sight::Whole);
                let mut fields = paper.parts.iter().flat_map(|part| &part.fields);
                full.iter()
                    .zip(&parts)
                    .any(|(full, shown)| full.text != shown.text)
                    || fields.any(|name| case.data.get(name) != data.get(name))
            },
            refusal: refusal.map(|refusal| refusal.sentence),
            parts,
            signs: paper.signs.clone(),
            copies: paper.copies.clone(),
            code: paper.code,
        }
    };
    step::papers(world, case, actor).into_iter().map(view).collect()
}

/// A paper whose printing the manual gives to somebody is theirs to hand out, and a notice to “****” serves nobody.
fn in_full(paper: &PaperDef, sight: Sight) -> bool {
    !paper.by.is_empty() || sight == Sight::Whole
}

fn parts(world: &World, rules: &Rules, shown: &Case, paper: &PaperDef, sight: Sight) -> Vec<PaperPartView> {
    let part = |part: &PaperPart| PaperPartView {
        title: part.title.clone(),
        text: part
            .text
            .iter()
            .map(|text| engine::tell::fill_paper(text, rules, shown, &world.home, world.roster))
            // What was entered has paragraphs of its own.
            .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
            .map(|line| sight.text(line.trim().to_owned()))
            .filter(|line| !line.is_empty())
            .collect(),
        fields: part.fields.clone(),
    };
    paper.parts.iter().map(part).collect()
}

/// What is personal on a paper in full, for who may print it now. It is recorded that they looked (SAFE-4).
#[utoipa::path(post, path = "/cases/{id}/papers/{paper}", tag = "cases",
    params(("id" = String, Path, description = "Case"), ("paper" = String, Path)),
    responses((status = 200, body = WholePaper)))]
pub async fn whole_paper(
    State(app): State<App>,
    me: Me,
    Path((id, name)): Path<(String, String)>,
) -> Result<Json<WholePaper>, Problem> {
    let read = app.db.read();
    let case = load::for_reader(&app, read, &me, &id).await?;
    let around = Around::shown(&app, read, &case).await?;
    let rules = around
        .manual()
        .kind(&case.kind)
        .ok_or_else(|| Problem::internal("unknown kind"))?;
    let now = app.clock.now();
    let world = around.world(now, now, false);
    let mut papers = step::papers(&world, &case, &Actor::Staff(me.id.clone())).into_iter();
    let found = papers.find(|(paper, _)| paper.name == name);
    let (paper, refusal) = found.ok_or_else(Problem::not_found)?;
    if let Some(refusal) = refusal {
        return Err(Problem::new(Code::Refused, refusal.sentence));
    }
    if !in_full(paper, Sight::of_case(&me, &case)) {
        return Err(Problem::forbidden());
    }
    let reason = format!("打印“{}”", paper.title);
    estate::look(&app, &me, "paper", &id, &reason, MOST).await?;
    let fields = paper.parts.iter().flat_map(|part| &part.fields);
    let data = fields.filter_map(|name| Some((name.clone(), case.data.get(name)?.clone())));
    Ok(Json(WholePaper {
        parts: parts(&world, rules, &case, paper, Sight::Whole),
        data: data.collect(),
    }))
}
