//! Messages brought in with their answers, each at its own time.

#[macro_use]
#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use engine::time::Time;
use sea_orm::FromQueryResult;
use support::TestDb;
use yizhan::app::{App, Config};
use yizhan::clock::{Clock, Ids};
use yizhan::db::Filter;
use yizhan::db::Sql;
use yizhan::messages::{self, SITE, Summary};
use yizhan::search::{self, Seek};
use yizhan::vals;

/// 2026-11-20 15:00 in Beijing.
const NOW: i64 = 1_795_158_000_000;

const TABLE: &str = "\u{feff}留言编号,留言用户,留言主题,留言时间,留言详情,答复意见,答复时间
m1,甲,楼道里的灯,2011-03-01 08:00:00,\"第一行：
楼道灯坏了，\"\"三天\"\"没人管\",已换新灯,2011-03-01 08:30:00
m2,乙,门口的车位,2019-04-05 09:00:00,小区车位被占，投诉物业不管,已处理，门口加装了车位锁,2019-04-09 10:00:00
m3,丙,装修手续,2018-05-06 10:00:00,请问装修怎么办理手续,,
m4,丁,坏的时间,昨天,内容,,
m1,甲,楼道里的灯,2011-03-01 08:00:00,又来一遍,,
m5,戊,电梯困人,2020-01-02 11:00:00,有人被困在电梯里四十分钟,已更换控制板,2020-01-03 09:00:00
m6,己,建议,2019-06-07 12:00:00,建议在广场增设座椅,已列入计划,2019-06-07 12:20:00
";

async fn open(db: &TestDb) -> App {
    let config = Config {
        database: db.url().to_owned(),
        ..Config::default()
    };
    yizhan::app::open(config, Clock::virtual_at(NOW), Ids::seeded(1))
        .await
        .expect("open")
}

async fn import(app: &App, table: impl Read) -> Summary {
    messages::import(app, table, SITE).await.expect("import")
}

#[derive(FromQueryResult, Debug, PartialEq)]
struct Brought {
    outside_id: String,
    happened_at: i64,
    kind: String,
    stage: String,
    opened_at: i64,
    closed_at: Option<i64>,
}

async fn brought(app: &App) -> Vec<Brought> {
    let sql = "select k.outside_id, k.happened_at, c.kind, c.stage, c.opened_at, c.closed_at from contact k \
               join contact_case x on x.contact_id = k.id join case_record c on c.id = x.case_id order by k.outside_id";
    app.db.read().rows(sql, vals![]).await.expect("rows")
}

async fn number(app: &App, sql: &str) -> i64 {
    app.db
        .read()
        .scalar(sql, vals![])
        .await
        .expect("count")
        .unwrap_or(0)
}

fn at(text: &str) -> i64 {
    Time::parse_local(text, 480).expect("a time").0
}

/// Whether the contact is found by the words.
async fn finds(app: &App, words: &str, outside: &str) -> bool {
    let id: Option<String> = app
        .db
        .read()
        .scalar(
            "select id from contact where outside_id = $1",
            vals![outside.to_owned()],
        )
        .await
        .expect("contact");
    let id = id.expect("the contact is there");
    let mut seek = Seek {
        query: words,
        unmask: None,
        limit: 200,
        ..Seek::default()
    };
    loop {
        let all = |_| Filter {
            sql: "1 = 1".to_owned(),
            values: vals![],
        };
        let found = search::find_contacts(app.db.read(), &seek, all)
            .await
            .expect("search");
        if found.ids.contains(&id) {
            return true;
        }
        match found.next {
            Some(next) => seek.before = Some(next),
            None => return false,
        }
    }
}

/// The heading and the first rows of a table; none when there is no such file.
fn part_of(file: &Path, most: usize) -> Option<Vec<u8>> {
    let mut whole = csv::Reader::from_path(file).ok()?;
    let mut part = csv::Writer::from_writer(Vec::new());
    part.write_record(whole.headers().expect("heading"))
        .expect("write");
    for row in whole.records().take(most) {
        part.write_record(&row.expect("a row")).expect("write");
    }
    part.into_inner().ok()
}

