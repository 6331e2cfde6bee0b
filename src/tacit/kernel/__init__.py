"""The native kernel's typed face: groups, hashes, keystreams, ring products, bits, key-value stores, transfers.

Arguments are buffers and C-contiguous arrays, never lists of items; results are arrays. Every function checks
types and shapes (TypeError, ValueError), releases the GIL, and uses all cores for large inputs: as many threads as
the environment variable TACIT_THREADS or `set_threads` says, otherwise one per core. TACIT_KERNEL =
scalar | avx2 | avx512 | ifma forces a code path; one that the processor lacks stops the import. Beside every function
stands its slow twin in `tacit.kernel.reference`. Not to be carried over a fork: the threads do not survive it.
"""

from tacit.kernel.bits import bit_pack, bit_planes, bit_planes_join, bit_reverse_u64, bit_unpack
from tacit.kernel.field import block_hash, field_inner, field_scale
from tacit.kernel.groups import (
    ristretto_div_each,
    ristretto_hash,
    ristretto_hash_mul,
    ristretto_hash_mul_each,
    ristretto_mul,
    ristretto_random_scalar,
    ristretto_random_scalars,
    x25519_mul,
    x25519_random_scalar,
)
from tacit.kernel.hashes import Blake3, blake3_hash, blake3_short, blake3_strings, bound_hash
from tacit.kernel.host import features, set_threads
from tacit.kernel.keys import KeyBins
from tacit.kernel.okvs import (
    bin_capacity,
    bin_partition,
    okvs_decode,
    okvs_decode_tags,
    okvs_encode,
    okvs_encode_masked,
    okvs_shape,
    tag_hash,
    tag_join,
    tag_match,
    tag_pad,
)
from tacit.kernel.oprf import dleq_prove, dleq_verify, oprf_finalize
from tacit.kernel.ot import CotReceiver, CotSender
from tacit.kernel.prg import prg_bytes, prg_u64
from tacit.kernel.ring import ring_matmul, ring_matvec, ring_matvec_t
from tacit.kernel.vole import VoleReceiver, VoleSender, VoleSet, vole_compress, vole_set
from tacit.kernel.weierstrass import (
    p256_hash_mul,
    p256_mul,
    p256_random_scalar,
    sm2_hash_mul,
    sm2_mul,
    sm2_random_scalar,
)

__all__ = [
    "Blake3",
    "CotReceiver",
    "CotSender",
    "KeyBins",
    "VoleReceiver",
    "VoleSender",
    "VoleSet",
    "bin_capacity",
    "bin_partition",
    "bit_pack",
    "bit_planes",
    "bit_planes_join",
    "bit_reverse_u64",
    "bit_unpack",
    "blake3_hash",
    "blake3_short",
    "blake3_strings",
    "block_hash",
    "bound_hash",
    "dleq_prove",
    "dleq_verify",
    "features",
    "field_inner",
    "field_scale",
    "okvs_decode",
    "okvs_decode_tags",
    "okvs_encode",
    "okvs_encode_masked",
    "okvs_shape",
    "oprf_finalize",
    "p256_hash_mul",
    "p256_mul",
    "p256_random_scalar",
    "prg_bytes",
    "prg_u64",
    "ring_matmul",
    "ring_matvec",
    "ring_matvec_t",
    "ristretto_div_each",
    "ristretto_hash",
    "ristretto_hash_mul",
    "ristretto_hash_mul_each",
    "ristretto_mul",
    "ristretto_random_scalar",
    "ristretto_random_scalars",
    "set_threads",
    "sm2_hash_mul",
    "sm2_mul",
    "sm2_random_scalar",
    "tag_hash",
    "tag_join",
    "tag_match",
    "tag_pad",
    "vole_compress",
    "vole_set",
    "x25519_mul",
    "x25519_random_scalar",
]
