//! How XrmToolBox writes secrets: encrypted with a key that is part of its public source, the same for everybody.
//!
//! AES-256-CBC with PKCS#7 over UTF-8, in Base64. Key and vector are constants: `CryptoManager.cs` and `ConnectionManager.cs` of
//! MscrmTools.Xrm.Connection derive the key from a fixed pass phrase and salt (`PasswordDeriveBytes`, SHA-1, 2 rounds).
//! So this is an encoding and protects nothing: anyone who has the file has the secrets.

use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use zeroize::Zeroizing;

use crate::profile::SecretText;

const KEY: [u8; 32] = [
    0xf1, 0x5a, 0xb1, 0x62, 0x70, 0xa3, 0x75, 0x41, 0x50, 0xd3, 0x95, 0xa0, 0xfb, 0xdb, 0xfb, 0x13, 0x99, 0xe2, 0xdc,
    0xa4, 0x37, 0x52, 0x70, 0xd5, 0xae, 0xb0, 0xba, 0x13, 0x14, 0xe6, 0x9f, 0xfc,
];
const VECTOR: &[u8; 16] = b"ahC3@bCa2Didfc3d";

/// The secret behind the disguise; `None` when it is not one: no Base64, no whole blocks, wrong padding, no printable
/// text. About one wrong text in 256 has a padding that passes, so the text is looked at as well.
pub(super) fn read(disguised: &str) -> Option<SecretText> {
    let mut bytes = Zeroizing::new(STANDARD.decode(disguised.trim()).ok()?);
    let plain = cbc::Decryptor::<Aes256>::new(&KEY.into(), VECTOR.into()).decrypt_padded::<Pkcs7>(&mut bytes).ok()?;
    let text = std::str::from_utf8(plain).ok()?;
    let is_text = !text.is_empty() && !text.contains(char::is_control);
    is_text.then(|| SecretText::from(text))
}

/// The text as XrmToolBox reads it back.
pub(super) fn write(secret: &str) -> Zeroizing<String> {
    let mut room = Zeroizing::new(vec![0; secret.len() / 16 * 16 + 16]);
    room[..secret.len()].copy_from_slice(secret.as_bytes());
    let sealed = cbc::Encryptor::<Aes256>::new(&KEY.into(), VECTOR.into())
        .encrypt_padded::<Pkcs7>(&mut room, secret.len())
        .expect("the room is a whole block longer than the text");
    Zeroizing::new(STANDARD.encode(sealed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xrmtoolbox_wrote_is_read_and_written_alike() {
        // Made by the tool's own CryptoManager, compiled under Mono.
        let disguised = "/ZTtozOraxltH2WAadTOJJMkWOT05z2xEqJWacVlF9WsUkTXe+0BOajXh/ykGh5T";
        let secret = read(disguised).expect("a secret");
        assert_eq!(secret.expose(), "demo0NkVbUnxFTCSIf4n2nWUbsivliaxBvsp");
        assert_eq!(*write(secret.expose()), disguised);
        for text in ["a", "sixteen letters.", "ü;=\"'漢"] {
            assert_eq!(read(&write(text)).expect("read back").expose(), text);
        }
    }

    #[test]
    fn what_is_no_disguise_is_not_taken_for_one() {
        for text in ["", "*************", "demomrUp42_IHNnIF4j4NSZdLG1sxOVY3Wjb", "/ZTtozOraxltH2WAadTO", "%%%", "AAAA"]
        {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
