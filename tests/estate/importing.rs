//! Excel: templates, rehearsals, all or nothing.

use super::{count, names, run, typed};
use crate::support::server::{PASSWORD, Server};
use rust_xlsxwriter::Workbook;
use std::io::{Cursor, Write};
use yizhan::error::Code;
use yizhan::exchange::{Report, What, import, template};
use yizhan::vals;

/// A workbook of rows; the first is the heading.
fn book(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (number, row) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*row) {
            match cell.parse::<f64>() {
                // As Excel keeps what looks like a number.
                Ok(value) => sheet.write_number(number, column, value).expect("cell"),
                Err(_) => sheet.write_string(number, column, *cell).expect("cell"),
            };
        }
    }
    book.save_to_buffer().expect("workbook")
}

async fn whole(server: &Server, what: What, rows: &[&[&str]]) -> Report {
    import(&server.app, what, book(rows), false)
        .await
        .expect("a report")
}

const HOMES: &[&str] = &[
    "项目编码*",
    "项目名称",
    "楼栋*",
    "单元",
    "房号*",
    "类型",
    "面积",
    "交付日期",
    "片区",
];
const PEOPLE: &[&str] = &[
    "姓名*",
    "电话",
    "项目编码",
    "楼栋",
    "单元",
    "房号",
    "关系",
    "车牌",
    "欠费",
];

