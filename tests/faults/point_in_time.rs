//! Recovery of PostgreSQL to a point in time, with the commands of docs/operate/backup.md.

use crate::cluster::Cluster;
use crate::load::cast;
use crate::node::{audit, until};
use crate::support::TestDb;
use crate::support::server::Server;
use yizhan::db::Sql;
use yizhan::vals;

#[tokio::test(flavor = "multi_thread")]
async fn postgres_goes_back_to_a_point() {
    let Some(cluster) = Cluster::start_new() else {
        return;
    };
    cluster.archive();
    cluster.psql("create database yizhan");
    let db = TestDb::at(&cluster.url("yizhan")).await;
    let world = cast(&db).await;
    let base = cluster.base_backup();
    let server = Server::start(&db).await;
    let desk = server.person("front-desk").await;
    desk.call(
        &world,
        "complaint",
        "之前",
        serde_json::json!({"content": "之前"}),
    )
    .await;
    let point = cluster.psql("select clock_timestamp()");
    until("the clock goes on", async || {
        cluster.psql(&format!("select clock_timestamp() > '{point}'")) == "t"
    })
    .await;
    desk.call(
        &world,
        "complaint",
        "之后",
        serde_json::json!({"content": "之后"}),
    )
    .await;
    // The commit after the point must be in the archive, so that the recovery knows that it has come that far.
    let log = cluster.psql("select pg_walfile_name(pg_switch_wal())");
    let archived = format!("select count(*) from pg_stat_archiver where last_archived_wal >= '{log}'");
    until("the log is archived", async || cluster.psql(&archived) == "1").await;

    let copy = cluster.recover(base, &point);
    until("the copy is promoted", async || {
        copy.psql("select pg_is_in_recovery()") == "f"
    })
    .await;
    let past = TestDb::at(&copy.url("yizhan")).await;
    let said: Option<String> = past
        .read()
        .scalar("select string_agg(said, ',') from contact", vals![])
        .await
        .expect("contacts");
    assert_eq!(said.as_deref(), Some("之前"));
    audit(past.url());
}
