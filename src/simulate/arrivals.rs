//! What customers and the company bring up, and when.

use super::cast::Cast;
use super::chance::{Chance, DAY, HOUR, MINUTE, by_day};
use super::company::{Home, Site};
use super::words::{self, FAULTS, Fault, GRIEVANCES, LEAKS, OTHERS, QUESTIONS};
use super::{Plan, forms};
use crate::contacts::request::{ContactRequest, JudgementRequest};
use engine::case::Data;
use engine::step::Start;
use engine::time::Time;
use serde_json::{Value, json};

/// Something that begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Arrival {
    /// A contractor is put on record; which one.
    Contractor(usize),
    /// A customer calls, comes or writes.
    Contact,
    /// Water is where it should not be, and an engineer is wanted at once.
    Leak,
    /// Somebody wants to take things out of the gate.
    Pass,
    /// An owner wants to decorate.
    Decoration,
    /// A home is sold.
    Subscription,
    /// Somebody new begins to work.
    Newcomer,
    /// Quality wants something improved.
    Improvement,
    /// A shop opens.
    Shop,
    /// A patrol finds something.
    Finding,
}

/// Homes for each contact of a day.
const HOMES_PER_CONTACT: f64 = 25.0;
/// Likelihood of each hour of the day.
const HOURS: [f64; 24] = [
    0.2, 0.1, 0.1, 0.1, 0.1, 0.2, 0.6, 2.0, 5.0, 7.0, 7.0, 6.0, 4.0, 3.5, 4.5, 5.0, 5.0, 5.0, 6.0, 7.0, 5.0,
    3.0, 1.2, 0.5,
];

/// Everything that will begin, with its instant.
pub fn calendar(chance: &mut Chance, plan: &Plan, offset: i32) -> Vec<(i64, Arrival)> {
    let mut all = Vec::new();
    let zone = i64::from(offset) * MINUTE;
    let homes = plan.homes as f64;
    let first = (plan.start() + zone).div_euclid(DAY) * DAY - zone;
    for day in 0..=i64::from(plan.days) {
        let mean = homes / HOMES_PER_CONTACT * (0.7 + 0.6 * chance.share());
        for _ in 0..mean.round() as usize {
            let hour = chance.weighted(&HOURS).unwrap_or(9) as i64;
            let at = first + day * DAY + hour * HOUR + chance.between(0, HOUR);
            all.push((
                at,
                if chance.hit(0.08) {
                    Arrival::Pass
                } else {
                    Arrival::Contact
                },
            ));
        }
    }
    // Who repairs for the developer is known before anything breaks.
    let contractors = 0..words::CONTRACTORS.len();
    all.extend(contractors.map(|nth| (plan.start(), Arrival::Contractor(nth))));
    // The present is lively, whatever the hour the demonstration begins at.
    for _ in 0..(homes / 14.0).ceil() as usize {
        all.push((plan.now - chance.between(2, 170) * MINUTE, Arrival::Contact));
    }
    for _ in 0..(homes / 30.0).ceil() as usize {
        all.push((plan.now - chance.between(20, 100) * MINUTE, Arrival::Leak));
    }
    all.push((plan.now - 40 * MINUTE, Arrival::Pass));
    let mut now_and_then = |what: Arrival, count: f64, until: f64| {
        for _ in 0..(count.ceil() as usize) {
            let span = (plan.now - plan.start()) as f64 * until;
            let at = plan.start() + (chance.share() * span) as i64;
            all.push((by_day(at, offset), what));
        }
    };
    now_and_then(Arrival::Decoration, homes / 40.0, 0.8);
    now_and_then(Arrival::Subscription, homes / 40.0, 0.97);
    now_and_then(Arrival::Newcomer, 2.0, 0.9);
    now_and_then(Arrival::Improvement, 2.0, 0.9);
    now_and_then(Arrival::Shop, 5.0, 0.1);
    now_and_then(Arrival::Finding, homes / 80.0, 0.95);
    all.retain(|(at, _)| (plan.start()..=plan.now).contains(at));
    all.sort();
    all
}

