use super::*;

fn hex<const N: usize>(text: &str) -> [u8; N] {
    std::array::from_fn(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
}

fn one() -> [u8; 32] {
    std::array::from_fn(|i| u8::from(i == 31))
}

/// RFC 9380, appendix J.1.1.
#[test]
fn p256_hash_is_that_of_the_rfc() {
    let mut out = [[0; 33]];
    let dst = b"QUUX-V01-CS02-with-P256_XMD:SHA-256_SSWU_RO_";
    hash_mul::<NistP256>(b"abc", 3, dst, &one(), &mut out).unwrap();
    // y = 5c41 ... 212e is even.
    assert_eq!(out, [hex("020bb8b87485551aa43ed54f009230450b492fead5f1cc91658775dac4a3388a0f")]);
    assert_eq!(hash_mul::<NistP256>(b"abc", 3, b"", &one(), &mut out), Err(Error::Tag));
}

/// GB/T 32918.5, annex A: a private key and its public key.
#[test]
fn sm2_public_key_is_that_of_the_standard() {
    let generator = hex("0232c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7");
    let secret = hex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
    let mut out = [[0; 33]];
    mul::<Sm2>(&[generator], &secret, &mut out).unwrap();
    assert_eq!(out, [hex("0309f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020")]);
}

fn refuses_bad_points_and_scalars<C: Suite>(prime: &str, order: &str) {
    let mut good = [[0; 33]; 70];
    hash_mul::<C>(&[7; 140], 2, b"test", &one(), &mut good).unwrap();
    let mut out = good;
    mul::<C>(&good, &one(), &mut out).unwrap();
    assert_eq!(out, good);
    let tagged = |tag: u8, x: &str| hex(&format!("{tag:02x}{x}"));
    let (mut hybrid, mut compact) = (good[0], good[0]);
    (hybrid[0], compact[0]) = (6, 5);
    for bad in [tagged(2, prime), tagged(3, &"f".repeat(64)), [0; 33], hybrid, compact] {
        let mut points = good;
        (points[66], points[69]) = (bad, bad);
        assert_eq!(mul::<C>(&points, &one(), &mut out), Err(Error::Point(66)));
    }
    for bad in [[0; 32], hex(order), [0xff; 32]] {
        assert_eq!(mul::<C>(&good, &bad, &mut out), Err(Error::Scalar));
    }
}

#[test]
fn p256_refuses_bad_points_and_scalars() {
    refuses_bad_points_and_scalars::<NistP256>(
        "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    );
}

#[test]
fn sm2_refuses_bad_points_and_scalars() {
    refuses_bad_points_and_scalars::<Sm2>(
        "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff",
        "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
    );
}

#[test]
fn scalars_are_drawn_below_the_order() {
    for _ in 0..50 {
        read::<Sm2>(&random_scalar::<Sm2>().unwrap()).unwrap();
        read::<NistP256>(&random_scalar::<NistP256>().unwrap()).unwrap();
    }
}
