//! Services: being written.
