//! `kill -9` under load: what was acknowledged is there, once, with numbers without gap and an unbroken ledger.

use crate::load::{self, Load};
use crate::node::{Plan, audit};
use rand::Rng;
use std::time::{Duration, Instant};

const CLIENTS: u32 = 8;
/// As many rounds as fit into this time, but no fewer than [`ROUNDS`].
const TIME: Duration = Duration::from_secs(15);
const ROUNDS: u32 = 5;

both! {
    async fn what_was_acknowledged_survives(db: TestDb) {
        let world = load::cast(&db).await;
        let folder = tempfile::tempdir().expect("folder");
        let plan = Plan::new(db.url(), folder.path());
        let mut node = plan.start().await;
        let crowd = Load::begin(&plan, &world, CLIENTS).await;
        let begun = Instant::now();
        let mut rounds = 0;
        while rounds < ROUNDS || begun.elapsed() < TIME {
            // Some writes at least, then at any moment of the next.
            crowd.more(10).await;
            let moment = rand::rng().random_range(0..200);
            tokio::time::sleep(Duration::from_millis(moment)).await;
            node.kill();
            node = plan.start().await;
            rounds += 1;
        }
        let acknowledged = crowd.end().await;
        node.kill();
        load::check(&db, &acknowledged).await;
        println!("{rounds} rounds; {}", audit(db.url()));
    }
}
