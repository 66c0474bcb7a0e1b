//! What is not the API: pages, headers, health.

#[macro_use]
#[path = "support/mod.rs"]
mod support;
#[path = "support/door.rs"]
mod door;

use door::{Browser, Door};
use yizhan::background::Background;

both! {
    async fn pages_and_health(db: TestDb) {
        let door = Door::open(db).await;
        let nobody = Browser::default();
        assert_eq!(door.get(&nobody, "/livez").await.status, 200);
        let mut work = Background::new(&door.app);
        work.every("trial", std::time::Duration::from_secs(60), || async { panic!("always") });
        let told = loop {
            let ready = door.get(&nobody, "/readyz").await;
            assert_eq!(ready.status, 200, "requests are answered all the same");
            let told = String::from_utf8_lossy(&ready.bytes).into_owned();
            if told.contains("trial looked_seconds=- failing_seconds=0 restarts=1") {
                break told;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        };
        assert!(told.starts_with("ok\n"), "{told}");
        work.stop().await;
        assert_eq!(door.get(&nobody, "/api/v1/no-such-thing").await.code(), "not-found");
        assert_eq!(door.get(&nobody, "/assets/gone-1234.js").await.status, 404, "never a page in place of a script");

        // Built or not: a page in Chinese, which may run nothing but our own scripts and stand in no frame.
        for path in ["/", "/cases/01", "/field", "/field/", "/field/work", "/o/token.digest"] {
            let page = door.get(&nobody, path).await;
            assert!(page.status == 200 || page.status == 503, "{path}");
            assert!(String::from_utf8_lossy(&page.bytes).contains("lang=\"zh-CN\""), "{path}");
            let policy = page.header("content-security-policy");
            assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
            assert_eq!(page.header("x-content-type-options"), "nosniff");
            assert_eq!(page.header("referrer-policy"), "no-referrer");
        }
        door.app.db.close().await;
        assert_eq!(door.get(&nobody, "/readyz").await.code(), "unavailable");
        assert_eq!(door.get(&nobody, "/livez").await.status, 200);
    }
}

/// A process has one recorder, whichever database a test runs on.
static FIGURES: std::sync::LazyLock<metrics_exporter_prometheus::PrometheusHandle> =
    std::sync::LazyLock::new(|| yizhan::metrics::begin().expect("the first in this process"));

both! {
    async fn figures_tell_routes_and_what_waits(db: TestDb) {
        let figures = FIGURES.clone();
        let door = Door::open(db).await;
        assert_eq!(door.get(&Browser::default(), "/api/v1/cases/01ARZ3NDEKTSV4RRFFQ69G5FAV").await.status, 401);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let (app, mut bound, mut work) = (door.app.clone(), Some(listener), Background::new(&door.app));
        work.start("metrics", move |pulse| {
            yizhan::metrics::serve(app.clone(), bound.take().expect("never begun again"), figures.clone(), pulse)
        });
        let told = reqwest::get(format!("http://{address}/metrics")).await.expect("an answer").text().await.expect("text");
        work.stop().await;
        assert!(told.contains(r#"route="/api/v1/cases/{id}",status="401""#), "{told}");
        assert!(!told.contains("01ARZ3NDEKTSV4RRFFQ69G5FAV"), "no address of a case: {told}");
        for waiting in ["yizhan_outbox_waiting 0", "yizhan_clocks_overdue 0", "yizhan_clocks_overdue_ms 0", "yizhan_background_restarts_total{task=\"metrics\"} 0"] {
            assert!(told.contains(waiting), "{waiting}: {told}");
        }
    }
}
