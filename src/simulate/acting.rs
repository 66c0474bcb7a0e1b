//! Somebody looks at a case, and perhaps does something.

use super::forms::{self, Scene};
use super::life::Life;
use super::{moves, pace};
use crate::cases::pen::Pen;
use crate::cases::world::Around;
use crate::cases::{deciding, load};
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use engine::case::Data;
use engine::def::Link;
use engine::family::Family;
use engine::step::{Actor, Builtin, Input, Member, passing};
use serde_json::json;

impl Life {
    pub(super) async fn look(&mut self, tx: &Tx, id: &str) -> Result<(), Problem> {
        let (case, app, now) = (load::any(tx, id).await?, self.app.clone(), self.now());
        if case.closed() || case.merged_into.is_some() {
            self.looks.remove(id);
            return Ok(());
        }
        let around = Around::of(&app, tx, &case).await?;
        let rules = around
            .manual()
            .kind(&case.kind)
            .ok_or_else(|| Problem::internal("unknown kind"))?;
        let world = around.world(now, now, false);
        let Some(chosen) = moves::choose(&mut self.chance, &world, rules, &case) else {
            let at = pace::later(&mut self.chance, now, self.offset);
            self.look_again(case.id.clone(), at);
            return Ok(());
        };
        if let Some(free) = self
            .rehearsal
            .as_mut()
            .and_then(|r| r.occupy(&mut self.chance, &case, &chosen.actor, now))
        {
            self.look_again(case.id.clone(), free);
            return Ok(());
        }
        let scene = Scene {
            app: &app,
            world: &world,
            rules,
            case: &case,
            offset: self.offset,
        };
        let filled = match chosen.builtin {
            Some(builtin) if builtin != Builtin::Agree => forms::Filled {
                data: self.said(&scene, &chosen.actor, builtin),
                files: Vec::new(),
            },
            _ => forms::fill(&mut self.chance, &scene, &chosen.ask),
        };
        let actor_id = match &chosen.actor {
            Actor::Staff(id) => Some(id.clone()),
            Actor::Link(link) => held(tx, &case.id, link).await?,
            Actor::System => None,
        };
        let uploader = match (&chosen.actor, &actor_id) {
            (Actor::Link(_), Some(link)) => format!("link:{link}"),
            (_, id) => id.clone().unwrap_or_default(),
        };
        for (id, picture) in filled.files {
            self.album.keep(tx, id, picture, &uploader, now).await?;
        }
        let input = Input {
            action: chosen.action,
            values: filled.data,
        };
        let pen = Pen {
            app: &app,
            tx,
            actor: chosen.actor,
            actor_id,
            at: now,
            quiet: false,
        };
        let deed = |family: Family| family.act(&case.id, &pen.actor, &input);
        let (after, written) = deciding::perform(&pen, &case, deed).await?;
        self.appoint(&after);
        self.relatives(tx, &after, &written).await
    }

    /// Words for the verbs every case knows.
    fn said(&mut self, scene: &Scene, actor: &Actor, builtin: Builtin) -> Data {
        let mut data = Data::new();
        match builtin {
            Builtin::Remind => {
                data.insert("words".to_owned(), json!("还没有消息，请尽快"));
            }
            Builtin::PassOn => {
                let fits =
                    |m: &&Member| m.posts.contains("supervisor") && *actor != Actor::Staff(m.id.clone());
                let others: Vec<_> = scene.world.roster.iter().filter(fits).collect();
                if !others.is_empty() {
                    data.insert("to".to_owned(), json!(self.chance.one(&others).id));
                }
                data.insert("reason".to_owned(), json!("涉及多个部门，请主管协调"));
                if passing::tells(scene.case) {
                    let ways = [passing::TOLD_BY[0], passing::TOLD_BY[1], passing::NOT_TOLD];
                    data.insert("told".to_owned(), json!(self.chance.one(&ways)));
                }
            }
            Builtin::TellCustomer => {
                data.insert("how".to_owned(), json!(passing::TOLD_BY[0]));
            }
            Builtin::Refuse => {
                data.insert("note".to_owned(), json!("预算偏高，请重新核价"));
            }
            Builtin::RefusePass => {
                data.insert("reason".to_owned(), json!("不属于本岗位，请原经办人继续跟进"));
            }
            _ => {}
        }
        data
    }
}

/// The link of that sort that a case handed out.
async fn held(tx: &Tx, case: &str, link: &Link) -> Result<Option<String>, Problem> {
    let sql = "select id from access_link where case_id = $1 and link = $2 and revoked_at is null order by id desc limit 1";
    Ok(tx.scalar(sql, vals![case.to_owned(), link.name()]).await?)
}