/// A call: which site, and the register's entry. The channel says who registers it.
pub fn contact(chance: &mut Chance, sites: &[Site], leak: bool) -> ContactRequest {
    let site = &sites[usize::from(!leak && chance.hit(0.4))];
    let home = owned(chance, site);
    let person = home.map(|home| chance.one(&home.people));
    let known = person.filter(|_| chance.hit(0.93));
    let channels = [
        ("call", 5.0),
        ("visit", 2.0),
        ("portal", 1.6),
        ("control-room", 0.4),
        ("security-staff", 0.4),
        ("chat", 0.6),
    ];
    let channel = chance
        .weighted(&channels.map(|c| c.1))
        .map_or("call", |i| channels[i].0);
    let channel = if known.is_none() && channel == "portal" {
        "call"
    } else {
        channel
    };
    let (judgement, data, said, common) = if leak {
        broken(chance, &LEAKS)
    } else {
        matter(chance)
    };
    let urgency = if chance.hit(0.06) { 1 } else { 0 };
    ContactRequest {
        site: site.id.clone(),
        channel: channel.to_owned(),
        customer: known.map(|p| p.id.clone()),
        home: home.filter(|_| known.is_some() && !common).map(|h| h.id.clone()),
        caller_name: person.map(|p| p.name.clone()).unwrap_or_default(),
        caller_phone: person.map(|p| p.phone.clone()).unwrap_or_default(),
        said,
        judgements: vec![JudgementRequest {
            judgement: judgement.to_owned(),
            urgency,
            answer: None,
            data,
        }],
        read_back: chance.hit(0.9),
        ..ContactRequest::default()
    }
}

/// Something that broke, as [`matter`] gives it.
fn broken(chance: &mut Chance, faults: &[Fault]) -> (&'static str, Data, String, bool) {
    let since = *chance.one(&words::SINCE);
    let fault = chance.one(faults);
    let said = format!("{since}{}", fault.said);
    let fields = [
        ("content", said.as_str()),
        ("part", fault.part),
        ("place", fault.place),
        ("spot", fault.spot),
    ];
    let data = fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    ("repair", data, said, fault.place == "公共部位")
}

/// Judgement, form, words, and whether it is about what all share.
fn matter(chance: &mut Chance) -> (&'static str, Data, String, bool) {
    let since = *chance.one(&words::SINCE);
    let form = |value: Value| value.as_object().cloned().unwrap_or_default();
    match chance.share() {
        part if part < 0.40 => broken(chance, &FAULTS),
        part if part < 0.56 => {
            let grievance = chance.one(&GRIEVANCES);
            let said = format!("{since}{}", grievance.said);
            let mut data =
                form(json!({ "content": said, "sphere": grievance.sphere, "severity": grievance.severity }));
            if chance.hit(0.6) {
                data.insert("wish".to_owned(), json!(grievance.wish));
            }
            ("complaint", data, said, false)
        }
        part if part < 0.78 => {
            let question = chance.one(&QUESTIONS);
            let data = json!({ "content": question.said, "category": question.category });
            ("consultation", form(data), question.said.to_owned(), false)
        }
        _ => {
            let other = chance.one(&OTHERS);
            (
                other.judgement,
                form(json!({ "sort": other.sort, "content": other.said })),
                other.said.to_owned(),
                false,
            )
        }
    }
}

fn owned<'s>(chance: &mut Chance, site: &'s Site) -> Option<&'s Home> {
    let owned: Vec<&Home> = site.homes.iter().filter(|h| !h.people.is_empty()).collect();
    (!owned.is_empty()).then(|| *chance.one(&owned))
}

