//! Filling forms: what a sensible person would enter, by the name of the field where it matters, else by its type.
//!
//! One long table of names; a table reads better whole.

use super::chance::{Chance, DAY, HOUR, by_day};
use super::words::{self, FAULTS, GRIEVANCES, LEAKS, OTHERS, QUESTIONS};
use crate::context::App;
use engine::case::{Case, Data};
use engine::def::{Ask, Field, FieldType, ITEM, ROOM, STATE};
use engine::load::Rules;
use engine::step::World;
use engine::time::Time;
use serde_json::{Value, json};

/// A picture that a form names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    Photo,
    Signature,
}

/// What was entered, and the files it names.
#[derive(Default)]
pub struct Filled {
    pub data: Data,
    pub files: Vec<(String, Picture)>,
}

/// Where a form is filled.
pub struct Scene<'a> {
    pub app: &'a App,
    pub world: &'a World<'a>,
    pub rules: &'a Rules,
    pub case: &'a Case,
    pub offset: i32,
}

/// Optional fields that are left empty as a rule.
const SELDOM: [&str; 6] = [
    "contact_phone",
    "appointment_at",
    "blame_person",
    "blame_contractor",
    "praised",
    "note",
];

/// Fills what is asked.
pub fn fill(chance: &mut Chance, scene: &Scene, asks: &[Ask]) -> Filled {
    let mut filled = Filled::default();
    for ask in asks {
        let Some(field) = scene.rules.field(&ask.field) else {
            continue;
        };
        let seldom = SELDOM.contains(&field.name.as_str());
        let files = matches!(field.kind, FieldType::Files | FieldType::Signature);
        let likely = if seldom {
            0.15
        } else if files {
            0.35
        } else {
            0.6
        };
        // Whose fault it is decides whether an apology is asked for.
        let owed = field.name == "apology" && filled.data.get("fault") == Some(&json!("我方责任"));
        if !ask.required && !owed && !chance.hit(likely) {
            continue;
        }
        if let Some(value) = value(chance, scene, field, asks, &mut filled) {
            filled.data.insert(field.name.clone(), value);
        }
    }
    filled
}

/// What the case is about, where its text is one of ours.
fn said(case: &Case) -> &str {
    ["content", "about", "problem"]
        .iter()
        .find_map(|name| case.data.get(*name)?.as_str())
        .unwrap_or_default()
}

fn value(
    chance: &mut Chance,
    scene: &Scene,
    field: &Field,
    asks: &[Ask],
    so_far: &mut Filled,
) -> Option<Value> {
    if field.checklist.is_some() {
        return Some(checklist(chance, scene, field, asks, so_far));
    }
    let named = told(chance, scene, field, asks)
        .or_else(|| moment(chance, scene, field))
        .or_else(|| amount(chance, scene, field, &so_far.data))
        .or_else(|| listed(chance, scene, field));
    match named {
        Some(Value::Null) => None,
        Some(value) => Some(value),
        None => by_type(chance, scene, field, so_far),
    }
}

