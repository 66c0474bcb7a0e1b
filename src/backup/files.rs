//! Files of a backup: named by the digest of their bytes, so that each is verified by its name.

use crate::base::hex;
use crate::files::place;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

/// Copies those files that are not there yet, and gives the digests of those that are missing or broken at their
/// source. A file arrives whole or not at all.
pub(super) fn copy(digests: &[String], from: &Path, to: &Path) -> io::Result<Vec<String>> {
    let mut broken = Vec::new();
    for name in digests {
        let (source, target) = (place(from, name), place(to, name));
        if target.exists() && digest(&target)? == *name {
            continue;
        }
        let folder = target.parent().unwrap_or(to);
        fs::create_dir_all(folder)?;
        let partial = target.with_extension("partial");
        match copy_one(&source, &partial) {
            Ok(found) if found == *name => {
                fs::rename(&partial, &target)?;
                sync(folder)?;
            }
            Ok(_) => {
                fs::remove_file(&partial)?;
                broken.push(name.clone());
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => broken.push(name.clone()),
            Err(error) => return Err(error),
        }
    }
    Ok(broken)
}

/// Copies to the disk and gives the digest of what was copied.
fn copy_one(from: &Path, to: &Path) -> io::Result<String> {
    let mut source = File::open(from)?;
    let mut target = File::create(to)?;
    let found = read(&mut source, |bytes| target.write_all(bytes))?;
    target.sync_all()?;
    Ok(found)
}

/// SHA-256 of a file.
pub(super) fn digest(path: &Path) -> io::Result<String> {
    read(&mut File::open(path)?, |_| Ok(()))
}

fn read(source: &mut File, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<String> {
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        let count = source.read(&mut buffer)?;
        if count == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&buffer[..count]);
        each(&buffer[..count])?;
    }
}

/// Sees to it that the names in a folder are on the disk.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
