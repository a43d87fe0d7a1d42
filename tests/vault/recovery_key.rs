//! Recovery keys as people type them.

use a365_password_tool::profile::SecretText;
use a365_password_tool::vault::{ReadRecoveryKey, RecoveryKey, RecoveryKeyError, recovery_sheet};
use proptest::prelude::*;
use uuid::Uuid;

use super::made;

/// The key of 128 zero bits: a right text that opens nothing.
pub(super) const SOMEBODYS_KEY: &str = "QQQQ-QQQQ-QQQQ-QQQQ-QQQQ-QQQQ-QQ2W-MRFL";

fn read(text: &str) -> Result<ReadRecoveryKey, RecoveryKeyError> {
    RecoveryKey::parse(&SecretText::from(text))
}

/// A key of a vault made now.
fn fresh() -> RecoveryKey {
    made().1.add_recovery_key().expect("a key")
}