/// Words and choices.
fn told(chance: &mut Chance, scene: &Scene, field: &Field, asks: &[Ask]) -> Option<Value> {
    let (case, about) = (scene.case, said(scene.case));
    let fault = FAULTS.iter().chain(&LEAKS).find(|f| about.ends_with(f.said));
    let grievance = GRIEVANCES.iter().find(|g| about.ends_with(g.said));
    let question = QUESTIONS.iter().find(|q| about.ends_with(q.said));
    let other = OTHERS.iter().find(|o| about.ends_with(o.said));
    let kept = |name: &str| case.data.get(name).cloned();
    let mut of = |weights: &[(&str, f64)]| {
        let index = chance.weighted(&weights.iter().map(|w| w.1).collect::<Vec<_>>());
        index.map(|i| json!(weights[i].0))
    };
    match field.name.as_str() {
        "valid" => of(&[("有效", 9.0), ("无效", 1.0)]),
        "fault" => of(&[("我方责任", 6.0), ("非我方责任", 2.5), ("待查", 1.5)]),
        "severity" => kept("severity").or_else(|| grievance.map(|g| json!(g.severity))),
        "sphere" => kept("sphere").or_else(|| grievance.map(|g| json!(g.sphere))),
        "cause" => grievance.map(|g| json!(g.cause)),
        "wish" => grievance.map(|g| json!(g.wish)),
        "blame_department" => grievance.map(|g| json!(g.department)),
        "grade" if asks.iter().any(|ask| ask.field == "dissatisfied_with") => {
            of(&[("1星", 1.0), ("2星", 2.0)])
        }
        "grade" => of(&[("5星", 5.0), ("4星", 4.0), ("3星", 1.0)]),
        "systemic" => Some(json!(chance.hit(0.1))),
        "trade" => fault.map(|f| json!(f.trade)),
        "proposed" => {
            let refused = kept("refused_no").and_then(|n| usize::try_from(n.as_i64()?).ok());
            field.choices.get(refused.unwrap_or(0)).map(|plan| json!(plan))
        }
        "chosen" => kept("proposed"),
        "answer" => match (grievance, question) {
            (Some(g), _) if !case.data.contains_key("answer") => Some(json!(g.answer)),
            (_, Some(q)) => Some(json!(q.answer)),
            _ => Some(json!(chance.one(&words::TALKS))),
        },
        "article" => question.map(|q| {
            if q.article.is_empty() {
                Value::Null
            } else {
                json!(q.article)
            }
        }),
        "article_wanted" => question.map(|_| json!("客户常问，请补一条怎么办理")),
        "centre_reason" => Some(json!("请开发建设方核实并给出处理意见")),
        "progress" | "contractor_reply" | "reminded" => Some(json!(chance.one(&words::TALKS))),
        "result" => grievance
            .map(|g| json!(g.result))
            .or_else(|| other.map(|o| json!(o.result))),
        "arrangement" | "measures" | "plan" => grievance
            .map(|g| json!(g.plan))
            .or_else(|| fault.map(|f| json!(format!("拟{}", f.done)))),
        "apology" => Some(json!(chance.one(&words::APOLOGIES))),
        "work_done" | "work_result" => fault.map(|f| json!(f.done)),
        "opinion" if asks.iter().any(|a| a.field == "dissatisfied_with") => {
            Some(json!(chance.one(&words::COMPLAINTS_AFTER)))
        }
        "opinion" => Some(json!(chance.one(&words::OPINIONS))),
        "acceptance_note" | "review_note" | "approval_note" | "refund_note" | "director_note"
        | "conditions" => Some(json!(chance.one(&words::NOTED))),
        "contractor" => Some(json!(chance.one(&words::CONTRACTORS).0)),
        "company" => Some(json!(chance.one(&words::FIRMS))),
        "phase" => Some(next_choice(field, kept("phase"))),
        "papers_missing" if asks.iter().any(|a| a.field == "papers") && chance.hit(0.8) => None,
        "papers_missing" => Some(json!("收入证明")),
        "bank" => Some(json!("演示银行")),
        "way" | "told_how" => Some(json!(field.choices.first()?)),
        _ => None,
    }
}

/// The choice after the one that stands.
fn next_choice(field: &Field, now: Option<Value>) -> Value {
    let at = field
        .choices
        .iter()
        .position(|c| Some(c.as_str()) == now.as_ref().and_then(Value::as_str));
    let next = at.map_or(0, |at| (at + 1).min(field.choices.len() - 1));
    json!(field.choices[next])
}

/// Instants and days.
fn moment(chance: &mut Chance, scene: &Scene, field: &Field) -> Option<Value> {
    let (now, offset) = (scene.world.at.0, scene.offset);
    let mut hours =
        |from: i64, to: i64| json!(by_day(now + chance.between(from * 4, to * 4) * HOUR / 4, offset));
    let day = |days: i64| json!(Time(now + days * DAY).date(offset).to_string());
    let kept = |name: &str| scene.case.data.get(name).cloned();
    Some(match field.name.as_str() {
        "next_answer_at" => hours(4, 30),
        "appointment_at" => hours(2, 26),
        "next_try_at" => hours(3, 24),
        "leaves_at" => hours(1, 8),
        "rectify_by" | "limit_at" => hours(36, 72),
        "contract_limit_at" => hours(72, 192),
        "outside_due_at" => hours(72, 120),
        "valid_until" => json!(now + chance.between(8, 24) * HOUR),
        "engineering_received_at" | "sales_received_at" => json!(now),
        "fire_from" => json!(now + HOUR),
        "fire_to" => kept("fire_to")
            .filter(|at| at.as_i64() > Some(now + HOUR))
            .unwrap_or(json!(now + 3 * HOUR)),
        "start_on" | "starts_on" => day(0),
        "plan_from" => day(3),
        "plan_to" => day(48),
        "finish_by" if scene.case.data.contains_key("finish_by") => day(6),
        "finish_by" => day(chance.between(30, 46)),
        "new_finish_by" => {
            let until = kept("finish_by").and_then(|d| d.as_str()?.parse::<chrono::NaiveDate>().ok())?;
            json!((until + chrono::Days::new(10)).to_string())
        }
        "sign_on" => day(chance.between(5, 11)),
        "valid_on" => day(30),
        _ => return None,
    })
}

