//! A few small pictures: photos nobody would take for real ones, and a scribble for a signature.

use super::forms::Picture;
use crate::context::App;
use crate::db::Tx;
use crate::error::Problem;
use crate::files::{self, Received};
use image::{ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;

/// The pictures, whose bytes are on the disk once however often they are used.
pub struct Album {
    photos: Vec<Received>,
    signature: Received,
}

impl Album {
    /// Draws them.
    ///
    /// # Errors
    /// The disk's.
    pub async fn draw(app: &App) -> Result<Album, Problem> {
        let mut photos = Vec::new();
        for number in 0..4 {
            let bytes = png(RgbImage::from_fn(WIDTH, HEIGHT, |x, y| photo(number, x, y)))?;
            photos.push(files::receive_bytes(app, &format!("演示照片{}.png", number + 1), bytes).await?);
        }
        let signature = png(RgbImage::from_fn(WIDTH, HEIGHT / 2, scribble))?;
        let signature = files::receive_bytes(app, "演示签名.png", signature).await?;
        Ok(Album { photos, signature })
    }

    /// Keeps one of them under that id, as uploaded by somebody.
    ///
    /// # Errors
    /// The database's.
    pub async fn keep(
        &self,
        tx: &Tx,
        id: String,
        which: Picture,
        uploader: &str,
        now: i64,
    ) -> Result<(), Problem> {
        let picture = match which {
            Picture::Signature => &self.signature,
            Picture::Photo => {
                let turn = id.bytes().map(usize::from).sum::<usize>();
                &self.photos[turn % self.photos.len()]
            }
        };
        files::keep(tx, picture.under(id), uploader, now)
            .await
            .map(|_| ())
    }
}

fn png(picture: RgbImage) -> Result<Vec<u8>, Problem> {
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, ImageFormat::Png)
        .map_err(Problem::internal)?;
    Ok(bytes.into_inner())
}

/// Tiles in one of four colours, with a stain.
fn photo(number: u32, x: u32, y: u32) -> Rgb<u8> {
    let base = [[196, 188, 170], [170, 186, 196], [188, 196, 172], [200, 180, 180]][number as usize % 4];
    let joint = x % 64 < 2 || y % 64 < 2;
    let (dx, dy) = (i64::from(x) - 120 - 40 * i64::from(number), i64::from(y) - 110);
    let stain = dx * dx + dy * dy * 2 < 3600;
    let darker = if joint { 60 } else { 0 } + if stain { 40 } else { 0 };
    Rgb(base.map(|c: u8| c.saturating_sub(darker)))
}

/// A wavy line on paper.
fn scribble(x: u32, y: u32) -> Rgb<u8> {
    let at = f64::from(x) / 18.0;
    let line = 60.0 + 22.0 * at.sin() + 10.0 * (at * 2.3).cos();
    let inked = (20..WIDTH - 20).contains(&x) && (f64::from(y) - line).abs() < 2.5;
    if inked {
        Rgb([30, 40, 90])
    } else {
        Rgb([255, 255, 255])
    }
}
