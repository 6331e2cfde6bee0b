//! Memory straight from the operating system, so that what is released goes back to it at once.
#![allow(unsafe_code)]

use std::io;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError};

use tacit_block::Block;

/// Keys of a piece.
pub const PIECE: usize = 4096;
/// Bytes of a piece: its keys, then their rows. A multiple of the page.
pub const PIECE_BYTES: usize = PIECE * 20;
/// Pieces that are asked for together: 40 MiB.
const SLAB: usize = 512;

/// Zeroed pages of this process.
pub struct Region {
    start: NonNull<u8>,
    bytes: usize,
}

// SAFETY: the pages belong to the value; who reads and writes them is settled by `Array` and `Piece`.
unsafe impl Send for Region {}
// SAFETY: a shared region gives nothing away by itself.
unsafe impl Sync for Region {}

impl Region {
    /// `bytes` zero bytes; `huge` asks for large pages.
    #[cfg(unix)]
    pub fn new(bytes: usize, huge: bool) -> io::Result<Region> {
        if bytes == 0 {
            return Ok(Region { start: NonNull::<u128>::dangling().cast(), bytes });
        }
        let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: a new anonymous mapping touches no memory that exists.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), bytes, access, kind, -1, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        #[cfg(target_os = "linux")]
        if huge {
            // SAFETY: advice on the mapping just made; whether it is taken makes no difference to its contents.
            unsafe { libc::madvise(start, bytes, libc::MADV_HUGEPAGE) };
        }
        let _ = huge;
        NonNull::new(start.cast()).map(|start| Region { start, bytes }).ok_or_else(|| io::ErrorKind::OutOfMemory.into())
    }

    /// `bytes` zero bytes.
    #[cfg(not(unix))]
    pub fn new(bytes: usize, _huge: bool) -> io::Result<Region> {
        let words = vec![0u128; bytes.div_ceil(16)].into_boxed_slice();
        let start = NonNull::from(Box::leak(words)).cast();
        Ok(Region { start, bytes })
    }

    /// Gives whole pages back; they read as zeros from now on.
    ///
    /// # Safety
    /// Nothing may refer to these bytes.
    unsafe fn release(&self, from: usize, bytes: usize) {
        debug_assert!(from + bytes <= self.bytes);
        #[cfg(target_os = "linux")]
        // SAFETY: inside the mapping, and unused as the caller says.
        unsafe {
            libc::madvise(self.start.as_ptr().add(from).cast(), bytes, libc::MADV_DONTNEED);
        }
        #[cfg(not(target_os = "linux"))]
        let _ = (from, bytes);
    }
}

impl Region {
    /// Has pages made at once rather than one by one when they are touched; where that cannot be, they come later.
    fn prepare(&self, from: usize, bytes: usize) {
        debug_assert!(from + bytes <= self.bytes);
        #[cfg(target_os = "linux")]
        // SAFETY: inside the mapping; the contents stay as they are.
        unsafe {
            libc::madvise(self.start.as_ptr().add(from).cast(), bytes, libc::MADV_POPULATE_WRITE);
        }
        #[cfg(not(target_os = "linux"))]
        let _ = (from, bytes);
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        #[cfg(unix)]
        if self.bytes > 0 {
            // SAFETY: the mapping was made by `new` and goes with the value.
            unsafe { libc::munmap(self.start.as_ptr().cast(), self.bytes) };
        }
        #[cfg(not(unix))]
        // SAFETY: the slice was leaked by `new` with this length.
        unsafe {
            let words = std::ptr::slice_from_raw_parts_mut(self.start.as_ptr().cast::<u128>(), self.bytes.div_ceil(16));
            drop(Box::from_raw(words));
        }
    }
}

/// Plain data: every pattern of bits is a value.
///
/// # Safety
/// Implemented only for types without padding, for which zero bytes and all others are valid.
pub unsafe trait Plain: Copy + Send + Sync {}
// SAFETY: an integer.
unsafe impl Plain for u32 {}
// SAFETY: bytes.
unsafe impl Plain for Block {}

/// A zeroed array in pages of its own.
pub struct Array<T> {
    region: Region,
    len: usize,
    kind: PhantomData<T>,
}

