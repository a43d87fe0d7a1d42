//! Signatures by a slot's X25519 key: XEdDSA (Trevor Perrin, "The XEdDSA and VXEdDSA Signature Schemes", 2016).
//!
//! A slot of version 1 has an X25519 key pair and nothing to sign with, and its owner may be away for a month. With XEdDSA
//! that pair signs: the private scalar is used as Ed25519 uses its own, and who verifies finds the Ed25519 public key
//! from the X25519 one. What is verified is an ordinary Ed25519 signature (RFC 8032).

use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::montgomery::MontgomeryPoint;
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use ed25519_dalek::hazmat::{ExpandedSecretKey, raw_sign};
use ed25519_dalek::{Signature, VerifyingKey};
use zeroize::Zeroizing;

use super::seal::{self, Key};
use crate::vault::error::VaultError;
use crate::vault::surroundings::Surroundings;

/// Length of a signature in bytes.
pub(in crate::vault) const SIGNATURE_LENGTH: usize = 64;

const PREFIX_INFO: &str = "a365vault v2 signature prefix";

/// Signs `statement` with an X25519 private key.
pub(in crate::vault) fn sign(
    private_key: &Key,
    statement: &[u8],
    surroundings: &dyn Surroundings,
) -> Result<[u8; SIGNATURE_LENGTH], VaultError> {
    let mut bytes = Zeroizing::new([0; Key::LENGTH]);
    bytes.copy_from_slice(private_key.bytes());
    *bytes = clamp_integer(*bytes);
    let mut scalar = Zeroizing::new(Scalar::from_bytes_mod_order(*bytes));
    let mut point = EdwardsPoint::mul_base(&scalar);
    // The X25519 public key does not tell which of two points it is; the one with sign 0 counts.
    if point.compress().as_bytes()[31] >> 7 == 1 {
        *scalar = -*scalar;
        point = -point;
    }
    // Secret and never the same twice, whatever the statement is.
    let prefix = seal::derived_key(private_key.bytes(), &seal::random_salt(surroundings)?, PREFIX_INFO);
    let mut hash_prefix = Zeroizing::new([0; 32]);
    hash_prefix.copy_from_slice(prefix.bytes());
    let secret = ExpandedSecretKey { scalar: *scalar, hash_prefix: *hash_prefix };
    Ok(raw_sign::<sha2::Sha512>(&secret, statement, &VerifyingKey::from(point)).to_bytes())
}

/// Whether this X25519 public key can belong to somebody who signs: a point of the curve itself and not one of the few to which
/// everybody knows the private key.
pub(in crate::vault) fn is_usable(public_key: &[u8; 32]) -> bool {
    MontgomeryPoint(*public_key).to_edwards(0).is_some_and(|point| !point.is_small_order())
}

/// Whether the owner of this X25519 public key signed `statement`.
#[must_use]
pub(in crate::vault) fn verify(public_key: &[u8; 32], statement: &[u8], signature: &[u8; SIGNATURE_LENGTH]) -> bool {
    let Some(point) = MontgomeryPoint(*public_key).to_edwards(0) else { return false };
    VerifyingKey::from(point).verify_strict(statement, &Signature::from_bytes(signature)).is_ok()
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, VerifyingKey};

    use super::*;
    use crate::vault::surroundings::ThisMachine;

    fn key(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hexadecimal")).collect()
    }

    #[test]
    fn what_a_key_signs_verifies_with_its_x25519_public_key_and_nothing_else_does() {
        let machine = ThisMachine::default();
        let mut signs = [0; 2];
        for _ in 0..40 {
            let (private, public) = seal::key_pair(&machine).expect("a pair");
            let (_, other) = seal::key_pair(&machine).expect("another");
            let mut signature = sign(&private, b"statement", &machine).expect("signed");
            assert!(verify(&public, b"statement", &signature));
            assert!(!verify(&public, b"statemenT", &signature) && !verify(&other, b"statement", &signature));
            assert_ne!(signature, sign(&private, b"statement", &machine).expect("signed"), "hedged with randomness");
            let mut bytes = [0; 32];
            bytes.copy_from_slice(private.bytes());
            let point = EdwardsPoint::mul_base(&Scalar::from_bytes_mod_order(clamp_integer(bytes)));
            signs[usize::from(point.compress().as_bytes()[31] >> 7)] += 1;
            signature[40] ^= 1;
            assert!(!verify(&public, b"statement", &signature));
        }
        assert!(signs.iter().all(|count| *count > 0), "both signs were tried");
    }

    /// The known answer of libsignal's test_curve25519_signature. It keeps the sign of the point in the signature's highest
    /// bit (here 1), where XEdDSA takes the point with sign 0; the conversion and the equation are the same.
    #[test]
    fn libsignals_signature_verifies_with_the_point_of_its_sign() {
        let public: [u8; 32] =
            key("ab7e717d4a163b7d9a1d8071dfe9dcf8cdcd1cea3339b6356be84d887e322c64").try_into().expect("32");
        let message = key("05edce9d9c415ca78cb7252e72c2c4a554d3eb29485a0e1d503118d1a82d99fb4a");
        let mut signature: [u8; 64] = key("5de88ca9a89b4a115da79109c67c9c7464a3e4180274f1cb8c63c2984e286dfb\
             ede82deb9dcd9fae0bfbb821569b3d9001bd8130cd11d486cef047bd60b86e88")
        .try_into()
        .expect("64");
        let point = MontgomeryPoint(public).to_edwards(signature[63] >> 7).expect("a point");
        signature[63] &= 0x7f;
        let verifying = VerifyingKey::from(point);
        assert!(verifying.verify_strict(&message, &Signature::from_bytes(&signature)).is_ok());
        assert!(!verify(&public, &message, &signature), "another sign is another key");
    }

    #[test]
    fn a_public_key_of_small_order_or_off_the_curve_verifies_nothing() {
        let field = |less: u8| {
            // 2^255 - 19, less something, little-endian.
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (0xed - less, 0x7f);
            bytes
        };
        let small = |number: u8| std::array::from_fn(|at| if at == 0 { number } else { 0 });
        // 0, 1 and -1, and the first two in a second spelling; 2 is on the twist.
        for public in [small(0), small(1), field(1), field(0), small(2)] {
            assert!(!verify(&public, b"statement", &[0; 64]) && !is_usable(&public));
            let mut identity = [0; 64];
            identity[0] = 1;
            assert!(!verify(&public, b"statement", &identity));
        }
    }
}