both! {
    async fn each_message_comes_at_its_own_time(db: TestDb) {
        let app = open(&db).await;
        let summary = import(&app, TABLE.as_bytes()).await;
        assert_eq!((summary.rows, summary.imported, summary.there), (7, 5, 1), "{summary}");
        assert_eq!(summary.bad.iter().map(|b| (b.line, b.id.as_str())).collect::<Vec<_>>(), [(6, "m4")]);
        assert_eq!(summary.missing_years.first(), Some(&2019), "{summary}");
        let rows = brought(&app).await;
        let ids: Vec<&str> = rows.iter().map(|r| r.outside_id.as_str()).collect();
        assert_eq!(ids, ["messages:m1", "messages:m2", "messages:m3", "messages:m5", "messages:m6"]);
        assert!(rows.iter().all(|r| r.happened_at == r.opened_at));
        let stages: Vec<(&str, &str)> = rows.iter().map(|r| (r.kind.as_str(), r.stage.as_str())).collect();
        assert_eq!(
            stages,
            [("repair", "new"), ("complaint", "closed"), ("consultation", "new"), ("complaint", "closed"), ("matter", "closed")]
        );
        assert_eq!(rows[0].opened_at, at("2011-03-01 08:00"));
        assert_eq!(rows[1].closed_at, Some(at("2019-04-09 10:00")));
        // The deadlines of then: kept, broken at their own time, and told to nobody.
        assert_eq!(number(&app, "select count(*) from inbox").await, 0);
        assert_eq!(number(&app, "select count(*) from outbox").await, 0);
        let late = "select breached_at from clock_run r join case_record c on c.id = r.case_id \
                    where c.kind = 'consultation' and r.clock = 'response'";
        assert_eq!(number(&app, late).await, at("2018-05-06 11:00"));
        let met = "select count(*) from fact f where f.clause = 'C-02' and f.compliance = 'kept'";
        assert_eq!(number(&app, met).await, 2);
        let waiting = format!("select count(*) from case_record where wake_at <= {NOW}");
        assert_eq!(number(&app, &waiting).await, 0);
        for (words, outside) in [("楼道", "messages:m1"), ("三天", "messages:m1"), ("困在", "messages:m5"), ("座椅", "messages:m6")] {
            assert!(finds(&app, words, outside).await, "{words}");
        }
        assert_eq!(number(&app, "select count(*) from staff where password <> ''").await, 0);

        // Nobody asks people of long ago: their follow-ups end as what they are, and count neither as kept nor as broken.
        let follow_ups = "select count(*) from case_record where kind = 'follow-up'";
        let not_asked = "select count(*) from case_record where kind = 'follow-up' and stage = 'not-asked' and closed_at is not null";
        assert!(number(&app, follow_ups).await > 0);
        assert_eq!(number(&app, not_asked).await, number(&app, follow_ups).await);
        let excused = "select count(*) from fact where clause = 'C-12' and compliance = 'excused'";
        assert_eq!(number(&app, excused).await, number(&app, "select count(*) from fact where clause = 'C-12'").await);
    }

    async fn a_run_that_was_cut_off_is_run_again(db: TestDb) {
        let app = open(&db).await;
        let cut = TABLE.find("m3,").expect("m3");
        assert_eq!(import(&app, &TABLE.as_bytes()[..cut]).await.imported, 2);
        let again = import(&app, TABLE.as_bytes()).await;
        assert_eq!((again.imported, again.there), (3, 3), "{again}");
        let once = brought(&app).await;
        let third = import(&app, TABLE.as_bytes()).await;
        assert_eq!((third.imported, third.there), (0, 6), "{third}");
        assert_eq!(brought(&app).await, once);
        assert_eq!(number(&app, "select count(*) from contact").await, 5);
        assert!(messages::import(&app, TABLE.as_bytes(), "XX").await.is_err(), "there is no such site");
    }

    async fn the_whole_of_a_real_board_comes_in(db: TestDb) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/replied.csv");
        // PostgreSQL answers over a socket: a part of it says as much.
        let most = if db.read().is_postgres() { 60 } else { usize::MAX };
        let Some(table) = part_of(&file, most) else {
            println!("SKIPPED: no ../shared/data/replied.csv");
            return;
        };
        let app = open(&db).await;
        let summary = import(&app, table.as_slice()).await;
        assert!(summary.rows >= most.min(400) && summary.bad.is_empty(), "{summary}");
        assert_eq!(summary.imported + summary.there, summary.rows);
        let again = import(&app, table.as_slice()).await;
        assert_eq!((again.imported, again.there), (0, summary.rows));
        for clause in ["C-02", "C-03"] {
            let facts = number(&app, &format!("select count(*) from fact where clause = '{clause}'")).await;
            assert!(facts > summary.imported as i64 / 2, "{clause}: {facts}");
        }
        let mut reader = csv::Reader::from_reader(table.as_slice());
        let heading = reader.headers().expect("heading").clone();
        let column = |name: &str| heading.iter().position(|h| h.trim_start_matches('\u{feff}') == name).expect("column");
        let (id, text) = (column("留言编号"), column("留言详情"));
        for record in reader.records().map(|r| r.expect("a row")).step_by(23) {
            let chars: Vec<char> = record[text].chars().collect();
            let words: BTreeSet<String> = chars
                .windows(2)
                .filter(|pair| pair.iter().all(|c| ('\u{4e00}'..='\u{9fff}').contains(c)))
                .map(|pair| pair.iter().collect())
                .collect();
            for word in words.iter().step_by(words.len().div_ceil(4).max(1)) {
                assert!(finds(&app, word, &format!("messages:{}", &record[id])).await, "{word} of {}", &record[id]);
            }
        }
    }
}
