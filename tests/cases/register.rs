//! The register (INTAKE-1): what the customer answered and signed stays as it was given.

use crate::support::person::key;
use crate::support::server::Server;
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::io::Cursor;
use yizhan::db::Sql;

fn signature() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let paper = image::RgbImage::from_pixel(300, 100, image::Rgb([255, 255, 255]));
    paper
        .write_to(&mut bytes, image::ImageFormat::Png)
        .expect("encode");
    bytes.into_inner()
}

both! {
    async fn a_customer_answers_and_signs(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let supervisor = server.person("supervisor").await;
        let stranger = server.person("desk-elsewhere").await;
        let body = json!({"site": world.site, "channel": "visit", "said": "来问装修押金什么时候退"});
        let id = desk.post("/contacts", body).await.ok()["id"].as_str().expect("id").to_owned();
        let path = format!("/contacts/{id}/feedback");

        desk.post(&path, json!({"words": "等消息"})).await.ok();
        let file = desk.upload("signature.png", signature()).await;
        assert_eq!(supervisor.get(&format!("/files/{file}")).await.status, StatusCode::NOT_FOUND);
        let signed = json!({"words": "已经听明白了，周五来领", "signature": file});
        let view = desk.post(&path, signed.clone()).await.ok();
        let given = view["feedback"].as_array().expect("list").clone();
        assert_eq!(given.len(), 2, "{view}");
        assert_eq!((&given[0]["words"], &given[1]["signature"]), (&json!("等消息"), &json!(file)));
        assert!(given[1]["taker"]["name"].is_string());

        // Whoever sees the register sees the signature; nobody else does.
        assert_eq!(supervisor.open(&format!("/files/{file}")).await.status(), StatusCode::OK);
        assert_eq!(stranger.get(&format!("/files/{file}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.post(&path, json!({"words": "看看"})).await.status, StatusCode::NOT_FOUND);

        // A signature stands under one answer; a paper or somebody else's picture is none.
        let theirs = supervisor.upload("signature.png", signature()).await;
        for wrong in [json!(file), json!(theirs), json!("no-such-file")] {
            let answer = desk.post(&path, json!({"words": "再签", "signature": wrong})).await;
            assert_eq!(answer.code(), "invalid", "{wrong}");
        }
        assert_eq!(desk.post(&path, json!({"words": "  "})).await.code(), "invalid");
        assert_eq!(desk.get(&format!("/contacts/{id}")).await.ok()["feedback"], json!(given));
    }

    async fn a_signature_sent_twice_stands_once(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let body = json!({"site": world.site, "channel": "visit", "said": "来问钥匙"});
        let id = desk.post("/contacts", body).await.ok()["id"].as_str().expect("id").to_owned();
        let path = format!("/contacts/{id}/feedback");
        let file = desk.upload("signature.png", signature()).await;
        let signed = json!({"words": "满意", "signature": file});
        let headers = [("idempotency-key", key())];
        let (one, two) = tokio::join!(
            desk.send(Method::POST, &path, Some(signed.clone()), &headers),
            desk.send(Method::POST, &path, Some(signed.clone()), &headers),
        );
        assert_eq!(one.ok(), two.ok());
        // With other keys only one of two comes through.
        let again = desk.upload("signature.png", signature()).await;
        let signed = json!({"words": "还是满意", "signature": again});
        let (one, two) = tokio::join!(desk.post(&path, signed.clone()), desk.post(&path, signed.clone()));
        assert_eq!([&one, &two].iter().filter(|a| a.status.is_success()).count(), 1, "{} {}", one.body, two.body);
        let view = desk.get(&format!("/contacts/{id}")).await.ok();
        assert_eq!(view["feedback"].as_array().map(Vec::len), Some(2), "{view}");
    }

    async fn passing_on_tells_the_customer(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        // The home was handed over this year: the site office follows its matters.
        let lead = server.person("site-lead").await;
        let desk = server.person("front-desk").await;
        let case = desk.call(&world, "complaint", "噪音", json!({"content": "楼上半夜装修"})).await;
        let view = lead.get(&format!("/cases/{case}")).await.ok();
        let offer = view["actions"].as_array().expect("actions").iter().find(|o| o["name"] == "pass-on").expect("offered");
        assert!(offer["ask"].as_array().expect("fields").iter().any(|f| f["name"] == "told"), "{offer}");
        let to: Option<String> =
            db.read().scalar("select id from staff where login = 'supervisor'", vec![]).await.expect("read");
        let input = json!({"to": to, "reason": "涉及两个部门"});
        assert_eq!(lead.act(&case, "pass-on", input).await.code(), "invalid");
        let input = json!({"to": to, "reason": "涉及两个部门", "told": "尚未告知"});
        assert_eq!(lead.act(&case, "pass-on", input).await.ok()["untold"], true);
        let row = desk.get("/cases").await.ok()["items"][0].clone();
        assert_eq!(row["untold"], true, "{row}");
        let told = lead.act(&case, "tell-customer", json!({"how": "电话"})).await.ok();
        assert_eq!(told["untold"], false);
        let said = serde_json::to_string(&told["timeline"]).expect("text");
        assert!(said.contains("已告知客户（电话）"), "{said}");
    }

    async fn a_home_says_who_serves_its_owner(db: TestDb) {
        let server = Server::start(&db).await;
        let world = server.cast().await;
        let desk = server.person("front-desk").await;
        let view = desk.get(&format!("/homes/{}", world.home)).await.ok();
        let story = desk.get(&format!("/customers/{}", world.customer)).await.ok();
        assert_eq!(view["served_by"], story["homes"][0]["served_by"], "{story}");
        assert!(view["served_by"]["server"].is_string(), "{view}");
    }
}
