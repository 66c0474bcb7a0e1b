//! What people call about and what is done about it: questions, complaints, repairs with their work orders, and the
//! calls afterwards. Most go well; some are forgotten and run late.

use crate::company::OLD;
use crate::mill::{Life, Scene, holder};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use yizhan::app::App;
use yizhan::contacts::request::{ContactRequest, JudgementRequest};
use yizhan_engine::case::Data;
use yizhan_engine::def::Relation;
use yizhan_engine::step::Start;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Of a hundred steps that somebody has to take, so many are taken by nobody.
const FORGOTTEN: f64 = 0.004;
const WHEN: [&str; 8] = [
    "昨晚开始",
    "今天早上",
    "刚才",
    "这两天",
    "上周起",
    "前天夜里",
    "中午",
    "下班回来发现",
];
const QUESTIONS: [&str; 6] = [
    "办理产权证需要带哪些材料，什么时候能来办",
    "地下车位怎么续租，能不能线上办",
    "物业费的发票怎么开，抬头能不能改",
    "装修押金什么时候退，要带什么",
    "门禁卡丢了怎么补，多少钱一张",
    "社区游泳池几点开门，老人有没有优惠",
];
const COMPLAINTS: [&str; 5] = [
    "楼上装修早上七点就开始敲墙，家里老人没法休息",
    "单元门口的垃圾两天没有人清，味道很大",
    "保安对访客态度不好，说话难听",
    "电梯老是停在负一楼，等了二十分钟",
    "绿化带的水管漏水，路面结冰，差点摔倒",
];
/// What broke, its part, and the trade that mends it.
const FAULTS: [(&str, &str, &str); 6] = [
    ("卫生间顶上滴水，吊顶已经湿了一片", "厨卫防水", "泥瓦防水"),
    ("厨房水槽下面漏水，柜子泡湿了", "给排水", "水暖"),
    ("客厅一半插座没电，跳闸合不上", "电气", "电气"),
    ("入户门锁打不开，钥匙转不动", "门与锁", "木工门窗"),
    ("空调外机响得厉害，不制冷", "采暖空调", "空调"),
    ("窗户关不严，下雨往里渗水", "门窗", "木工门窗"),
];

/// Half of what is said ends with these words.
fn said(chance: &mut ChaCha8Rng, about: &str) -> String {
    let urgent = if chance.random_bool(0.5) {
        "，请尽快处理"
    } else {
        "，麻烦看一下"
    };
    format!("{}{about}{urgent}", WHEN[chance.random_range(0..WHEN.len())])
}

fn data(value: Value) -> Data {
    match value {
        Value::Object(data) => data,
        _ => Data::new(),
    }
}

/// Somebody calls, and what becomes of it. `answered`: else nobody does anything.
pub struct Caller<'a> {
    pub app: &'a App,
    pub scene: &'a mut Scene,
    pub chance: &'a mut ChaCha8Rng,
    pub at: i64,
    pub until: i64,
    pub answered: bool,
}