/// Numbers, money, and papers with numbers.
fn amount(chance: &mut Chance, scene: &Scene, field: &Field, so_far: &Data) -> Option<Value> {
    let data = &scene.case.data;
    let fen = |name: &str| {
        so_far
            .get(name)
            .or_else(|| data.get(name))
            .and_then(Value::as_i64)
    };
    let mut number = |prefix: &str| json!(format!("{prefix}{:06}", chance.between(1, 1_000_000)));
    Some(match field.name.as_str() {
        "deposit_receipt" | "receipt_no" => number("SJ"),
        "permit_no" => number("XK"),
        "contract_no" => number("RGS"),
        "card_no" => number("CR"),
        "refund_receipt" => number("TK"),
        "outside_number" => number("演示"),
        "hours" => json!(chance.between(1, 9) as f64 / 2.0),
        name @ ("estimate" | "quote") => {
            let rows = so_far.get(&format!("{name}_items")).and_then(Value::as_array);
            json!(
                rows.into_iter()
                    .flatten()
                    .filter_map(|row| row["price"].as_i64())
                    .sum::<i64>()
            )
        }
        "cost" => match data.get("cost_approved") {
            Some(Value::Bool(true)) => json!(fen("estimate").unwrap_or(0) * chance.between(70, 101) / 100),
            _ => json!(fen("quote").unwrap_or(0)),
        },
        "deposit" if scene.rules.kind.name == "subscription" => json!(2_000_000),
        "deposit" => json!(200_000),
        "deposit_received" => json!(fen("deposit")?),
        "deposit_back" => json!(fen("deposit_received").unwrap_or(0)),
        "fine" if so_far.get("breach_kind") == Some(&json!("恢复原状")) => json!(0),
        "fine" => json!(chance.between(1, 6) * 10_000),
        "list_price" => json!(chance.between(800, 1_600) * 100_000),
        "price" => json!(fen("list_price")? / 100 * chance.between(95, 100)),
        "sealed_copies" => json!(3),
        "extinguishers" => json!(2),
        "score" | "retest" => json!(chance.between(82, 97)),
        "worker_name" | "watcher" | "company_lead" | "carrier_name" => json!(name(chance)),
        "id_number" => json!("000000000000000000"),
        "phone" | "company_phone" | "carrier_phone" | "watcher_phone" | "contact_phone" => {
            json!(format!("1380000{:04}", chance.between(9_000, 10_000)))
        }
        "plate" => json!(format!("演A{:05}", chance.between(1, 100_000))),
        _ => return None,
    })
}

/// Tables, and lists that are not ticked whole.
fn listed(chance: &mut Chance, scene: &Scene, field: &Field) -> Option<Value> {
    let about = said(scene.case);
    let fault = FAULTS.iter().chain(&LEAKS).find(|f| about.ends_with(f.said));
    let grievance = GRIEVANCES.iter().find(|g| about.ends_with(g.said));
    let soon = Time(scene.world.at.0 + 2 * DAY).date(scene.offset).to_string();
    Some(match field.name.as_str() {
        "options" => {
            let first = grievance.map_or("按客户要求处理", |g| g.plan);
            let mut rows =
                vec![json!({ "plan": first, "cost": chance.between(0, 5) * 10_000, "by_day": soon })];
            if chance.hit(0.6) {
                rows.push(
                    json!({ "plan": "减免一个月物业费，并由主管每周回访", "cost": 18_000, "by_day": soon }),
                );
            }
            Value::Array(rows)
        }
        "materials" => {
            json!([{ "name": fault.map_or("辅料", |f| f.material), "quantity": chance.between(1, 4),
            "unit": "件", "price": chance.between(5, 80) * 100 }])
        }
        "estimate_items" => json!([{
            "item": "材料和人工",
            "price": chance.one(&[28_000, 80_000, 90_000, 150_000, 360_000, 680_000, 1_260_000]),
        }]),
        "quote_items" => json!([
            { "item": "材料", "price": chance.between(20, 160) * 100 },
            { "item": "人工", "price": chance.between(50, 200) * 100 },
        ]),
        "goods" => {
            let summary = scene
                .case
                .data
                .get("summary")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let goods = words::GOODS
                .iter()
                .find(|g| g.0 == summary)
                .map_or("纸箱", |g| g.1);
            json!([{ "name": goods, "quantity": chance.between(1, 6), "note": "完好" }])
        }
        "buyers" => json!([{ "name": name(chance), "id_kind": "身份证", "id_number": "000000000000000000",
            "phone": format!("1380000{:04}", chance.between(9_000, 10_000)), "share": 100 }]),
        "whys" => json!([
            { "why": "为什么会发生", "because": "检查流于形式，没有逐项记录" },
            { "why": "为什么没有记录", "because": "检查表没有写到人和时间" },
        ]),
        "papers" => json!(["身份证明", "婚姻证明"]),
        "items" => json!(["水路", "电路", "地面", "墙面吊顶"]),
        _ => return None,
    })
}

