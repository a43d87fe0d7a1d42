//! The outer header of a KeePass database, and what it demands before anything in it can be checked.
//!
//! Source: KeePass's `KdbxFile.Read.cs` and `KdfParameters.cs`. 12 bytes, then fields of an id, a length (16 bits in version
//! 3, 32 bits in 4) and bytes. A header that asks for 16 GiB would end the process, and its checksum is one that anybody can
//! compute, so the numbers are held against limits far above what people choose.

use crate::exchange::import::Refusal;

const END: u8 = 0;
const COMPRESSION: u8 = 3;
const TRANSFORM_ROUNDS: u8 = 6;
const KDF_PARAMETERS: u8 = 11;

/// KeePass offers up to 1 GiB.
const MEMORY_LIMIT: u64 = 1 << 30;
/// Passes over more memory than this count against [`WORK_LIMIT`].
const SMALL_MEMORY: u64 = 64 << 20;
const PASSES_LIMIT: u64 = 100;
/// Memory times passes, in bytes.
const WORK_LIMIT: u64 = 16 << 30;
const LANES_LIMIT: u64 = 64;
/// About a minute of AES on an old machine.
const AES_ROUNDS_LIMIT: u64 = 100_000_000;

/// Refuses a database of an unknown version, one that is cut off, and one whose key costs too much.
pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    let mut rest = Rest(bytes.get(8..).ok_or(Refusal::DamagedFile)?);
    let (minor, major) = (rest.number(2)? as u16, rest.number(2)? as u16);
    if !matches!((major, minor), (3, 0..=1) | (4, 0..=1)) {
        return Err(Refusal::KdbxVersion { major, minor });
    }
    let mut fields = 0;
    loop {
        let id = rest.take(1)?[0];
        let length = rest.number(if major == 3 { 2 } else { 4 })?;
        let data = rest.take(usize::try_from(length).map_err(|_| Refusal::DamagedFile)?)?;
        fields += 1;
        match id {
            END => return Ok(()),
            COMPRESSION if data.len() != 4 => return Err(Refusal::DamagedFile),
            TRANSFORM_ROUNDS => aes_rounds(Rest(data).number(8)?)?,
            KDF_PARAMETERS => parameters(data)?,
            _ => {}
        }
        if fields > 100 {
            return Err(Refusal::DamagedFile);
        }
    }
}

fn aes_rounds(rounds: u64) -> Result<(), Refusal> {
    if rounds > AES_ROUNDS_LIMIT {
        return Err(Refusal::KdfTooCostly { what: format!("{rounds} rounds of AES") });
    }
    Ok(())
}

/// A dictionary of values with types: `M` is memory in bytes, `I` passes of Argon2, `P` lanes, `R` rounds of AES. Each name is
/// counted wherever it stands and whatever its type.
fn parameters(data: &[u8]) -> Result<(), Refusal> {
    let mut rest = Rest(data);
    rest.take(2)?;
    let (mut memory, mut passes, mut lanes) = (0, 0, 0);
    loop {
        if rest.take(1)?[0] == 0 {
            break;
        }
        let length = rest.number(4)?;
        let name = rest.take(usize::try_from(length).map_err(|_| Refusal::DamagedFile)?)?;
        let length = rest.number(4)?;
        let value = rest.take(usize::try_from(length).map_err(|_| Refusal::DamagedFile)?)?;
        let number = || Rest(value).number(value.len().min(8));
        match name {
            b"M" => memory = number()?.max(memory),
            b"I" => passes = number()?.max(passes),
            b"P" => lanes = number()?.max(lanes),
            b"R" => aes_rounds(number()?)?,
            _ => {}
        }
    }
    let is_too_long = memory > SMALL_MEMORY && passes > PASSES_LIMIT;
    if memory > MEMORY_LIMIT
        || is_too_long
        || passes > u64::from(u32::MAX)
        || memory.saturating_mul(passes) > WORK_LIMIT
    {
        let what = format!("{} MiB of memory, {passes} times", memory >> 20);
        return Err(Refusal::KdfTooCostly { what });
    }
    if lanes > LANES_LIMIT {
        return Err(Refusal::KdfTooCostly { what: format!("{lanes} threads") });
    }
    // What cannot be had is refused here: the crate would end the process.
    let room = usize::try_from(memory).map_err(|_| Refusal::DamagedFile)?;
    Vec::<u8>::new().try_reserve_exact(room).map_err(|_| Refusal::KdfTooCostly {
        what: format!("{} MiB of memory, which this computer does not have", memory >> 20),
    })
}