impl<T: Plain> Array<T> {
    /// `len` zeros.
    pub fn new(len: usize) -> io::Result<Array<T>> {
        let region = Region::new(len * size_of::<T>(), true)?;
        Ok(Array { region, len, kind: PhantomData })
    }

    /// Forgets what lies beyond `len` and gives its pages back.
    pub fn truncate(&mut self, len: usize) {
        assert!(len <= self.len);
        let (from, end) = ((len * size_of::<T>()).next_multiple_of(1 << 16), self.len * size_of::<T>());
        self.len = len;
        if from < end {
            // SAFETY: the array is borrowed mutably, and these bytes are no part of it any more.
            unsafe { self.region.release(from, end - from) };
        }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        bytes(self)
    }

    /// Its bytes, to be written.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: plain data is bytes, and any bytes are plain data.
        unsafe { std::slice::from_raw_parts_mut(self.as_mut_ptr().cast(), size_of_val::<[T]>(self)) }
    }
}

/// The bytes of plain data.
pub fn bytes<T: Plain>(data: &[T]) -> &[u8] {
    // SAFETY: plain data has no padding.
    unsafe { std::slice::from_raw_parts(data.as_ptr().cast(), size_of_val(data)) }
}

impl<T: Plain> Deref for Array<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: the region holds `len` values and belongs to the array.
        unsafe { std::slice::from_raw_parts(self.region.start.as_ptr().cast(), self.len) }
    }
}

impl<T: Plain> DerefMut for Array<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above, and the array is borrowed mutably.
        unsafe { std::slice::from_raw_parts_mut(self.region.start.as_ptr().cast(), self.len) }
    }
}

/// Up to `PIECE` keys and their rows. Its pages go back when it is dropped.
pub struct Piece {
    slab: Arc<Region>,
    at: usize,
    len: usize,
}

impl Piece {
    /// The keys so far.
    pub fn keys(&self) -> &[Block] {
        // SAFETY: this part of the slab was handed out once, to this value.
        unsafe { std::slice::from_raw_parts(self.slab.start.as_ptr().add(self.at).cast(), self.len) }
    }

    /// Their rows.
    pub fn rows(&self) -> &[u32] {
        // SAFETY: as above; rows follow the keys.
        unsafe { std::slice::from_raw_parts(self.slab.start.as_ptr().add(self.at + PIECE * 16).cast(), self.len) }
    }

    /// Whether there is no room left.
    pub fn is_full(&self) -> bool {
        self.len == PIECE
    }

    /// Adds as many as there is room for; how many that are.
    pub fn push(&mut self, keys: &[Block], rows: &[u32]) -> usize {
        let count = keys.len().min(PIECE - self.len);
        assert_eq!(keys.len(), rows.len());
        // SAFETY: the part belongs to this value, which is borrowed mutably, and `len` + `count` keys fit.
        unsafe {
            let start = self.slab.start.as_ptr().add(self.at);
            std::ptr::copy_nonoverlapping(keys.as_ptr(), start.cast::<Block>().add(self.len), count);
            let start = start.add(PIECE * 16).cast::<u32>();
            std::ptr::copy_nonoverlapping(rows.as_ptr(), start.add(self.len), count);
        }
        self.len += count;
        count
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        // SAFETY: nobody else was given this part, and nobody will be.
        unsafe { self.slab.release(self.at, PIECE_BYTES) };
    }
}

/// Where pieces come from.
#[derive(Default)]
pub struct Arena(Mutex<Option<(Arc<Region>, usize)>>);

impl Arena {
    /// An empty piece.
    pub fn take(&self) -> io::Result<Piece> {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (slab, number) = match place.take() {
            Some((slab, number)) if number < SLAB => (slab, number),
            _ => (Arc::new(Region::new(SLAB * PIECE_BYTES, false)?), 0),
        };
        let piece = Piece { slab: Arc::clone(&slab), at: number * PIECE_BYTES, len: 0 };
        *place = Some((slab, number + 1));
        drop(place);
        piece.slab.prepare(piece.at, PIECE_BYTES);
        Ok(piece)
    }
}
