//! Photos and papers: what is accepted, who sees it.

#[macro_use]
#[path = "support/mod.rs"]
mod support;
#[path = "support/door.rs"]
mod door;

use axum::body::Body;
use door::{Browser, Door, FAR, Reply, SITE, ask};
use image::{DynamicImage, ImageFormat, RgbImage};
use std::io::Cursor;
use yizhan::error::Problem;
use yizhan::files;

const FILES: &str = "/api/v1/files";

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageRgb8(RgbImage::from_pixel(width, height, image::Rgb([200, 30, 30])));
    picture.write_to(&mut bytes, format).expect("encode");
    bytes.into_inner()
}

/// A photo of a phone held upright: lying on its side, with a note to turn it.
fn turned_photo() -> Vec<u8> {
    let plain = picture(800, 600, ImageFormat::Jpeg);
    let mut note = b"\xff\xe1\x00\x22Exif\0\0II\x2a\0\x08\0\0\0\x01\0".to_vec();
    note.extend(b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0");
    [&plain[..2], &note, &plain[2..]].concat()
}

/// A photo that says it is gigantic.
fn gigantic_photo() -> Vec<u8> {
    let mut bytes = picture(8, 8, ImageFormat::Jpeg);
    let frame = bytes.windows(2).position(|w| w == [0xff, 0xc0]).expect("frame");
    bytes[frame + 5..frame + 9].copy_from_slice(&[0x40, 0, 0x40, 0]);
    bytes
}

async fn upload(door: &Door, browser: &Browser, name: &str, bytes: &[u8], case: Option<&str>) -> Reply {
    upload_as(door, browser, name, bytes, case, None).await
}

async fn upload_as(
    door: &Door,
    browser: &Browser,
    name: &str,
    bytes: &[u8],
    case: Option<&str>,
    key: Option<&str>,
) -> Reply {
    let mut form = Vec::new();
    if let Some(case) = case {
        form.extend(
            format!("--x\r\ncontent-disposition: form-data; name=\"case\"\r\n\r\n{case}\r\n").bytes(),
        );
    }
    form.extend(
        format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").bytes(),
    );
    form.extend(bytes);
    form.extend(b"\r\n--x--\r\n");
    let mut request = ask("POST", FILES, browser).header("content-type", "multipart/form-data; boundary=x");
    if let Some(key) = key {
        request
            .headers_mut()
            .expect("headers")
            .insert("idempotency-key", key.parse().expect("key"));
    }
    door.send(request.body(Body::from(form)).expect("request")).await
}

both! {
    async fn a_photo_is_kept_and_shown_upright(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("li", "front-desk", Some(SITE)).await;
        let li = door.sign_in("li").await;
        let photo = turned_photo();
        let reply = upload(&door, &li, "漏水.jpg", &photo, None).await;
        assert_eq!(reply.status, 201, "{:?}", reply.bytes);
        let view = reply.json();
        assert_eq!((view["name"].as_str(), view["type"].as_str()), (Some("漏水.jpg"), Some("image/jpeg")));
        assert_eq!((view["width"].as_i64(), view["height"].as_i64()), (Some(600), Some(800)), "as it is seen");
        let path = format!("{FILES}/{}", view["id"].as_str().expect("id"));

        let whole = door.get(&li, &path).await;
        assert_eq!(whole.bytes, photo, "as it came");
        assert_eq!(whole.header("content-type"), "image/jpeg");
        assert_eq!(whole.header("x-content-type-options"), "nosniff");
        assert_eq!(whole.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(whole.header("content-disposition"), "inline; filename*=UTF-8''%E6%BC%8F%E6%B0%B4.jpg");
        assert_eq!(whole.header("cache-control"), "private, no-cache");
        let again = ask("GET", &path, &li).header("if-none-match", whole.header("etag"));
        assert_eq!(door.send(again.body(Body::empty()).expect("request")).await.status, 304);

        let thumb = door.get(&li, &format!("{path}/thumb")).await;
        let small = image::load_from_memory(&thumb.bytes).expect("a picture");
        assert_eq!((small.width(), small.height()), (240, 320));
        // Lost (a crash, a backup without them): made again.
        let digest = whole.header("etag").trim_matches('"').to_owned();
        let lost = door.app.config.files.join(&digest[..2]).join(format!("{digest}.jpg"));
        std::fs::remove_file(lost).expect("it was kept");
        assert_eq!(door.get(&li, &format!("{path}/thumb")).await.bytes, thumb.bytes);
    }

    async fn a_key_is_good_for_one_photo(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("li", "front-desk", Some(SITE)).await;
        let li = door.sign_in("li").await;
        let key = Some("one-key-one-photo");
        let (one, other) = (turned_photo(), b"%PDF-1.4 another".to_vec());
        let first = upload_as(&door, &li, "漏水.jpg", &one, None, key).await.json();
        assert_eq!(upload_as(&door, &li, "漏水.jpg", &one, None, key).await.json()["id"], first["id"]);
        assert_eq!(upload_as(&door, &li, "单据.pdf", &other, None, key).await.code(), "idempotency-mismatch");
    }

    async fn only_photos_and_papers_are_taken(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("li", "front-desk", Some(SITE)).await;
        let li = door.sign_in("li").await;
        for (name, bytes, code) in [
            ("page.jpg", b"<html><script>alert(1)</script>".to_vec(), "unsupported-type"),
            ("torn.png", picture(90, 90, ImageFormat::Png)[..60].to_vec(), "invalid"),
            ("bomb.jpg", gigantic_photo(), "too-large"),
            ("big.pdf", [b"%PDF-1.7".to_vec(), vec![b'x'; 10 * 1024 * 1024]].concat(), "too-large"),
            ("none.pdf", Vec::new(), "invalid"),
        ] {
            assert_eq!(upload(&door, &li, name, &bytes, None).await.code(), code, "{name}");
        }
        for (format, media) in [(ImageFormat::Png, "image/png"), (ImageFormat::WebP, "image/webp")] {
            let reply = upload(&door, &li, "any-name", &picture(40, 30, format), None).await;
            assert_eq!(reply.json()["type"], media);
        }
        let paper = upload(&door, &li, "合同.pdf", b"%PDF-1.7 text", None).await.json();
        let path = format!("{FILES}/{}", paper["id"].as_str().expect("id"));
        assert!(door.get(&li, &path).await.header("content-disposition").starts_with("attachment"));
        assert_eq!(door.get(&li, &format!("{path}/thumb")).await.status, 404);
        assert_eq!(upload(&door, &Browser::default(), "a.pdf", b"%PDF-1.7", None).await.status, 401);
        let left = std::fs::read_dir(door.app.config.files.join("incoming")).expect("folder").count();
        assert_eq!(left, 0, "nothing half-received stays");
    }

    async fn a_repeated_upload_is_one_file(db: TestDb) {
        let door = Door::open(db).await;
        door.staff("li", "front-desk", Some(SITE)).await;
        let li = door.sign_in("li").await;
        let photo = picture(10, 10, ImageFormat::Png);
        let first = upload_as(&door, &li, "a.png", &photo, None, Some("queued-on-phone")).await.json();
        let second = upload_as(&door, &li, "a.png", &photo, None, Some("queued-on-phone")).await.json();
        assert_eq!(first, second);
    }

    async fn to_see_a_file_is_to_see_its_case(db: TestDb) {
        let door = Door::open(db).await;
        let li = door.staff("li", "front-desk", Some(SITE)).await;
        door.staff("wang", "front-desk", Some(SITE)).await;
        door.staff("far", "front-desk", Some(FAR)).await;
        door.case("c1", SITE).await;
        door.case("c2", SITE).await;
        let browser = door.sign_in("li").await;
        let (wang, far) = (door.sign_in("wang").await, door.sign_in("far").await);
        let photo = picture(10, 10, ImageFormat::Png);
        let free = upload(&door, &browser, "a.png", &photo, None).await.json()["id"].as_str().expect("id").to_owned();
        let path = format!("{FILES}/{free}");
        assert_eq!(door.get(&browser, &path).await.status, 200);
        assert_eq!(door.get(&wang, &path).await.status, 404, "nobody else's yet");

        let owned = async |uploader: &str, case: &'static str| {
            let (ids, uploader) = (vec![free.clone()], uploader.to_owned());
            door.app.db.write::<_, Problem, _>(move |tx| Box::pin(async move {
                files::check_owned(tx, &ids, &uploader, case).await?;
                files::attach(tx, &ids, case).await
            })).await
        };
        assert!(owned("somebody", "c1").await.is_err());
        owned(&li, "c1").await.expect("one's own");
        assert_eq!(door.get(&wang, &path).await.status, 200, "sees the case");
        assert_eq!(door.get(&far, &format!("{path}/thumb")).await.status, 404);
        owned("somebody", "c1").await.expect("it is of the case");
        assert!(owned(&li, "c2").await.is_err(), "a file hangs on one case");

        assert_eq!(upload(&door, &far, "a.png", &photo, Some("c1")).await.status, 404);
        assert_eq!(upload(&door, &wang, "a.png", &photo, Some("c1")).await.status, 201);
    }
}
