//! The vault's file as bytes: read whole and checked, unsealed, sealed and signed. Nothing here writes files.

use std::ops::Range;
use std::path::Path;

use chrono::SubsecRound;
use zeroize::Zeroizing;

use super::header::Header;
use super::layout::{self, FILE_LIMIT, HEADER_LIMIT};
use super::payload;
use super::text_damage::{self, Outlook, Recognised};
use crate::rfc3339;
use crate::vault::contents::Contents;
use crate::vault::crypto::{CHECKSUM_LENGTH, Key, RunningDigest, TAG_LENGTH, seal, signature};
use crate::vault::encoding::SecretBuffer;
use crate::vault::error::{Remedy, VaultError, shown};
use crate::vault::format_version::FormatVersion;
use crate::vault::roster::{self, ProvenRecords, Roster, RosterError, Signer};
use crate::vault::slots::Slot;
use crate::vault::surroundings::Surroundings;

/// A vault's file as read: whole by its checksum and its lengths, still sealed.
pub(in crate::vault) struct ReadVault {
    pub(in crate::vault) header: Header,
    pub(in crate::vault) checksum: [u8; CHECKSUM_LENGTH],
    bytes: Vec<u8>,
    layout: layout::Layout,
}

impl ReadVault {
    /// A file with these bytes; `path` is for errors.
    pub(in crate::vault) fn of(bytes: Vec<u8>, path: &Path) -> Result<ReadVault, VaultError> {
        let layout = layout::split(&bytes, path).map_err(|error| named(error, &bytes, path))?;
        let header = Header::parse(&bytes[layout.header.clone()], layout.version, path)?;
        if header.payload_length.checked_add(header.roster_length) != Some(layout.sealed.len() as u64) {
            return Err(VaultError::HeaderRefused {
                path: shown(path),
                what: "its payload length does not match the file",
            });
        }
        Ok(ReadVault { header, checksum: layout.checksum, bytes, layout })
    }

    /// The file's length in bytes.
    pub(in crate::vault) fn file_length(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The file's bytes as read.
    pub(in crate::vault) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Whether `data_key` is this vault's.
    pub(in crate::vault) fn commits_to(&self, data_key: &Key) -> bool {
        seal::same(&seal::payload_key(data_key, &self.header.salt).1, &self.header.commitment)
    }

    /// Whether the owner of this public key signed the file. `false` for version 1.
    pub(in crate::vault) fn is_signed_by(&self, public_key: &[u8; 32]) -> bool {
        let signature = self.bytes[self.layout.signature.clone()].try_into();
        let statement = save_statement(&self.header, &self.layout.signed);
        signature.is_ok_and(|signature| signature::verify(public_key, &statement, signature))
    }

    /// The roster, checked by all its rules but for the records that were `proven` before, in a file whose signature is right. A
    /// version-1 file has no records, and `origin_key` is all of its origin keys.
    pub(in crate::vault) fn roster(
        &self,
        data_key: &Key,
        origin_key: &Key,
        proven: Option<&ProvenRecords>,
        path: &Path,
    ) -> Result<Roster, VaultError> {
        let tampered = |what| VaultError::Tampered { path: shown(path), what };
        if self.header.author.is_none() {
            return Ok(Roster::beginning_with(origin_key));
        }
        if !self.commits_to(data_key) {
            return Err(tampered(OTHER_KEY));
        }
        let sealed = &self.bytes[self.layout.sealed.clone()][self.payload_length()..];
        let mut text = Zeroizing::new(sealed.to_vec());
        let (text, tag) = text.split_at_mut(sealed.len() - TAG_LENGTH);
        let tag: &[u8; TAG_LENGTH] = (&*tag).try_into().expect("the rest is the tag");
        let key = seal::roster_key(data_key, &self.header.salt);
        if !seal::decrypt(&key, &self.bytes[self.layout.header.clone()], text, tag) {
            return Err(tampered(BROKEN_SEAL));
        }
        let vault_id = self.header.vault_id;
        let roster =
            roster::read(text, vault_id).ok_or_else(|| tampered("the list of its unlock methods cannot be read"))?;
        roster.check(vault_id, &self.header.slots, data_key, proven).map_err(|RosterError(what)| tampered(what))?;
        self.check_signature(path).map(|()| roster)
    }

    /// Whether the slot that its header names signed it. A version-1 file has no signature.
    pub(in crate::vault) fn check_signature(&self, path: &Path) -> Result<(), VaultError> {
        let Some(author) = self.header.author else { return Ok(()) };
        let public_key = self.header.slot(author).and_then(Slot::public_key);
        if public_key.is_some_and(|public_key| self.is_signed_by(&public_key)) {
            Ok(())
        } else {
            let what = "it was not signed by the person it names as having saved it";
            Err(VaultError::Tampered { path: shown(path), what })
        }
    }

    fn payload_length(&self) -> usize {
        self.layout.sealed.len() - usize::try_from(self.header.roster_length).expect("it is part of the file's length")
    }

    /// Decrypts the contents.
    pub(in crate::vault) fn unseal(self, data_key: &Key, path: &Path) -> Result<Contents, VaultError> {
        let saved_at = self.header.saved_at;
        let text = self.unseal_text(data_key, path)?;
        let mut contents = payload::read(text.as_bytes(), path)?;
        contents.clock.begin_at(saved_at);
        Ok(contents)
    }

    /// Decrypts the contents' JSON.
    pub(in crate::vault) fn unseal_text(self, data_key: &Key, path: &Path) -> Result<PlainText, VaultError> {
        let (key, commitment) = seal::payload_key(data_key, &self.header.salt);
        if !seal::same(&commitment, &self.header.commitment) {
            return Err(VaultError::Tampered { path: shown(path), what: OTHER_KEY });
        }
        let (begin, length) = (self.layout.sealed.start, self.payload_length());
        // From here on the bytes become plain text in place.
        let mut bytes = Zeroizing::new(self.bytes);
        let (header, rest) = bytes.split_at_mut(begin);
        let (text, tag) = rest[..length].split_at_mut(length - TAG_LENGTH);
        let tag: &[u8; TAG_LENGTH] = (&*tag).try_into().expect("the rest is the tag");
        if !seal::decrypt(&key, &header[self.layout.header], text, tag) {
            return Err(VaultError::Tampered { path: shown(path), what: BROKEN_SEAL });
        }
        Ok(PlainText { bytes, place: begin..begin + length - TAG_LENGTH })
    }
}

/// What is wrong with a file that is no whole vault, where something took it for text.
fn named(error: VaultError, bytes: &[u8], path: &Path) -> VaultError {
    if !matches!(error, VaultError::Damaged { .. } | VaultError::NotAVault { .. }) {
        return error;
    }
    let Some(Recognised { change, outlook }) = text_damage::recognise(bytes) else { return error };
    let remedy = match outlook {
        Outlook::Repairable => Remedy::Repair,
        Outlook::Unclear => Remedy::BackupOfUnclear,
        Outlook::Lost => Remedy::BackupOfText,
    };
    VaultError::Damaged { path: shown(path), what: change.words(), remedy }
}

const OTHER_KEY: &str = "it names another key than its slot holds";
const BROKEN_SEAL: &str = "its seal is broken";

/// What the signature of a save is over.
pub(in crate::vault) fn save_statement(header: &Header, digest: &[u8; CHECKSUM_LENGTH]) -> Vec<u8> {
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("a365vault v2 save|{}|{digest}", header.vault_id.hyphenated()).into_bytes()
}

/// A decrypted payload, in memory that is wiped.
pub(in crate::vault) struct PlainText {
    bytes: Zeroizing<Vec<u8>>,
    place: Range<usize>,
}

impl PlainText {
    pub(in crate::vault) fn as_bytes(&self) -> &[u8] {
        &self.bytes[self.place.clone()]
    }
}

/// What a file is sealed with beside its payload.
#[derive(Clone, Copy)]
pub(in crate::vault) struct Sealing<'k> {
    pub(in crate::vault) data_key: &'k Key,
    pub(in crate::vault) roster: &'k Roster,
    /// Who saves; its slot is in the header.
    pub(in crate::vault) author: Signer<'k>,
}

