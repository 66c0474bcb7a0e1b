//! The primary of a PostgreSQL dies and its synchronous replica takes over: nothing acknowledged is lost, and the
//! service returns by itself.

use crate::cluster::Cluster;
use crate::load::{self, Load};
use crate::node::{Plan, audit, until};
use crate::support::TestDb;

#[tokio::test(flavor = "multi_thread")]
async fn the_replica_takes_over() {
    let Some(primary) = Cluster::start_new() else {
        return;
    };
    let standby = primary.synchronous_standby();
    let state = "select count(*) from pg_stat_replication where sync_state = 'sync'";
    until("the replica is synchronous", async || primary.psql(state) == "1").await;
    primary.psql("create database yizhan");
    let url = format!(
        "postgres://postgres@127.0.0.1:{},127.0.0.1:{}/yizhan",
        primary.port, standby.port
    );
    let db = TestDb::at(&url).await;
    let world = load::cast(&db).await;
    let folder = tempfile::tempdir().expect("folder");
    let plan = Plan::new(&url, folder.path());
    let mut node = plan.start().await;
    let crowd = Load::begin(&plan, &world, 6).await;
    crowd.more(30).await;

    primary.abort();
    standby.promote();
    crowd.more(30).await;

    let acknowledged = crowd.end().await;
    assert!(node.alive(), "{}", node.log());
    let after = TestDb::at(&standby.url("yizhan")).await;
    load::check(&after, &acknowledged).await;
    audit(after.url());
}
