//! The commands about expiry dates: `expiring`, `remind`, `calendar` and `handover`.

pub(super) mod calendar;
pub(super) mod expiring;
pub(super) mod handover;
mod index;
pub(super) mod remind;
