# { "Depends": "rust-genlayer:test" }