both! {
    async fn a_town_comes_in_from_three_files(db: TestDb) {
        let server = Server::start(&db).await;
        server.cast().await;
        let homes: &[&[&str]] = &[
            HOMES,
            &["cy", "翠园", "3", "1", "502", "住宅", "89.5", "2024/5/1", "东区"],
            &["CY", "翠园", "3栋", "1单元", "503", "", "", "", "东区"],
            &["CY", "", "地下车库", "", "B1-023", "车位", "", "", ""],
            &["CS", "", "1栋", "1单元", "102", "", "", "", ""],
        ];
        let rehearsed = import(&server.app, What::Homes, book(homes), true).await.expect("report");
        assert_eq!((rehearsed.rows, rehearsed.good, rehearsed.imported), (4, 4, None), "{rehearsed:?}");
        assert_eq!(count(&server, "select count(*) from home", vals![]).await, 1, "a rehearsal writes nothing");
        let report = whole(&server, What::Homes, homes).await;
        assert_eq!((report.good, report.already, report.imported), (4, 0, Some(4)), "{report:?}");
        let again = whole(&server, What::Homes, homes).await;
        assert_eq!((again.good, again.already, again.imported), (4, 4, Some(0)), "{again:?}");

        let people: &[&[&str]] = &[
            PEOPLE,
            &["仇先生", "13911110000", "CY", "3", "1", "502", "业主", "京A12345", "是"],
            &["仇先生", "139-1111-0000", "CY", "地下车库", "", "B1-023", "", "", ""],
            &["租客", "", "CY", "3栋", "1单元", "502", "租户", "", ""],
        ];
        let report = whole(&server, What::Customers, people).await;
        assert_eq!(report.imported, Some(3), "{report:?}");
        assert_eq!(whole(&server, What::Customers, people).await.already, 3);
        assert_eq!(count(&server, "select count(*) from customer where name = '仇先生'", vals![]).await, 1);

        let staff: &[&[&str]] = &[
            &["姓名", "账号", "岗位", "项目编码", "片区", "技能", "初始密码"],
            &["小管家", "butler", "客服管家、前台客服", "CY", "东区", "水电", PASSWORD],
        ];
        let report = whole(&server, What::Staff, staff).await;
        assert_eq!(report.imported, Some(1), "{report:?}");
        assert_eq!(whole(&server, What::Staff, staff).await.already, 1);

        let butler = server.person("butler").await;
        for query in ["qiuxiansheng", "0000", "3-1-502", "a12345"] {
            let found = butler.get(&format!("/search?q={query}")).await.ok();
            let people = if query == "3-1-502" { &found["homes"][0]["people"] } else { &found["customers"] };
            assert_eq!(people[0]["name"], "仇先生", "{query}: {found}");
        }
        let found = butler.get("/search?q=qxs").await.ok();
        assert_eq!(names(&found["customers"][0]["homes"], "title"), ["3栋1单元502", "地下车库B1-023"]);
        let sites = butler.get("/sites").await.ok();
        assert_eq!(sites["items"][0]["areas"][0]["assistant"]["name"], "小管家", "{sites}");
        let home = butler.get(&format!("/homes?q={}", typed("3-1-502"))).await.ok();
        assert_eq!(home["items"][0]["delivered_on"], "2024-05-01");
    }

    async fn every_bad_cell_is_named_and_nothing_comes_in(db: TestDb) {
        let server = Server::start(&db).await;
        server.cast().await;
        let report = whole(&server, What::Homes, &[
            HOMES,
            &["XX", "", "3", "", "1", "", "", "", ""],
            &["CS", "", "2", "", "1", "别墅", "负数", "昨天", "东区"],
            &["CS", "", "2", "", "2", "", "", "", "西区"],
            &["CS", "", "2", "", "3", "", "", "", "东区"],
            &["CS", "", "2栋", "", "3", "", "", "", ""],
            &["CS", "", "", "", "4", "", "", "", ""],
        ]).await;
        let wrong: Vec<(u32, &str)> = report.bad.iter().map(|b| (b.row, b.column.as_str())).collect();
        assert_eq!(wrong, [(2, "项目编码"), (3, "交付日期"), (3, "类型"), (3, "面积"), (4, "片区"), (6, "房号"), (7, "楼栋")],
            "{report:?}");
        assert_eq!((report.rows, report.good, report.imported), (6, 1, None));
        assert_eq!(count(&server, "select count(*) from home", vals![]).await, 1);

        let report = whole(&server, What::Customers, &[
            PEOPLE,
            &["甲", "电话", "", "", "", "", "", "", ""],
            &["乙", "", "", "", "", "", "", "", ""],
            &["丙", "", "CS", "1栋", "1单元", "999", "", "", ""],
            &["丁", "", "CS", "1栋", "1单元", "101", "朋友", "?", "也许"],
        ]).await;
        let wrong: Vec<(u32, &str)> = report.bad.iter().map(|b| (b.row, b.column.as_str())).collect();
        assert_eq!(wrong, [(2, "电话"), (3, "电话"), (4, "房号"), (5, "关系"), (5, "欠费"), (5, "车牌")], "{report:?}");

        let report = whole(&server, What::Staff, &[
            &["姓名", "账号", "岗位", "初始密码", "爱好"],
            &["甲", "中文", "国王", "短", ""],
            &["乙", "front-desk", "engineer", PASSWORD, ""],
        ]).await;
        let wrong: Vec<(u32, &str)> = report.bad.iter().map(|b| (b.row, b.column.as_str())).collect();
        assert_eq!(wrong, [(1, "爱好"), (2, "初始密码"), (2, "岗位"), (2, "账号"), (3, "账号")], "{report:?}");
        assert!(!format!("{report:?}").contains("短"), "a password is not shown again");
    }

    async fn templates_are_read_as_they_are_written(db: TestDb) {
        let server = Server::start(&db).await;
        for what in [What::Homes, What::Customers, What::Staff] {
            let report = import(&server.app, what, template(what).expect("template"), false).await.expect("report");
            assert_eq!(report, Report { imported: Some(0), ..Report::default() }, "{what:?}");
        }
    }

    async fn rubbish_is_refused_with_a_sentence(db: TestDb) {
        let server = Server::start(&db).await;
        let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
        bomb.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).expect("part");
        let zeros = vec![0u8; 1 << 20];
        for _ in 0..120 {
            bomb.write_all(&zeros).expect("write");
        }
        let bomb = bomb.finish().expect("archive").into_inner();
        let mut cut = book(&[HOMES]);
        cut.truncate(cut.len() / 2);
        let many: Vec<Vec<String>> = (0..20_001).map(|n| vec!["CS".to_owned(), String::new(), "1".to_owned(),
            String::new(), n.to_string()]).collect();
        let many: Vec<Vec<&str>> = many.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        let many: Vec<&[&str]> = std::iter::once(HOMES).chain(many.iter().map(Vec::as_slice)).collect();
        for (name, bytes, code) in [
            ("empty", Vec::new(), Code::BadRequest),
            ("text", "姓名,电话".as_bytes().to_vec(), Code::BadRequest),
            ("cut", cut, Code::BadRequest),
            ("bomb", bomb, Code::TooLarge),
            ("large", vec![b'x'; 11 << 20], Code::TooLarge),
            ("many", book(&many), Code::TooLarge),
        ] {
            let refused = import(&server.app, What::Homes, bytes, true).await.expect_err(name);
            assert_eq!(refused.code, code, "{name}: {}", refused.detail);
        }
    }

    async fn a_manager_imports_for_their_own_site(db: TestDb) {
        let server = Server::start(&db).await;
        server.cast().await;
        let manager = server.person("manager").await;
        let desk = server.person("front-desk").await;
        let homes = |code: &'static str| book(&[HOMES, &[code, "别处", "9", "", "901", "", "", "", ""]]);
        let send = async |person: &super::Person, path: &str, bytes| person.file(path, "homes.xlsx", bytes).await;
        assert_eq!(send(&desk, "/imports/homes", homes("CS")).await.code(), "forbidden");
        assert_eq!(desk.get("/imports/homes/template").await.code(), "forbidden");
        let report = send(&manager, "/imports/homes?dry_run=true", homes("CS")).await.ok();
        assert_eq!((report["good"].as_i64(), report.get("imported")), (Some(1), None), "{report}");
        for code in ["BC", "NEU"] {
            let report = send(&manager, "/imports/homes", homes(code)).await.ok();
            assert_eq!(report["bad"][0]["column"], "项目编码", "{code}: {report}");
        }
        let report = send(&manager, "/imports/homes", homes("CS")).await.ok();
        assert_eq!(report["imported"], 1, "{report}");
        assert_eq!(send(&manager, "/imports/cats", homes("CS")).await.code(), "not-found");
        run(&server, "update staff_post set site_id = null where post = 'manager'", vals![]).await;
        let report = send(&manager, "/imports/homes", homes("NEU")).await.ok();
        assert_eq!(report["imported"], 1, "{report}");
    }
}
