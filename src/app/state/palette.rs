//! Finding a command or a profile by its name.

/// What is typed in the command palette, and where its cursor is.
#[derive(Default)]
pub struct Palette {
    /// Words of the name.
    pub typed: String,
    /// Which of those found is chosen, counted from 0.
    pub chosen: usize,
}
