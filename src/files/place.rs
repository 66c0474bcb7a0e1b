//! Where files are on the disk, and how they get there. All of it blocks.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where the bytes of that digest are.
pub(crate) fn place(root: &Path, digest: &str) -> PathBuf {
    root.join(digest.get(..2).unwrap_or("__")).join(digest)
}

/// Where their small picture is.
pub(super) fn thumb_place(root: &Path, digest: &str) -> PathBuf {
    place(root, digest).with_extension("jpg")
}

/// Writes bytes to their place so that they are there wholly or not at all. The small picture may be lost in a
/// crash: it is made again.
pub(super) fn put(root: &Path, place: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = place.file_name().unwrap_or_default();
    // Two that make the same picture at once write the same bytes.
    let temporary = root.join("incoming").join(name);
    fs::create_dir_all(root.join("incoming"))?;
    fs::write(&temporary, bytes)?;
    match fs::rename(&temporary, place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && place.exists() => Ok(()),
        other => other,
    }
}

/// Moves a file whose bytes are on the disk to its place, and sees to it that the new name is on the disk too.
pub(super) fn move_into(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder)?;
    fs::rename(from, to)?;
    fs::File::open(folder)?.sync_all()?;
    folder
        .parent()
        .map_or(Ok(()), |above| fs::File::open(above)?.sync_all())
}
