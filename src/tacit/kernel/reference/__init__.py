"""Slow, readable twins of the kernel's functions: the specification that the native ones are tested against.

Same names, same arguments, same results as `tacit.kernel`. Neither fast nor constant-time: never for real secrets.
"""

from tacit.kernel.reference.bits import bit_pack, bit_planes, bit_planes_join, bit_reverse_u64, bit_unpack
from tacit.kernel.reference.field import block_hash, field_inner, field_scale
from tacit.kernel.reference.groups import ristretto_hash, ristretto_hash_mul, ristretto_mul, x25519_mul
from tacit.kernel.reference.hashes import Blake3, blake3_hash, blake3_strings
from tacit.kernel.reference.okvs import bin_partition, okvs_decode, okvs_encode, tag_hash, tag_join
from tacit.kernel.reference.prg import prg_bytes, prg_u64
from tacit.kernel.reference.ring import ring_matmul, ring_matvec, ring_matvec_t
from tacit.kernel.reference.vole import vole_compress

__all__ = [
    "Blake3",
    "bin_partition",
    "bit_pack",
    "bit_planes",
    "bit_planes_join",
    "bit_reverse_u64",
    "bit_unpack",
    "blake3_hash",
    "blake3_strings",
    "block_hash",
    "field_inner",
    "field_scale",
    "okvs_decode",
    "okvs_encode",
    "prg_bytes",
    "prg_u64",
    "ring_matmul",
    "ring_matvec",
    "ring_matvec_t",
    "ristretto_hash",
    "ristretto_hash_mul",
    "ristretto_mul",
    "tag_hash",
    "tag_join",
    "vole_compress",
    "x25519_mul",
]