/// Seals `contents` under a fresh salt and completes `header`. Out: the whole file's bytes.
pub(in crate::vault) fn seal_file(
    header: &mut Header,
    sealing: Sealing<'_>,
    contents: &Contents,
    surroundings: &dyn Surroundings,
) -> Result<Vec<u8>, VaultError> {
    // As the file will have it, so that the backup is named alike.
    header.saved_at = rfc3339::within_its_years(surroundings.now()).trunc_subsecs(0);
    header.author = Some(sealing.author.slot);
    // Room for the header's line, which is about as long as before: it can only be written once the payload is there.
    let line = header.to_line();
    let payload = usize::try_from(header.payload_length).unwrap_or(0);
    let mut text = SecretBuffer::with_capacity(line.len() + payload + USUAL_ROSTER + 4096);
    text.push(&line);
    payload::write(contents, &mut text);
    seal_text(header, sealing, text, line.len(), surroundings)
}

/// A roster of a few members and changes is shorter, in bytes.
const USUAL_ROSTER: usize = 4096;

/// As [`seal_file`], for a payload that is JSON already and a time of saving that is past. The first `room` bytes of `text`
/// are no payload; the header's line goes there.
pub(in crate::vault) fn seal_text(
    header: &mut Header,
    sealing: Sealing<'_>,
    mut text: SecretBuffer,
    room: usize,
    surroundings: &dyn Surroundings,
) -> Result<Vec<u8>, VaultError> {
    let mut roster = SecretBuffer::with_capacity(USUAL_ROSTER);
    roster::write(sealing.roster, &mut roster);
    header.version = FormatVersion::Two;
    header.author = Some(sealing.author.slot);
    header.salt = seal::random_salt(surroundings)?;
    let (key, commitment) = seal::payload_key(sealing.data_key, &header.salt);
    header.commitment = commitment;
    header.payload_length = (text.len() - room + TAG_LENGTH) as u64;
    header.roster_length = (roster.len() + TAG_LENGTH) as u64;
    let line = header.to_line();
    let associated = &line[..line.len() - 1];
    let tag = seal::encrypt(&key, associated, &mut text.bytes_mut()[room..]);
    let roster_key = seal::roster_key(sealing.data_key, &header.salt);
    let roster_tag = seal::encrypt(&roster_key, associated, roster.bytes_mut());
    let mut file = text.into_public();
    file.splice(..room, line.iter().copied());
    file.extend_from_slice(&tag);
    file.extend_from_slice(&roster.into_public());
    file.extend_from_slice(&roster_tag);
    let mut digest = RunningDigest::of(&file);
    let statement = save_statement(header, &digest.so_far());
    let signature = signature::sign(sealing.author.private_key, &statement, surroundings)?;
    digest.add(&signature);
    file.extend_from_slice(&signature);
    file.extend_from_slice(&digest.so_far());
    if file.len() as u64 > FILE_LIMIT || line.len() > HEADER_LIMIT {
        Err(VaultError::ContentsTooLarge)
    } else {
        Ok(file)
    }
}