fn by_type(chance: &mut Chance, scene: &Scene, field: &Field, so_far: &mut Filled) -> Option<Value> {
    let now = scene.world.at.0;
    let choices = engine::form::choices(scene.rules, field);
    Some(match field.kind {
        FieldType::Line | FieldType::Text => json!(chance.one(&words::REASONS)),
        FieldType::Number => json!(field.min.unwrap_or(1.0).max(1.0)),
        FieldType::Money => json!(chance.between(1, 6) * 10_000),
        FieldType::Date => json!(Time(now + 7 * DAY).date(scene.offset).to_string()),
        FieldType::Time => json!(by_day(now + DAY, scene.offset)),
        FieldType::Flag => json!(true),
        FieldType::Choice if choices.is_empty() => return None,
        FieldType::Choice => json!(chance.one(&choices)),
        FieldType::Choices => json!([chance.one(&choices)]),
        FieldType::Checklist => json!(choices),
        FieldType::Person => json!(colleague(chance, scene, field)?),
        FieldType::Customer => json!(scene.case.customer.as_ref()?),
        FieldType::Home => json!(scene.case.home.as_ref()?),
        FieldType::Place => json!({ "text": "现场定位" }),
        FieldType::Files => {
            let fewest = field.min.map_or(1, |min| min as i64);
            let count = fewest.max(chance.between(1, 3));
            let ids: Vec<String> = (0..count)
                .map(|_| picture(scene.app, so_far, Picture::Photo))
                .collect();
            json!(ids)
        }
        FieldType::Signature => json!(picture(scene.app, so_far, Picture::Signature)),
        FieldType::Table => {
            let cells = field
                .columns
                .iter()
                .filter_map(|c| Some((c.name.clone(), by_type(chance, scene, c, so_far)?)));
            json!([cells.collect::<Data>()])
        }
        FieldType::Computed => return None,
    })
}

/// Everything is in order, unless it is asked what is not: then one item is not.
fn checklist(chance: &mut Chance, scene: &Scene, field: &Field, asks: &[Ask], so_far: &mut Filled) -> Value {
    let places = engine::form::places(scene.rules, field);
    let wrong = asks
        .iter()
        .any(|ask| ["finding", "rectify_by"].contains(&ask.field.as_str()));
    let wrong = wrong.then(|| chance.between(0, places.len() as i64));
    let mut rows = Vec::new();
    for (nth, (list, room, item)) in (0..).zip(places) {
        let failing = list.failing();
        let state = list
            .states
            .iter()
            .find(|state| failing.contains(state) == (wrong == Some(nth)));
        let mut row = Data::from_iter([(ITEM.to_owned(), json!(item)), (STATE.to_owned(), json!(state))]);
        if !room.is_empty() {
            row.insert(ROOM.to_owned(), json!(room));
        }
        for column in &field.columns {
            let asked = list.ask.iter().any(|ask| ask.field == column.name);
            if !row.contains_key(&column.name)
                && (!asked || wrong == Some(nth))
                && let Some(value) = by_type(chance, scene, column, so_far)
            {
                row.insert(column.name.clone(), value);
            }
        }
        rows.push(row);
    }
    json!(rows)
}

fn picture(app: &App, so_far: &mut Filled, picture: Picture) -> String {
    let id = app.id();
    so_far.files.push((id.clone(), picture));
    id
}

/// A colleague who fits the field: workers are engineers on duty, the rest anybody.
fn colleague<'a>(chance: &mut Chance, scene: &Scene<'a>, field: &Field) -> Option<&'a str> {
    let post = match field.name.as_str() {
        "worker" => "engineer",
        "owner" => "repair-lead",
        "guide" => "guide",
        "examiner" => "supervisor",
        _ => "front-desk",
    };
    let roster = scene.world.roster;
    let fit: Vec<_> = roster.iter().filter(|m| m.posts.contains(post)).collect();
    let ready: Vec<_> = fit.iter().copied().filter(|m| m.on_duty).collect();
    let from = if ready.is_empty() { fit } else { ready };
    (!from.is_empty()).then(|| chance.one(&from).id.as_str())
}

/// An invented name.
pub fn name(chance: &mut Chance) -> String {
    format!("{}{}", chance.one(&words::SURNAMES), chance.one(&words::GIVEN))
}
