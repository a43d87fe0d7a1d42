//! Why a step of a renewal is not taken.

/// Why a step is refused: what is in the way, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenewalError {
    /// No renewal is under way.
    #[error("No renewal of this secret is under way any more: somebody ended it elsewhere. Begin it again.")]
    NotBegun,
    /// There is no new secret yet.
    #[error("There is no new secret yet. Make one in the portal and paste its Value first.")]
    NoSecretYet,
    /// Another new secret is kept already.
    #[error(
        "Another new secret is kept in this renewal already. Give it up first if this one is to take its place; else \
         test that one."
    )]
    SecretGivenAlready,
    /// The new secret is the one in use.
    #[error(
        "This is the secret that the profile uses already. Make a new client secret in the portal and copy its Value."
    )]
    SameAsPresent,
    /// The new secret is the former one.
    #[error(
        "This is the former secret, which the profile used before. Make a new client secret in the portal and copy its \
         Value."
    )]
    SameAsFormer,
    /// The new secret has lapsed by its date.
    #[error(
        "This day has come or gone: a secret that lapses then is of no use. Enter the new secret's own expiry date."
    )]
    Lapsed,
    /// No test with the new secret has passed.
    #[error(
        "The new secret was not tested, or the test did not pass. Test it first, or say that it is to be used without a \
         test."
    )]
    NotTested,
    /// Ending the renewal would drop the new secret.
    #[error("The new secret is kept nowhere else, and would be lost. Say so if that is wanted.")]
    NewSecretWouldBeLost,
    /// An older secret is kept as the former one.
    #[error("The former secret of the last renewal is still kept. Forget it first, then switch.")]
    FormerStillKept,
    /// There is no former secret.
    #[error("The former secret is no longer kept, so there is nothing to go back to.")]
    NothingToGoBackTo,
    /// A renewal with a new secret is under way.
    #[error("Another renewal with a new secret is under way. Carry it out or cancel it before going back.")]
    RenewalUnderWay,
}