/// A case somebody opens without a contact: who (login, or none for whoever is at the desk), and its beginning.
pub fn case(
    chance: &mut Chance,
    sites: &[Site],
    cast: &Cast,
    what: Arrival,
    now: i64,
    offset: i32,
) -> Option<(&'static str, Start)> {
    let which = usize::from(chance.hit(0.35));
    let site = &sites[which];
    let day = |days: i64| Time(now + days * DAY).date(offset).to_string();
    let (by, kind, home, data) = match what {
        Arrival::Contact | Arrival::Leak => return None,
        Arrival::Contractor(nth) => {
            let (name, trades) = words::CONTRACTORS[nth];
            let data = json!({
                "name": name, "contract_no": format!("演示合同{}", nth + 1), "trades": trades,
                "contact_name": forms::name(chance), "contact_phone": format!("1380000{:04}", chance.between(9_000, 10_000)),
            });
            ("gongcheng", "builder", None, data)
        }
        Arrival::Pass => {
            let goods = chance.one(&words::GOODS);
            let carrier = if chance.hit(0.7) {
                "业主本人"
            } else {
                "他人代办"
            };
            let rows = json!([{ "name": goods.1, "quantity": chance.between(1, 5), "note": "" }]);
            let data = json!({ "summary": goods.0, "goods": rows, "carrier": carrier });
            (
                if which == 0 { "qiantai" } else { "qiantai3" },
                "release-pass",
                owned(chance, site),
                data,
            )
        }
        Arrival::Decoration => {
            let data = json!({
                "scope": chance.one(&words::SCOPES), "company": chance.one(&words::FIRMS), "company_lead": forms::name(chance),
                "company_phone": format!("1380000{:04}", chance.between(9_000, 10_000)),
                "items": ["水路", "电路", "地面", "墙面吊顶"], "plan_from": day(4), "plan_to": day(50),
            });
            ("zhuangxiu", "decoration", owned(chance, site), data)
        }
        Arrival::Subscription => {
            let free: Vec<&Home> = site.homes.iter().filter(|h| !h.sold).collect();
            let home = (!free.is_empty()).then(|| *chance.one(&free))?;
            let list = chance.between(80, 160) * 1_000_000;
            let percent = chance.between(94, 101);
            let authority = match percent {
                100 => "没有优惠",
                97..=99 => "销售经理",
                95..=96 => "销售总监",
                _ => "总经理",
            };
            let ways = ["商业按揭", "公积金按揭", "一次性付款"];
            let buyer = json!([{ "name": forms::name(chance), "id_kind": "身份证", "id_number": "000000000000000000",
                "phone": "13800009999", "share": 100 }]);
            let data = json!({
                "unit": home.title, "buyers": buyer, "list_price": list, "price": list / 100 * percent,
                "discount_authority": authority, "pay_way": chance.one(&ways), "deposit": 2_000_000, "sign_on": day(9),
            });
            ("zhiye", "subscription", Some(home), data)
        }
        Arrival::Shop => {
            let free = site.shops.iter().position(|shop| !shop.sold)?;
            let (name, trade, fumes) = words::SHOPS[(which * site.shops.len() + free) % words::SHOPS.len()];
            let data = json!({
                "name": name, "keeper": forms::name(chance), "keeper_phone": format!("1380000{:04}", chance.between(9_000, 10_000)),
                "trade": trade, "licence_no": format!("演示{:010}", chance.between(1, 1_000_000_000)), "fumes": fumes,
                "sign_approved": true, "fire_equipment": "灭火器两具，收银台旁，有效期内",
            });
            ("zhuangxiu", "shop", Some(&site.shops[free]), data)
        }
        Arrival::Newcomer => {
            let data = json!({ "post_title": "客服前台", "newcomer": cast["qiantai2"], "guide": cast["yindao"],
                "examiner": cast["zhuguan"], "starts_on": day(0) });
            ("renshi", "onboarding", None, data)
        }
        Arrival::Improvement => {
            let problem = chance.one(&[
                "同类报修一个月内重复出现",
                "夜间报修到场偏慢",
                "装修巡查记录不完整",
            ]);
            (
                "pinzhi",
                "corrective-action",
                None,
                json!({ "problem": problem, "facts": "来自月度品质检查" }),
            )
        }
        Arrival::Finding => {
            let data = json!({ "finding": "消防通道堆放杂物", "receiver": "环境部",
                "limit_at": by_day(now + 2 * DAY, offset) });
            (
                if which == 0 { "xuncha" } else { "menwei2" },
                "rectification",
                None,
                data,
            )
        }
    };
    let site = if what == Arrival::Newcomer {
        &sites[0]
    } else {
        site
    };
    let owner = home.and_then(|h| h.people.first());
    if home.is_none() && matches!(what, Arrival::Pass | Arrival::Decoration) {
        return None;
    }
    Some((
        by,
        Start {
            kind: kind.to_owned(),
            site: site.id.clone(),
            home: home.map(|h| h.id.clone()),
            customer: owner.map(|p| p.id.clone()),
            data: data.as_object().cloned().unwrap_or_default(),
            ..Start::default()
        },
    ))
}
