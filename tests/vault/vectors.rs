//! Files made once and kept: every later version has to open them.
