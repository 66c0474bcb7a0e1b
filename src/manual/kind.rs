//! One kind of the manual, as the handbook and the forms show it.

use super::fields::FieldView;
use super::views::{JudgementView, StageView, stages};
use crate::api::{Json, Path};
use crate::auth::Me;
use crate::context::App;
use crate::error::Problem;
use axum::extract::State;
use engine::def::{Action, Ask, ClockDef, Need, Round, Signoff};
use engine::load::{Manual, Rules};
use serde::Serialize;

/// A kind in full.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct KindView {
    /// Name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Pack.
    pub pack: String,
    /// A paragraph.
    pub about: String,
    /// Pattern of its numbers.
    pub number: String,
    /// First letters of the manual's hash.
    pub version: String,
    /// Field that is the title in lists.
    pub heading: String,
    /// Catalogue rows it serves.
    pub source: Vec<String>,
    /// How a case begins.
    pub open: OpenView,
    /// Form.
    pub fields: Vec<FieldView>,
    /// Stages.
    pub stages: Vec<StageView>,
    /// Actions.
    pub actions: Vec<ActionView>,
    /// Clocks.
    pub clocks: Vec<ClockRule>,
    /// Sign-offs.
    pub signoffs: Vec<SignoffRule>,
    /// Plans, in words.
    pub plans: Vec<String>,
    /// Papers that are printed from it, in words.
    pub papers: Vec<String>,
    /// Kinds that stand under it.
    pub children: Vec<JudgementView>,
    /// Flow chart: nodes and edges.
    #[schema(schema_with = crate::described::engine::<engine::load::Flow>)]
    pub flow: engine::load::Flow,
}

/// How a case begins.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OpenView {
    /// What is asked.
    pub ask: Vec<FieldView>,
    /// A home must be named.
    pub home: bool,
    /// A customer must be named.
    pub customer: bool,
    /// Who may, in words.
    pub by_titles: Vec<String>,
    /// What is filled in to answer it while the customer is still there 当场答复; absent: it cannot be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub at_once: Option<Vec<FieldView>>,
}

/// An action in the handbook.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ActionView {
    /// Name.
    pub name: String,
    /// Words on the button.
    pub title: String,
    /// Stages in which it may be done, in words.
    pub from: Vec<String>,
    /// Stage it leads to, in words.
    pub to: Option<String>,
    /// Who may, in words.
    pub by_titles: Vec<String>,
    /// What is asked, in words.
    pub asks: Vec<String>,
    /// What is said when its condition is not met.
    pub otherwise: Option<String>,
    /// The usual next step.
    pub main: bool,
}

/// A clock in the handbook.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ClockRule {
    /// Name.
    pub name: String,
    /// What is due.
    pub title: String,
    /// Limit in words.
    pub limit_title: String,
    /// Ladder in words.
    pub steps: Vec<String>,
}

/// A sign-off in the handbook.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SignoffRule {
    /// Name.
    pub name: String,
    /// Heading.
    pub title: String,
    /// One row per band; one row in all when it does not depend on an amount.
    pub bands: Vec<BandRule>,
}

/// A band in the handbook.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BandRule {
    /// For whom, when there is a choice.
    pub of: Option<String>,
    /// Amounts in words.
    pub amount: String,
    /// Rounds in words.
    pub rounds: Vec<String>,
}

/// One kind of the manual in force.
#[utoipa::path(get, path = "/kinds/{kind}", tag = "manual", params(("kind" = String, Path)),
    responses((status = 200, body = KindView)))]
pub async fn get_kind(
    State(app): State<App>,
    _me: Me,
    Path(kind): Path<String>,
) -> Result<Json<KindView>, Problem> {
    let manual = app.manuals.current();
    let rules = manual.kind(&kind).ok_or_else(Problem::not_found)?;
    Ok(Json(kind_view(&manual, rules)))
}

