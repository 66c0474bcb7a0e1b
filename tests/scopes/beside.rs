//! Rights are of the site of the post that carries them, and people without a home belong to where they called.

use crate::support::server::Server;
use crate::{furnish, sql, text};
use serde_json::json;
use yizhan::vals;

both! {
    async fn a_right_at_one_site_is_none_at_another(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let there = furnish(&server, &world).await;
        let desk = server.person("front-desk").await;
        // A clerk of one site who stands at the gate of the other.
        sql(
            &server,
            "insert into staff_post (staff_id, post, site_id) values ($1, 'guard', $2)",
            vals![desk.id.clone(), there.site.clone()],
        )
        .await;
        assert_eq!(desk.get(&format!("/contacts/{}", there.contact)).await.status, 404);
        assert!(!desk.get("/contacts").await.ok().to_string().contains(&there.contact));
        assert!(!desk.get("/contacts?q=漏水").await.ok().to_string().contains(&there.contact));
        assert!(!desk.get("/events").await.ok().to_string().contains(&there.event));
        assert_eq!(desk.get(&format!("/cases/{}", there.case)).await.status, 404);
        assert_eq!(desk.get(&format!("/customers/{}", there.customer)).await.status, 404);
        assert!(!desk.get("/search?q=乙园").await.ok()["customers"].to_string().contains(&there.customer));
        let said = json!({"site": there.site, "channel": "call", "said": "问一问", "judgements": [], "read_back": true});
        assert_eq!(desk.post("/contacts", said).await.code(), "forbidden");
    }

    async fn a_customer_without_a_home_belongs_to_where_they_were_written_down(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let (here, there) = (server.person("front-desk").await, server.person("desk-elsewhere").await);
        let made = there.post("/customers", json!({"name": "乙园访客", "phone": "13900001111"})).await.ok();
        let id = text(&made["id"]);
        assert_eq!(there.get(&format!("/customers/{id}")).await.ok()["name"], "乙园访客");
        assert_eq!(here.get(&format!("/customers/{id}")).await.status, 404);
        assert_eq!(here.get("/search?q=乙园访客").await.ok()["customers"], json!([]));
        // The same person at both sites is written down at both: nobody learns of the other.
        let again = json!({"name": "乙园访客", "phone": "13900001111", "home": world.home});
        let own = here.post("/customers", again).await.ok();
        assert_ne!(own["id"], made["id"]);
        assert!(own.get("existed").is_none() && own.get("same_phone").is_none(), "{own}");
        // When they call, they are known here too.
        sql(
            &server,
            "insert into contact (id, number, site_id, channel, customer_id, said, happened_at, recorded_at) \
             values ('k1', 'LD-1', $1, 'call', $2, '问一问', 0, 0)",
            vals![world.site.clone(), id.clone()],
        )
        .await;
        assert_eq!(here.get(&format!("/customers/{id}")).await.status, 200);
    }
}
