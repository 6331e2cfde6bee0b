//! Keys in files without a name, which go when the process does.

use std::fs::File;
use std::io;
use std::path::Path;

use tacit_block::Block;

use crate::memory::{Array, PIECE, Piece, bytes};

/// Consecutive keys of a run in the file: all keys, then all rows.
#[derive(Clone, Copy)]
pub struct Extent {
    start: u64,
    count: usize,
}

/// A file that is appended to.
pub struct Spill {
    file: File,
    end: u64,
}

impl Spill {
    /// A new file without a name in `folder`.
    pub fn new(folder: &Path) -> io::Result<Spill> {
        Ok(Spill { file: unnamed(folder)?, end: 0 })
    }

    /// Writes pieces behind one another.
    pub fn append(&mut self, pieces: &[Piece]) -> io::Result<Extent> {
        let extent = Extent { start: self.end, count: pieces.iter().map(|piece| piece.keys().len()).sum() };
        let keys = pieces.iter().map(|piece| bytes(piece.keys()));
        for part in keys.chain(pieces.iter().map(|piece| bytes(piece.rows()))) {
            write_at(&self.file, part, self.end)?;
            self.end += part.len() as u64;
        }
        Ok(extent)
    }

    /// Forgets an extent.
    pub fn release(&self, extent: &Extent) {
        release(&self.file, extent);
    }

    /// Hands the keys and rows of an extent to `take`, some at a time, in order.
    pub fn read(&self, extent: &Extent, take: &mut impl FnMut(&[Block], &[u32])) -> io::Result<()> {
        const STEP: usize = 16 * PIECE;
        let (mut keys, mut rows) = (Array::<Block>::new(STEP)?, Array::<u32>::new(STEP)?);
        let rows_start = extent.start + 16 * extent.count as u64;
        for first in (0..extent.count).step_by(STEP) {
            let count = STEP.min(extent.count - first);
            read_at(&self.file, &mut keys.bytes_mut()[..16 * count], extent.start + 16 * first as u64)?;
            read_at(&self.file, &mut rows.bytes_mut()[..4 * count], rows_start + 4 * first as u64)?;
            take(&keys[..count], &rows[..count]);
        }
        Ok(())
    }
}

/// Gives the room of an extent back to the disk, where the file system can.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
fn release(file: &File, extent: &Extent) {
    let mode = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
    let descriptor = std::os::fd::AsRawFd::as_raw_fd(file);
    // SAFETY: a system call on an open file that touches no memory.
    unsafe { libc::fallocate(descriptor, mode, extent.start as i64, 20 * extent.count as i64) };
}

/// Where there is no such call the room comes back with the end of the file.
#[cfg(not(target_os = "linux"))]
fn release(_: &File, _: &Extent) {}

/// A new file without a name in `folder`, readable by this user only.
pub fn unnamed(folder: &Path) -> io::Result<File> {
    let mut salt = [0; 8];
    getrandom::fill(&mut salt).map_err(|error| io::Error::other(error.to_string()))?;
    let path = folder.join(format!(".tacit-keys-{:016x}", u64::from_le_bytes(salt)));
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// Writes at a position.
#[cfg(unix)]
pub fn write_at(file: &File, data: &[u8], position: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, data, position)
}

/// Reads at a position.
#[cfg(unix)]
pub fn read_at(file: &File, data: &mut [u8], position: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, data, position)
}

/// Refused where files cannot be read and written at a position.
#[cfg(not(unix))]
pub fn write_at(_: &File, _: &[u8], _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Refused where files cannot be read and written at a position.
#[cfg(not(unix))]
pub fn read_at(_: &File, _: &mut [u8], _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
