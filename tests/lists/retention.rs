//! Retention: what is due is listed, and erased after an approval; the chain holds.

use crate::support::server::{HOUR, Server};
use crate::{complaint, desk};
use serde_json::json;
use yizhan::db::Sql;
use yizhan::retention::{self, Approval, Keep};
use yizhan::{audit, vals};

const YEAR: i64 = 366 * 24 * HOUR;

both! {
    async fn what_was_kept_long_enough_is_erased(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let (near, supervisor) = (desk(&server).await, server.person("supervisor").await);
        let withdrawn = complaint(&near, &world, "楼道灯坏了").await;
        let open = complaint(&near, &world, "电梯太慢").await;
        let given_up = supervisor.act(&withdrawn, "give-up", json!({ "withdraw_reason": "好了" })).await.ok();
        let call = given_up["children"][0]["id"].as_str().expect("a call to who withdrew").to_owned();
        supervisor.act(&call, "unwilling", json!({ "refuse_reason": "不想再说" })).await.ok();
        let keeps = [
            Keep { of: "complaint".to_owned(), years: 2 },
            Keep { of: "contacts".to_owned(), years: 2 },
        ];
        let numbers = async |of: &str| -> Vec<String> {
            let due = retention::due(&server.app, &keeps).await.expect("due");
            due.into_iter().find(|d| d.of == of).map(|d| d.numbers).unwrap_or_default()
        };
        server.clock.advance(YEAR);
        assert!(numbers("complaint").await.is_empty(), "a year is not two");
        server.clock.advance(YEAR + YEAR);
        let number = near_number(&server, &withdrawn).await;
        assert_eq!(numbers("complaint").await, std::slice::from_ref(&number), "the open one stays");
        assert!(numbers("contacts").await.is_empty(), "its case is still there");

        let approval = Approval { by: "王经理".to_owned(), paper: "档〔2029〕1号".to_owned() };
        let counts = retention::apply(&server.app, &keeps, &approval).await.expect("apply");
        assert_eq!((counts["complaint"], counts["contacts"]), (1, 1));
        assert!(numbers("complaint").await.is_empty());

        let supervisor = server.person("supervisor").await;
        let case = supervisor.get(&format!("/cases/{withdrawn}")).await.ok();
        assert_eq!((&case["data"], &case["customer"], &case["home"]), (&json!({}), &json!(null), &json!(null)));
        assert_eq!((&case["number"], &case["timeline"]), (&json!(number), &json!([])));
        let text = supervisor.get("/cases?state=all&q=楼道灯").await.ok();
        assert_eq!(text["items"], json!([]), "it is not found by its words");
        assert_eq!(supervisor.get(&format!("/cases?state=all&q={number}")).await.ok()["items"][0]["id"], withdrawn.as_str());
        let kept = supervisor.get(&format!("/cases/{open}")).await.ok();
        assert_eq!(kept["data"]["content"], "电梯太慢");
        let read = server.app.db.read();
        let left: Option<i64> = read
            .scalar("select count(*) from contact where said = '楼道灯坏了'", vals![]).await.expect("contacts");
        assert_eq!(left, Some(0));
        let approved: Option<String> = read
            .scalar("select approved_by from retention_run", vals![]).await.expect("run");
        assert_eq!(approved.as_deref(), Some("王经理"));
        let report = audit::verify(read, None).await.expect("audit");
        assert!(report.faults.is_empty() && report.erased > 0, "{report:?}");
    }
}

async fn near_number(server: &Server, id: &str) -> String {
    let sql = "select number from case_record where id = $1";
    let number: Option<String> = server
        .app
        .db
        .read()
        .scalar(sql, vals![id.to_owned()])
        .await
        .expect("number");
    number.expect("a case")
}
