"""Slow, readable twins of the kernel's functions: the specification that the native ones are tested against.

Same names, same arguments, same results as `tacit.kernel`. Neither fast nor constant-time: never for real secrets.
"""

from tacit.kernel.reference.bits import bit_pack, bit_planes, bit_planes_join, bit_reverse_u64, bit_unpack
from tacit.kernel.reference.field import block_hash, field_inner, field_scale
from tacit.kernel.reference.groups import (
    ristretto_div_each,
    ristretto_hash,
    ristretto_hash_mul,
    ristretto_hash_mul_each,
    ristretto_mul,
    x25519_mul,
)
from tacit.kernel.reference.hashes import Blake3, blake3_hash, blake3_short, blake3_strings, bound_hash
from tacit.kernel.reference.keys import KeyBins
from tacit.kernel.reference.okvs import (
    bin_partition,
    okvs_decode,
    okvs_decode_tags,
    okvs_encode,
    okvs_encode_masked,
    tag_hash,
    tag_join,
    tag_match,
)
from tacit.kernel.reference.oprf import dleq_prove, dleq_verify, oprf_finalize
from tacit.kernel.reference.prg import prg_bytes, prg_u64
from tacit.kernel.reference.ring import ring_matmul, ring_matvec, ring_matvec_t
from tacit.kernel.reference.vole import vole_compress
from tacit.kernel.reference.weierstrass import p256_hash_mul, p256_mul, sm2_hash_mul, sm2_mul

__all__ = [
    "Blake3",
    "KeyBins",
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
    "field_inner",
    "field_scale",
    "okvs_decode",
    "okvs_decode_tags",
    "okvs_encode",
    "okvs_encode_masked",
    "oprf_finalize",
    "p256_hash_mul",
    "p256_mul",
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
    "sm2_hash_mul",
    "sm2_mul",
    "tag_hash",
    "tag_join",
    "tag_match",
    "vole_compress",
    "x25519_mul",
]
