//! How every case stands, here and in the story.

use super::Replay;
use engine::case::Case;
use engine::example::trace::Played;
use serde_json::{Value, json};
use yizhan::db::Sql;
use yizhan::vals;

impl Replay<'_> {
    pub(super) async fn state(&self, id: &str) -> Option<Case> {
        let sql = "select state from case_record where id = $1";
        let read = self.server.app.db.read();
        let state: Option<Value> = read.scalar(sql, vals![id.to_owned()]).await.expect("read");
        state.and_then(|state| serde_json::from_value(state).ok())
    }

    /// Every case stands as it does in the story.
    pub(super) async fn compare(&mut self, step: &Played) -> Result<(), String> {
        for case in &step.cases {
            if !self.ids.contains_key(&case.id) {
                self.find(step, case).await?;
            }
        }
        for case in &step.cases {
            let here = self.state(&self.ids[&case.id]).await.ok_or("a case is gone")?;
            let (wanted, is) = (self.plain(case), self.plain(&here));
            let differs = |name: &&String| wanted[name.as_str()] != is[name.as_str()];
            let names = wanted.as_object().into_iter().flatten().map(|(name, _)| name);
            let differing: Vec<String> = names
                .filter(differs)
                .map(|name| {
                    format!(
                        "{name}: {} here, {} in the story",
                        is[name.as_str()],
                        wanted[name.as_str()]
                    )
                })
                .collect();
            if !differing.is_empty() {
                return Err(format!("{}: {}", case.kind, differing.join("; ")));
            }
        }
        Ok(())
    }

    /// A case that nobody of the story opened: the same in order of those of its kind under the case above it, or for the
    /// same home where it came round by the calendar.
    pub(super) async fn find(&mut self, step: &Played, case: &Case) -> Result<(), String> {
        let of = |c: &&Case| c.parent == case.parent && c.home == case.home && c.kind == case.kind;
        let nth = step
            .cases
            .iter()
            .filter(of)
            .take_while(|c| c.id != case.id)
            .count();
        let sql = "select state from case_record where coalesce(parent_id, '') = $1 and kind = $2";
        let read = self.server.app.db.read();
        let above = match &case.parent {
            Some(parent) => self
                .ids
                .get(parent)
                .cloned()
                .ok_or("the case above is not here")?,
            None => String::new(),
        };
        let states: Vec<(Value,)> = rows(read, sql, vals![above, case.kind.clone()]).await;
        let mut found: Vec<Case> = states
            .into_iter()
            .filter_map(|(state,)| serde_json::from_value(state).ok())
            .filter(|c: &Case| c.home == case.home)
            .collect();
        found.sort_by_key(|c| (c.opened_at, c.number.clone()));
        let id = found.get(nth).map(|c| c.id.clone());
        let id = id.ok_or_else(|| format!("{} was not opened", case.kind))?;
        self.ids.insert(case.id.clone(), id);
        Ok(())
    }

    /// A case without what is each database's own, and with the names of the story.
    fn plain(&self, case: &Case) -> Value {
        let own = Case {
            number: String::new(),
            manual: String::new(),
            channel: None,
            contact: None,
            ..case.clone()
        };
        let mut text = json!(own).to_string();
        let cases = self.ids.iter().map(|(there, here)| (here, there));
        for (here, there) in cases.chain(&self.files) {
            text = text.replace(here.as_str(), there);
        }
        serde_json::from_str(&text).expect("JSON")
    }
}

async fn rows(sql: &impl Sql, text: &str, values: Vec<sea_orm::Value>) -> Vec<(Value,)> {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        state: Value,
    }
    let found: Vec<Row> = sql.rows(text, values).await.expect("read");
    found.into_iter().map(|row| (row.state,)).collect()
}
