//! Checks and generates the repository: `cargo run -p xtask -- help` lists the commands.

fn main() {}

#[cfg(test)]
mod tests {
    #[test]
    fn the_workspace_has_a_lock_file() {
        let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
        assert!(std::path::Path::new(lock).is_file());
    }
}