/// The whole of a kind.
pub fn kind_view(manual: &Manual, rules: &Rules) -> KindView {
    let kind = &rules.kind;
    let asked = |ask: &Ask| {
        let field = rules.field(&ask.field)?;
        Some(FieldView::asked(rules, field, ask.required))
    };
    KindView {
        name: kind.name.clone(),
        title: kind.title.clone(),
        pack: kind.pack.clone(),
        about: kind.about.clone(),
        number: kind.number.clone(),
        version: manual.hash.chars().take(8).collect(),
        heading: kind.heading.clone(),
        source: kind.source.clone(),
        open: OpenView {
            ask: kind.open.ask.iter().filter_map(asked).collect(),
            home: kind.open.home,
            customer: kind.open.customer,
            by_titles: engine::load::whos_title(manual, rules, &kind.open.by),
            at_once: rules
                .at_once()
                .map(|action| action.ask.iter().filter_map(asked).collect()),
        },
        fields: kind.fields.iter().map(|f| FieldView::shown(rules, f)).collect(),
        stages: stages(rules),
        actions: kind.actions.iter().map(|a| action(manual, rules, a)).collect(),
        clocks: kind.clocks.iter().map(|c| clock(manual, rules, c)).collect(),
        signoffs: kind.signoffs.iter().map(|s| signoff(manual, rules, s)).collect(),
        plans: kind.plans.iter().map(plan).collect(),
        papers: kind.papers.iter().map(|p| paper(manual, rules, p)).collect(),
        children: kind
            .children
            .iter()
            .map(|c| JudgementView {
                name: c.kind.clone(),
                title: c.title.clone(),
                kind: Some(c.kind.clone()),
            })
            .collect(),
        flow: engine::load::flow(manual, rules),
    }
}

fn action(manual: &Manual, rules: &Rules, action: &Action) -> ActionView {
    let stage = |name: &String| {
        rules
            .stage(name)
            .map_or_else(|| name.clone(), |s| s.title.clone())
    };
    let asks = action.ask.iter().filter_map(|ask| {
        let field = rules.field(&ask.field)?;
        Some(if ask.required {
            field.title.clone()
        } else {
            format!("{}（选填）", field.title)
        })
    });
    ActionView {
        name: action.name.clone(),
        title: action.title.clone(),
        from: action.from.iter().map(stage).collect(),
        to: action.to.as_ref().map(stage),
        by_titles: engine::load::whos_title(manual, rules, &action.by),
        asks: asks.collect(),
        otherwise: action.otherwise.clone(),
        main: action.main,
    }
}

fn clock(manual: &Manual, rules: &Rules, clock: &ClockDef) -> ClockRule {
    ClockRule {
        name: clock.name.clone(),
        title: clock.title.clone(),
        limit_title: engine::load::limit_title(manual, rules, clock),
        steps: clock
            .steps
            .iter()
            .map(|s| engine::load::step_title(manual, rules, s))
            .collect(),
    }
}

fn signoff(manual: &Manual, rules: &Rules, signoff: &Signoff) -> SignoffRule {
    let rounds = |rounds: &[Round]| rounds.iter().map(|r| round(manual, rules, r)).collect::<Vec<_>>();
    let mut bands: Vec<BandRule> = signoff
        .bands
        .iter()
        .map(|b| BandRule {
            of: b.of.clone(),
            amount: match (b.over, b.up_to) {
                (0, Some(top)) => format!("{top}元及以下"),
                (0, None) => "不限金额".to_owned(),
                (over, Some(top)) => format!("{over}元以上至{top}元"),
                (over, None) => format!("{over}元以上"),
            },
            rounds: rounds(&b.rounds),
        })
        .collect();
    if bands.is_empty() {
        bands.push(BandRule {
            of: None,
            amount: String::new(),
            rounds: rounds(&signoff.rounds),
        });
    }
    SignoffRule {
        name: signoff.name.clone(),
        title: signoff.title.clone(),
        bands,
    }
}

fn round(manual: &Manual, rules: &Rules, round: &Round) -> String {
    let slots = round.slots.iter().map(|slot| {
        let who = engine::load::whos_title(manual, rules, &slot.who).join("或");
        if who == slot.title {
            who
        } else {
            format!("{}（{who}）", slot.title)
        }
    });
    let need = match round.need {
        Need::All if round.slots.len() > 1 => "会签：",
        Need::All => "",
        Need::Any => "或签：",
        Need::AtLeast(_) => "票签：",
    };
    let slots: Vec<String> = slots.collect();
    format!("{} {need}{}", round.title, slots.join("、"))
}

fn paper(manual: &Manual, rules: &Rules, paper: &engine::def::PaperDef) -> String {
    let mut words = Vec::new();
    if !paper.by.is_empty() {
        let who = engine::load::whos_title(manual, rules, &paper.by);
        words.push(format!("由{}打印", who.join("、")));
    }
    words.extend(paper.otherwise.clone());
    if !paper.copies.is_empty() {
        words.push(format!(
            "一式{}份（{}）",
            paper.copies.len(),
            paper.copies.join("、")
        ));
    }
    if !paper.signs.is_empty() {
        words.push(format!("签字：{}", paper.signs.join("、")));
    }
    if words.is_empty() {
        paper.title.clone()
    } else {
        format!("{}：{}", paper.title, words.join("；"))
    }
}

fn plan(plan: &engine::def::PlanDef) -> String {
    let every: Vec<String> = plan.every.iter().map(engine::load::every_title).collect();
    format!("{}：{}，{}", plan.title, every.join("或"), plan.at.join("、"))
}
