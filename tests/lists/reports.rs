//! Reports: figures counted by hand, the same in Excel, and what lies behind them.

use crate::excel::rows;
use crate::support::server::{HOUR, Server};
use crate::{complaint, desk};
use serde_json::{Value, json};

/// A row of a part by its first cell.
fn row<'a>(report: &'a Value, part: &str, title: &str) -> &'a Value {
    let parts = report["parts"].as_array().expect("parts");
    let part = parts
        .iter()
        .find(|p| p["name"] == part)
        .unwrap_or_else(|| panic!("{part}: {report}"));
    let rows = part["rows"].as_array().expect("rows");
    let found = rows.iter().find(|r| r["cells"][0] == title);
    &found.unwrap_or_else(|| panic!("{title}: {part}"))["cells"]
}

both! {
    async fn complaints_are_counted_as_by_hand(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        // One in October, which only the trend may count.
        server.clock.advance(-30 * 24 * HOUR);
        complaint(&desk(&server).await, &world, "上个月的事").await;
        server.clock.advance(30 * 24 * HOUR);
        let desk = desk(&server).await;
        let supervisor = server.person("supervisor").await;
        let judge = |valid: &str| json!({
            "valid": valid, "valid_reason": "查过", "sphere": "物业服务", "severity": "一般", "fault": "我方责任", "cause": "收费",
        });
        // Answered after one hour; valid, about fees.
        let answered = complaint(&desk, &world, "多收了停车费").await;
        desk.act(&answered, "take", json!({})).await.ok();
        desk.act(&answered, "judge", judge("有效")).await.ok();
        // Valid, about fees, and never answered.
        let silent = complaint(&desk, &world, "电费算错了").await;
        desk.act(&silent, "take", json!({})).await.ok();
        desk.act(&silent, "judge", judge("有效")).await.ok();
        // Invalid, explained after three hours, which is an hour too late.
        let invalid = complaint(&desk, &world, "邻居装修太吵").await;
        desk.act(&invalid, "take", json!({})).await.ok();
        desk.act(&invalid, "judge", judge("无效")).await.ok();
        // Withdrawn: neither answered nor late.
        let withdrawn = complaint(&desk, &world, "误会").await;
        server.pass(HOUR).await;
        supervisor.act(&withdrawn, "give-up", json!({ "withdraw_reason": "弄错了" })).await.ok();
        let answer = json!({ "answer": "正在核对", "told_how": "电话", "next_answer_at": server.clock.now() + 90 * HOUR });
        desk.act(&answered, "answer", answer).await.ok();
        server.pass(2 * HOUR).await;
        supervisor.act(&invalid, "explain", json!({ "explanation": "不归物业管", "told_how": "电话" })).await.ok();

        let manager = server.person("manager").await;
        let report = manager.get("/reports/complaints?on=2026-11-20").await.ok();
        assert_eq!(report["period"], "2026年11月");
        assert_eq!(row(&report, "figures", "受理"), &json!(["受理", 4, 100.0]));
        assert_eq!(row(&report, "figures", "有效"), &json!(["有效", 2, 50.0]));
        assert_eq!(row(&report, "figures", "无效"), &json!(["无效", 1, 25.0]));
        assert_eq!(row(&report, "figures", "已办结"), &json!(["已办结", 2, 50.0]));
        assert_eq!(row(&report, "figures", "首次答复超时"), &json!(["首次答复超时", 2, 50.0]));
        // (1 + 3) / 2 hours.
        assert_eq!(row(&report, "figures", "平均首次答复（小时）")[1], json!(2.0));
        // Three of the four have a cause, the withdrawn one has none.
        assert_eq!(row(&report, "cause", "收费"), &json!(["收费", 3, 75.0, 75.0]));
        assert_eq!(row(&report, "cause", "未填写"), &json!(["未填写", 1, 25.0, 100.0]));
        // One home: four complaints are four hundred for each hundred homes.
        assert_eq!(row(&report, "site", "测试花园")[4], json!(400.0));
        assert_eq!(row(&report, "trend", "2026-10")[1], 1);
        assert_eq!(row(&report, "trend", "2026-11")[1], 4);

        let behind = manager.get("/reports/complaints/behind?on=2026-11-20&part=figures&key=无效").await.ok();
        assert_eq!((&behind["total"], &behind["cases"][0]["id"]), (&json!(1), &json!(invalid)));
        let causes = manager.get("/reports/complaints/behind?on=2026-11-20&part=cause&key=收费").await.ok();
        assert_eq!(causes["total"], 3);

        // The same figures in the file.
        let file = manager.taken("/reports/complaints/excel?on=2026-11-20").await;
        let cover = rows(&file, 0);
        assert!(cover.iter().any(|r| r[0] == "有效" && r[1] == "2" && r[2] == "50"), "{cover:?}");
        let causes = rows(&file, 2);
        assert_eq!(causes[0][..4], ["原因", "件数", "占比", "累计"]);
        assert_eq!(causes[1][..4], ["收费", "3", "75", "75"]);

        // What one may not see is not counted, and figures need the right to read them.
        assert_eq!(server.person("guard").await.get("/reports/complaints").await.code(), "forbidden");
        let site = format!("/reports/complaints?on=2026-11-20&site={}", world.elsewhere);
        assert_eq!(manager.get(&site).await.code(), "not-found");

        let analysis = manager.get("/reports/analysis?on=2026-11-20").await.ok();
        // Two more are the calls to those who withdrew and who were told that theirs is not valid. Three open with October's; of them that one and the silent one have let a deadline pass.
        assert_eq!(row(&analysis, "kind", "投诉"), &json!(["投诉", 4, 66.7, 2, 3, 2]));
        assert_eq!(row(&analysis, "trend", "2026-11")[2], 4);
        let clause = row(&analysis, "clause", "C-04 投诉两小时内首次答复");
        assert_eq!((&clause[2], &clause[3]), (&json!(3), &json!(2)), "{clause}");
    }

    async fn the_register_and_ledgers_are_counted_as_by_hand(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = desk(&server).await;
        let call = async |judgement: &str, channel: &str, at_once: &str| {
            let body = json!({
                "site": world.site, "channel": channel, "customer": world.customer, "home": world.home, "said": "请处理",
                "done_at_once": at_once, "judgements": [{ "judgement": judgement, "data": { "content": "请处理" } }], "read_back": true,
            });
            desk.post("/contacts", body).await
        };
        call("complaint", "call", "").await.ok();
        call("complaint", "visit", "已当面解释").await.ok();
        call("complaint", "call", "").await.ok();
        let manager = server.person("manager").await;
        let week = manager.get("/reports/intake?on=2026-11-16").await.ok();
        assert_eq!((&week["first"], &week["last"]), (&json!("2026-11-16"), &json!("2026-11-22")));
        assert_eq!(row(&week, "figures", "登记"), &json!(["登记", 3, 100.0]));
        assert_eq!(row(&week, "figures", "当场答复"), &json!(["当场答复", 1, 33.3]));
        assert_eq!(row(&week, "figures", "一周未办结")[1], 0);
        assert_eq!(row(&week, "channel", "来电"), &json!(["来电", 2, 66.7, 66.7]));
        assert_eq!(row(&week, "judgement", "投诉")[1], 3);
        let behind = manager.get("/reports/intake/behind?on=2026-11-16&part=channel&key=来访").await.ok();
        assert_eq!((&behind["total"], &behind["contacts"][0]["channel"]), (&json!(1), &json!("visit")));

        // Eight days later nothing is settled: all three are over a week, each with how it stands.
        server.pass(8 * 24 * HOUR).await;
        let manager = server.person("manager").await;
        let week = manager.get("/reports/intake?on=2026-11-16").await.ok();
        assert_eq!(row(&week, "figures", "一周未办结")[1], 3);
        let week = manager.get("/reports/intake?on=2026-11-24").await.ok();
        let open = week["parts"].as_array().expect("parts").iter().find(|p| p["name"] == "unsettled").expect("part");
        assert_eq!(open["rows"].as_array().expect("rows").len(), 3, "{open}");
        assert_eq!(open["rows"][0]["cells"][5], "待受理");

        let ledger = manager.get("/reports/ledger?kind=complaint&on=2026-11-16&every=month").await.ok();
        let rows = ledger["parts"][0]["rows"].as_array().expect("rows");
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0]["cells"][1], "请处理");
        assert_eq!(manager.get("/reports/ledger?on=2026-11-16").await.code(), "invalid");
    }
}
