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
    ristretto_hash,
    ristretto_hash_mul,
    ristretto_mul,
    ristretto_random_scalar,
    x25519_mul,
    x25519_random_scalar,
)
from tacit.kernel.hashes import Blake3, blake3_hash, blake3_strings
from tacit.kernel.host import features, set_threads
from tacit.kernel.okvs import (
    bin_capacity,
    bin_partition,
    okvs_decode,
    okvs_encode,
    okvs_shape,
    tag_hash,
    tag_join,
    tag_pad,
)
from tacit.kernel.ot import CotReceiver, CotSender
from tacit.kernel.prg import prg_bytes, prg_u64
from tacit.kernel.ring import ring_matmul, ring_matvec, ring_matvec_t
from tacit.kernel.vole import VoleReceiver, VoleSender, VoleSet, vole_compress, vole_set

__all__ = [
    "Blake3",
    "CotReceiver",
    "CotSender",
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
    "blake3_strings",
    "block_hash",
    "features",
    "field_inner",
    "field_scale",
    "okvs_decode",
    "okvs_encode",
    "okvs_shape",
    "prg_bytes",
    "prg_u64",
    "ring_matmul",
    "ring_matvec",
    "ring_matvec_t",
    "ristretto_hash",
    "ristretto_hash_mul",
    "ristretto_mul",
    "ristretto_random_scalar",
    "set_threads",
    "tag_hash",
    "tag_join",
    "tag_pad",
    "vole_compress",
    "vole_set",
    "x25519_mul",
    "x25519_random_scalar",
]
