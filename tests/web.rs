//! What is not the API: pages, headers, health.

#[macro_use]
#[path = "support/mod.rs"]
mod support;
#[path = "support/door.rs"]
mod door;

use door::{Browser, Door};

both! {
    async fn pages_and_health(db: TestDb) {
        let door = Door::open(db).await;
        let nobody = Browser::default();
        assert_eq!(door.get(&nobody, "/livez").await.status, 200);
        assert_eq!(door.get(&nobody, "/readyz").await.status, 200);
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
