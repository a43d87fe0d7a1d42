//! A growing byte buffer that leaves no copies behind: what `Vec<u8>` does not promise.

use std::io;

use zeroize::Zeroizing;

/// Bytes that are wiped when dropped and whenever the buffer has to move to grow.
pub(in crate::vault) struct SecretBuffer(Zeroizing<Vec<u8>>);

impl SecretBuffer {
    /// An empty buffer with room for `capacity` bytes.
    pub(in crate::vault) fn with_capacity(capacity: usize) -> SecretBuffer {
        SecretBuffer(Zeroizing::new(Vec::with_capacity(capacity)))
    }

    /// How many bytes it holds.
    pub(in crate::vault) fn len(&self) -> usize {
        self.0.len()
    }

    /// The bytes.
    pub(in crate::vault) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// Hands the bytes out, for use once they are no secret any more (encrypted).
    pub(in crate::vault) fn into_public(mut self) -> Vec<u8> {
        std::mem::take(&mut *self.0)
    }

    /// Adds `bytes` at the end.
    #[inline]
    pub(in crate::vault) fn push(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(self.0.capacity() * 2)));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
    }
}

impl io::Write for SecretBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes);
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.push(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
