//! Counting, seen from the bytes.
