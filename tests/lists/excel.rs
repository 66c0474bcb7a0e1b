//! Lists as Excel: what one sees, no more.

use crate::support::server::Server;
use crate::{complaint, desk};
use calamine::{Data, Reader, Xlsx};
use serde_json::json;
use std::io::Cursor;
use yizhan::db::Sql;
use yizhan::vals;

/// Rows of the first sheet, as words.
pub fn rows(bytes: &[u8], sheet: usize) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).expect("an Excel file");
    let range = book.worksheet_range_at(sheet).expect("a sheet").expect("rows");
    let word = |cell: &Data| cell.to_string();
    range.rows().map(|row| row.iter().map(word).collect()).collect()
}

both! {
    async fn the_file_holds_what_the_list_shows(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = desk(&server).await;
        let first = complaint(&desk, &world, "=1+1 楼道灯坏了").await;
        complaint(&desk, &world, "电梯太慢").await;
        desk.call(&world, "consultation", "几点上班", json!({ "content": "几点上班" })).await;

        let bytes = desk.taken("/cases/export?kind=complaint&sort=newest&columns=case.number,case.heading,sphere").await;
        let file = rows(&bytes, 0);
        assert_eq!(file[0], ["编号", "事项", "责任范围"]);
        let list = desk.get("/cases?kind=complaint&sort=newest&columns=case.number,case.heading,sphere").await.ok();
        assert_eq!(list["items"][0]["list"], json!({ "sphere": "物业服务" }), "the list shows the chosen fields");
        let shown: Vec<[&str; 3]> = list["items"].as_array().expect("cases").iter()
            .map(|c| [c["number"].as_str().expect("number"), c["heading"].as_str().expect("heading"), "物业服务"]).collect();
        assert_eq!(file[1..], shown, "the same rows in the same order");
        assert_eq!(file[2][1], "=1+1 楼道灯坏了", "words, never a formula");

        // Who sees nothing gets nothing, and every file is on the record.
        let far = server.person("desk-elsewhere").await;
        assert_eq!(rows(&far.taken("/cases/export?kind=complaint").await, 0).len(), 1);
        let looks: Option<i64> = server.app.db.read()
            .scalar("select count(*) from look where what = 'export-cases'", vals![]).await.expect("looks");
        assert_eq!(looks, Some(2));
        let why: Option<String> = server.app.db.read()
            .scalar("select reason from look where what = 'export-cases' limit 1", vals![]).await.expect("why");
        assert_eq!(why.as_deref(), Some("核对"));
        for none in ["", " 。 "] {
            assert_eq!(desk.post("/cases/export?kind=complaint", json!({ "reason": none })).await.code(), "invalid");
        }

        // Words and filters hold together.
        desk.act(&first, "take", json!({})).await.ok();
        let found = desk.get("/cases?q=楼道灯&stage=new").await.ok();
        assert_eq!(found["items"], json!([]), "{found}");
        let found = desk.get("/cases?q=楼道灯&stage=handling").await.ok();
        assert_eq!(found["items"][0]["id"], first.as_str());
        let words = rows(&desk.taken("/cases/export?q=楼道灯").await, 0);
        assert_eq!(words.len(), 2);
    }

    async fn the_register_is_masked_as_on_the_screen(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = desk(&server).await;
        let body = json!({
            "site": world.site, "channel": "call", "caller_name": "路人", "caller_phone": "13900005678", "said": "问路",
            "judgements": [{ "judgement": "consultation", "data": { "content": "问路" } }], "read_back": true,
        });
        desk.post("/contacts", body).await.ok();
        complaint(&desk, &world, "电梯太慢").await;
        let file = rows(&desk.taken("/contacts/export?channel=call").await, 0);
        assert_eq!(file.len(), 3, "{file:?}");
        let row = file.iter().find(|r| r[4] == "路人").expect("the caller");
        assert_eq!(row[5], "139****5678");
        assert_eq!(row[7], "问路");
        assert_eq!(rows(&desk.taken("/contacts/export?channel=visit").await, 0).len(), 1);
    }
}