impl Caller<'_> {
    /// The contact as it is registered, and its life.
    pub fn live(&mut self) -> anyhow::Result<(ContactRequest, Life)> {
        let home = self.chance.random_range(0..self.scene.site.homes.len());
        let mut life = Life {
            home,
            until: self.until,
            ..Life::default()
        };
        let sort = if self.answered {
            self.chance.random_range(0..100)
        } else {
            0
        };
        let (judgement, form, trade) = match sort {
            0..55 => {
                let content = said(self.chance, QUESTIONS[sort % 6]);
                (
                    "consultation",
                    json!({ "content": content, "category": "其他" }),
                    "",
                )
            }
            55..75 => {
                let content = said(self.chance, COMPLAINTS[sort % 5]);
                (
                    "complaint",
                    json!({ "content": content, "sphere": "物业服务", "severity": "一般" }),
                    "",
                )
            }
            _ => {
                let (about, part, trade) = FAULTS[sort % 6];
                let place = if self.scene.site.delivered[home] == OLD {
                    "户内"
                } else {
                    "公共部位"
                };
                let content = said(self.chance, about);
                (
                    "repair",
                    json!({ "content": content, "part": part, "place": place, "spot": "见描述" }),
                    trade,
                )
            }
        };
        let request = self.request(home, judgement, &form);
        let start = Start {
            kind: judgement.to_owned(),
            channel: Some("call".to_owned()),
            data: data(form),
            ..Start::default()
        };
        life.open(self.app, self.scene, start, self.at)?;
        if self.answered {
            match judgement {
                "consultation" => self.consultation(&mut life)?,
                "complaint" => self.complaint(&mut life)?,
                _ => self.repair(&mut life, trade)?,
            };
        }
        life.pass(self.app, self.scene, self.until)?;
        Ok((request, life))
    }

    fn request(&self, home: usize, judgement: &str, form: &Value) -> ContactRequest {
        let (id, customer, _) = &self.scene.site.homes[home];
        ContactRequest {
            site: self.scene.site.id.clone(),
            channel: "call".to_owned(),
            customer: Some(customer.clone()),
            home: Some(id.clone()),
            said: format!("客户来电：{}", form["content"].as_str().unwrap_or_default()),
            judgements: vec![JudgementRequest {
                judgement: judgement.to_owned(),
                data: data(form.clone()),
                ..JudgementRequest::default()
            }],
            read_back: true,
            ..ContactRequest::default()
        }
    }

    /// The holder of a post does something after a while; false when nobody does, or not yet.
    fn then(
        &mut self,
        life: &mut Life,
        place: usize,
        post: &str,
        (action, values): (&str, Value),
        (from, to): (i64, i64),
    ) -> anyhow::Result<bool> {
        if self.chance.random_bool(FORGOTTEN) {
            return Ok(false);
        }
        let by = holder(self.scene, post).to_owned();
        self.by(life, place, &by, (action, values), (from, to))
    }

    fn by(
        &mut self,
        life: &mut Life,
        place: usize,
        by: &str,
        (action, values): (&str, Value),
        (from, to): (i64, i64),
    ) -> anyhow::Result<bool> {
        self.at += self.chance.random_range(from..to);
        life.act(self.app, self.scene, place, by, (action, data(values)), self.at)
    }

    fn consultation(&mut self, life: &mut Life) -> anyhow::Result<bool> {
        let answer = json!({ "answer": "已查清楚：带身份证和合同到客服中心即可办理，工作日九点到五点" });
        if self.chance.random_bool(0.92) {
            return self.then(
                life,
                0,
                "front-desk",
                ("answer", answer),
                (2 * MINUTE, 55 * MINUTE),
            );
        }
        let at = self.at + 6 * HOUR;
        let promise = ("promise", json!({ "next_answer_at": at }));
        Ok(
            self.then(life, 0, "front-desk", promise, (5 * MINUTE, 50 * MINUTE))?
                && self.then(life, 0, "front-desk", ("answer", answer), (HOUR, 6 * HOUR))?,
        )
    }

    fn complaint(&mut self, life: &mut Life) -> anyhow::Result<bool> {
        let judge = json!({ "valid": "有效", "valid_reason": "现场查看属实", "sphere": "物业服务", "severity": "一般",
            "fault": "我方责任", "cause": "服务拖延" });
        let answer = json!({ "answer": "已到现场核实，正在安排处理", "told_how": "电话", "next_answer_at": self.at + 26 * HOUR });
        let blame = json!({ "blame_department": "客户服务部", "blame_note": "没有按约定的时间处理" });
        let settle = json!({ "result": "已处理完毕，并加强巡查", "told_how": "电话" });
        let done = self.then(
            life,
            0,
            "front-desk",
            ("take", json!({})),
            (2 * MINUTE, 50 * MINUTE),
        )? && self.then(life, 0, "supervisor", ("judge", judge), (5 * MINUTE, HOUR))?
            && self.then(
                life,
                0,
                "front-desk",
                ("answer", answer),
                (5 * MINUTE, 40 * MINUTE),
            )?
            && self.then(
                life,
                0,
                "supervisor",
                ("apologise", json!({ "apology": "主管电话致歉" })),
                (MINUTE, HOUR),
            )?
            && self.then(
                life,
                0,
                "supervisor",
                ("carry-out", json!({ "arrangement": "当天安排人员处理" })),
                (MINUTE, 2 * HOUR),
            )?
            && self.then(
                life,
                0,
                "supervisor",
                ("find-responsibility", blame),
                (MINUTE, HOUR),
            )?
            && self.then(life, 0, "supervisor", ("settle", settle), (HOUR, 40 * HOUR))?;
        Ok(done
            && self.visit(life, 0)?
            && self.then(
                life,
                0,
                "supervisor",
                ("close", json!({})),
                (5 * MINUTE, 20 * HOUR),
            )?
            && self.visit(life, 0)?)
    }

    /// The call afterwards.
    fn visit(&mut self, life: &mut Life, of: usize) -> anyhow::Result<bool> {
        let call = life.under(of, "follow-up")?;
        let good = json!({ "grade": "5星", "opinion": "处理得挺快", "way": "电话" });
        self.then(life, call, "front-desk", ("satisfied", good), (HOUR, 30 * HOUR))
    }

    fn repair(&mut self, life: &mut Life, trade: &str) -> anyhow::Result<bool> {
        let dispatch = ("dispatch", json!({ "trade": trade }));
        let sent = self.then(
            life,
            0,
            "front-desk",
            ("to-property", json!({})),
            (2 * MINUTE, 50 * MINUTE),
        )? && self.then(life, 0, "repair-lead", dispatch, (MINUTE, HOUR))?;
        Ok(sent
            && self.work(life)?
            && self.then(
                life,
                0,
                "front-desk",
                ("confirm", json!({ "acceptance_note": "试过了，修好了" })),
                (HOUR, 20 * HOUR),
            )?
            && self.visit(life, 0)?)
    }

    fn work(&mut self, life: &mut Life) -> anyhow::Result<bool> {
        let order = life.under(0, "work-order")?;
        let assigned = life.cases[order].case.in_relation(Relation::Assignee).next();
        let (worker, take) = match assigned {
            Some(worker) => (worker.to_owned(), "accept"),
            None => (holder(self.scene, "engineer").to_owned(), "take"),
        };
        let arrive = ("arrive", json!({ "arrived_place": { "text": "已到现场" } }));
        let there = self.by(life, order, &worker, (take, json!({})), (MINUTE, 5 * MINUTE))?
            && self.by(life, order, &worker, arrive, (3 * MINUTE, 9 * MINUTE))?;
        if !there || self.at + 3 * HOUR > self.until {
            return Ok(false);
        }
        let photo = life.picture(self.app, order, &worker, self.at);
        let mut done = json!({ "work_done": "更换配件并试用正常", "hours": 1.5, "after_photos": [photo] });
        if life.cases[order].case.data.get("place") == Some(&json!("户内")) {
            done["owner_signature"] = json!(life.picture(self.app, order, &worker, self.at));
        }
        self.by(life, order, &worker, ("finish", done), (20 * MINUTE, 3 * HOUR))
    }
}
