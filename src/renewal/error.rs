//! Why a step of a renewal is not taken.

/// Why a step is refused: what is in the way, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenewalError {
    /// No renewal is under way.
    #[error("This renewal is no longer in progress: it was ended elsewhere. Start it again.")]
    NotBegun,
    /// There is no new secret yet.
    #[error("There is no new secret yet. Create one in the portal and paste its Value first.")]
    NoSecretYet,
    /// Another new secret is kept already.
    #[error("This renewal already has another new secret. Test that one, or discard it to use this one instead.")]
    SecretGivenAlready,
    /// The new secret is the one in use.
    #[error("The profile already uses this secret. Create a new client secret in the portal and copy its Value.")]
    SameAsPresent,
    /// The new secret is the former one.
    #[error(
        "This is the old secret, which the profile used before. Create a new client secret in the portal and copy its \
         Value."
    )]
    SameAsFormer,
    /// The new secret has already expired.
    #[error(
        "This date is not in the future, so the secret has already expired. Enter the expiry date of the new secret."
    )]
    Expired,
    /// No test with the new secret has passed.
    #[error(
        "The new secret was not tested, or the test failed. Test it first, or confirm that you want to use it without \
         a test."
    )]
    NotTested,
    /// Ending the renewal would drop the new secret.
    #[error("The new secret is stored nowhere else and will be lost. Confirm that you want this.")]
    NewSecretWouldBeLost,
    /// An older secret is kept as the former one.
    #[error("The old secret from the last renewal is still stored. Delete it first, then switch.")]
    FormerStillKept,
    /// There is no former secret.
    #[error("The old secret is no longer stored, so there is nothing to go back to.")]
    NothingToGoBackTo,
    /// A renewal with a new secret is under way.
    #[error("Another renewal with a new secret is in progress. Finish or cancel it before you go back.")]
    RenewalUnderWay,
}