/// What is left of some bytes.
struct Rest<'b>(&'b [u8]);

impl<'b> Rest<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], Refusal> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Refusal::DamagedFile)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A little-endian number of up to 8 bytes.
    fn number(&mut self, count: usize) -> Result<u64, Refusal> {
        let taken = self.take(count)?;
        Ok(taken.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(major: u16, fields: &[(u8, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = [&[0x03, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5][..], &[1, 0], &major.to_le_bytes()].concat();
        for (id, data) in fields {
            bytes.push(*id);
            match major {
                3 => bytes.extend((data.len() as u16).to_le_bytes()),
                _ => bytes.extend((data.len() as u32).to_le_bytes()),
            }
            bytes.extend(data);
        }
        bytes
    }

    fn dictionary(values: &[(&str, u64)]) -> Vec<u8> {
        let mut data = vec![0, 1];
        for (name, value) in values {
            data.push(5);
            data.extend((name.len() as u32).to_le_bytes());
            data.extend(name.as_bytes());
            data.extend(8_u32.to_le_bytes());
            data.extend(value.to_le_bytes());
        }
        data.push(0);
        data
    }

    #[test]
    fn what_people_choose_passes_and_what_ends_the_process_does_not() {
        let argon2 = |memory, passes, lanes| {
            let fields = [(11, dictionary(&[("M", memory), ("I", passes), ("P", lanes)])), (0, Vec::new())];
            check(&header(4, &fields)).err().map(|refusal| refusal.code())
        };
        assert_eq!(argon2(64 << 20, 2, 2), None, "KeePass's own");
        assert_eq!(argon2(1 << 20, 1000, 4), None);
        assert_eq!(argon2(256 << 20, 20, 4), None);
        for (memory, passes, lanes) in [
            (16 << 30, 2, 2),
            (1 << 20, 1 << 40, 2),
            (128 << 20, 1000, 2),
            (1 << 30, 17, 2),
            (1 << 20, 2, 1 << 20),
            (u64::MAX, u64::MAX, 1),
        ] {
            assert_eq!(argon2(memory, passes, lanes), Some("kdf_too_costly"), "{memory} {passes} {lanes}");
        }
        let aes = |rounds: u64| {
            let fields = [(6, rounds.to_le_bytes().to_vec()), (0, Vec::new())];
            check(&header(3, &fields)).err().map(|refusal| refusal.code())
        };
        assert_eq!((aes(2_300_000), aes(200_000_000)), (None, Some("kdf_too_costly")));
        let later = header(4, &[(11, dictionary(&[("R", 10)])), (11, dictionary(&[("R", 1 << 40)])), (0, Vec::new())]);
        assert!(check(&later).is_err(), "each of two counts");
    }

    #[test]
    fn what_is_cut_off_or_unknown_is_refused() {
        let whole = header(4, &[(11, dictionary(&[("R", 10)])), (0, Vec::new())]);
        assert_eq!(check(&whole), Ok(()));
        for length in 8..whole.len() {
            assert_eq!(check(&whole[..length]), Err(Refusal::DamagedFile), "{length}");
        }
        assert_eq!(check(&header(5, &[])).err().map(|refusal| refusal.code()), Some("newer_version"));
    }
}
