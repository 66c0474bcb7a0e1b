//! What the bytes of an upload are, and small pictures of photos. All of it blocks.

use crate::error::{Code, Problem};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Rgb, RgbImage};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// Longer side of a thumbnail in pixels.
const THUMB: u32 = 320;
/// Pixels of a picture: more would take gigabytes to decode.
const MOST_PIXELS: u64 = 50_000_000;

/// What a file is, by its bytes and not by its name.
#[derive(Debug)]
pub(super) struct Kind {
    /// Media type.
    pub media: &'static str,
    /// Width and height as it is seen, of pictures.
    pub size: Option<(u32, u32)>,
    /// A small JPEG, of pictures.
    pub thumb: Option<Vec<u8>>,
}

/// Recognises the file and, for a picture, decodes it wholly: what is kept can be shown.
pub(super) fn recognise(path: &Path) -> Result<Kind, Problem> {
    let mut head = [0u8; 12];
    let mut file = File::open(path).map_err(Problem::internal)?;
    let read = file.read(&mut head).map_err(Problem::internal)?;
    let media = match &head[..read] {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P'] => "image/webp",
        [b'%', b'P', b'D', b'F', b'-', ..] => {
            return Ok(Kind {
                media: "application/pdf",
                size: None,
                thumb: None,
            });
        }
        _ => {
            return Err(Problem::new(
                Code::UnsupportedType,
                "只能上传照片（JPG、PNG、WebP）和 PDF 文件",
            ));
        }
    };
    let picture = decode(path)?;
    let size = Some((picture.width(), picture.height()));
    Ok(Kind {
        media,
        size,
        thumb: Some(thumbnail(&picture)?),
    })
}

/// The small JPEG of a picture that is kept already.
pub(super) fn small(path: &Path) -> Result<Vec<u8>, Problem> {
    thumbnail(&decode(path)?)
}

fn decode(path: &Path) -> Result<DynamicImage, Problem> {
    let broken = |_| Problem::new(Code::Invalid, "照片已损坏，请重新拍照或换一张");
    let file = File::open(path).map_err(Problem::internal)?;
    let reader = ImageReader::new(BufReader::new(file))
        .with_guessed_format()
        .map_err(Problem::internal)?;
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Problem::new(Code::TooLarge, "照片尺寸过大（最多 5000 万像素）"));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn thumbnail(picture: &DynamicImage) -> Result<Vec<u8>, Problem> {
    let fits = picture.width() <= THUMB && picture.height() <= THUMB;
    let small = if fits {
        picture.to_rgba8()
    } else {
        picture.thumbnail(THUMB, THUMB).to_rgba8()
    };
    // JPEG knows no transparency: what shines through is white, as paper.
    let paper = RgbImage::from_fn(small.width(), small.height(), |x, y| {
        let [red, green, blue, alpha] = small.get_pixel(x, y).0.map(u16::from);
        let over = |c: u16| u8::try_from((c * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        Rgb([over(red), over(green), over(blue)])
    });
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 80);
    paper.write_with_encoder(encoder).map_err(Problem::internal)?;
    Ok(bytes)
}
