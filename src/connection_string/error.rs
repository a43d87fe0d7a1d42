//! Why a connection string was refused, and what to do about it.

/// Why a text could not be read as a connection string, or a connection string could not be written.
///
/// Positions count characters from 1. No variant holds text of the connection string itself: it may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionStringError {
    /// Something without an `=` after it, at `position`.
    #[error(
        "At character {position} there is text without “=”. A connection string consists of Key=Value pairs separated \
         by “;”. If this text is part of a secret that contains “;”, put the whole secret in quotes: \
         ClientSecret=\"…\""
    )]
    KeyWithoutEquals {
        /// Where the piece begins.
        position: usize,
    },
    /// An `=` with no key before it.
    #[error(
        "At character {position} there is an “=” without a key before it. Put the key first, for example \
         ClientSecret=\"…\", and put quotes around a value that contains “;” or “=”."
    )]
    EmptyKey {
        /// Where the `=` stands.
        position: usize,
    },
    /// A control character outside of quotes.
    #[error(
        "At character {position} there is an invisible control character. Copy the value again, without the lines \
         around it."
    )]
    ControlCharacter {
        /// Where the character stands.
        position: usize,
    },
    /// A NUL character, which no connection string can hold.
    #[error("At character {position} there is an invalid character (NUL). Copy the connection string again.")]
    Nul {
        /// Where the character stands.
        position: usize,
    },
    /// A quote that is never closed.
    #[error(
        "The quote at character {position} is never closed. Add the same quote at the end of the value; a quote inside \
         the value must be written twice."
    )]
    UnclosedQuote {
        /// Where the quote opens.
        position: usize,
    },
    /// Text between a closing quote and the next `;`.
    #[error(
        "At character {position} there is text after a closing quote. Only “;” may follow the quote. A quote inside a \
         quoted value must be written twice."
    )]
    TextAfterQuote {
        /// Where that text begins.
        position: usize,
    },
    /// A value without quotes around it that ends in one.
    #[error(
        "The value that ends at character {position} ends with a quote but does not begin with one. Put the whole \
         value in the other kind of quotes, for example ClientSecret=\"…'\""
    )]
    EndsInQuote {
        /// Where the quote stands.
        position: usize,
    },
    /// The whole text stands in quotes, as it does in a script or a JSON file.
    #[error(
        "The whole connection string is in quotes, which Microsoft's parser does not accept. Remove the quote at \
         character {position} and the one at the end."
    )]
    WrappedInQuotes {
        /// Where the first quote stands.
        position: usize,
    },
    /// Writing: a value holds a NUL character.
    #[error("A value contains an invalid character (NUL). Copy the value again from where it came from.")]
    ValueHoldsNul,
    /// Writing: a key that could not be read back.
    #[error(
        "A key is empty, begins or ends with a space, begins with “;”, or contains a control character. Such a key \
         cannot be read back. Correct its name."
    )]
    BadKey,
}

impl ConnectionStringError {
    /// The error's stable id, for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::KeyWithoutEquals { .. } => "key_without_equals",
            Self::EmptyKey { .. } => "empty_key",
            Self::ControlCharacter { .. } => "control_character",
            Self::Nul { .. } | Self::ValueHoldsNul => "nul",
            Self::UnclosedQuote { .. } => "unclosed_quote",
            Self::TextAfterQuote { .. } => "text_after_quote",
            Self::EndsInQuote { .. } => "ends_in_quote",
            Self::WrappedInQuotes { .. } => "wrapped_in_quotes",
            Self::BadKey => "bad_key",
        }
    }

    /// Where in the text it went wrong, in characters from 1; `None` for an error of writing.
    pub fn position(&self) -> Option<usize> {
        match *self {
            Self::KeyWithoutEquals { position }
            | Self::EmptyKey { position }
            | Self::ControlCharacter { position }
            | Self::Nul { position }
            | Self::UnclosedQuote { position }
            | Self::TextAfterQuote { position }
            | Self::EndsInQuote { position }
            | Self::WrappedInQuotes { position } => Some(position),
            Self::ValueHoldsNul | Self::BadKey => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ConnectionStringError as Error;

    #[test]
    fn each_error_has_its_own_id() {
        let position = 1;
        let errors = [
            (Error::KeyWithoutEquals { position }, "key_without_equals"),
            (Error::EmptyKey { position }, "empty_key"),
            (Error::ControlCharacter { position }, "control_character"),
            (Error::Nul { position }, "nul"),
            (Error::UnclosedQuote { position }, "unclosed_quote"),
            (Error::TextAfterQuote { position }, "text_after_quote"),
            (Error::EndsInQuote { position }, "ends_in_quote"),
            (Error::WrappedInQuotes { position }, "wrapped_in_quotes"),
            (Error::ValueHoldsNul, "nul"),
            (Error::BadKey, "bad_key"),
        ];
        for (error, code) in errors {
            assert_eq!(error.code(), code, "{error}");
        }
    }
}
