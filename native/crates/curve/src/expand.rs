//! expand_message_xmd of RFC 9380, section 5.3.1, with SHA-512, for the 64 bytes that ristretto255 needs.

use sha2::{Digest, Sha512};

use crate::Error;

/// A domain separation tag, prepared: DST_prime of RFC 9380, and the hash after its block of zeros.
pub(crate) struct Tag {
    pub(crate) prime: Vec<u8>,
    padded: Sha512,
}

impl Tag {
    /// Tags of more than 255 bytes are hashed first (section 5.3.3).
    pub(crate) fn new(dst: &[u8]) -> Result<Tag, Error> {
        if dst.is_empty() {
            return Err(Error::Tag);
        }
        let mut prime = if dst.len() > 255 {
            Sha512::new().chain_update(b"H2C-OVERSIZE-DST-").chain_update(dst).finalize().to_vec()
        } else {
            dst.to_vec()
        };
        prime.push(prime.len() as u8);
        Ok(Tag { prime, padded: Sha512::new().chain_update([0; 128]) })
    }

    /// 64 uniform bytes of `message`: with one output block, b_1 = H(b_0 || 1 || DST_prime) is the whole answer.
    pub(crate) fn expand(&self, message: &[u8]) -> [u8; 64] {
        let padded = self.padded.clone();
        let seed = padded.chain_update(message).chain_update([0, 64, 0]).chain_update(&self.prime).finalize();
        Sha512::new().chain_update(seed).chain_update([1]).chain_update(&self.prime).finalize().into()
    }
}
