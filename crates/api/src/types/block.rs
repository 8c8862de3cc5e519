//! An Ethereum-shaped block.

use serde::Serialize;

/// One block; quantities are hex.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Ethereum's")]
pub struct Block {
    pub number: String,
    pub hash: String,
    pub parent_hash: String,
    pub state_root: String,
    pub timestamp: String,
    pub transactions: Vec<String>,
    pub sha3_uncles: String,
    pub nonce: String,
    pub logs_bloom: String,
    pub transactions_root: String,
    pub receipts_root: String,
    pub miner: String,
    pub difficulty: String,
    pub total_difficulty: String,
    pub gas_used: String,
    pub gas_limit: String,
    pub base_fee_per_gas: String,
    pub size: String,
    pub extra_data: String,
    pub mix_hash: String,
    pub uncles: Vec<String>,
}

impl Block {
    /// A block of a gasless chain: every field that has no meaning here is zero or empty.
    #[must_use]
    pub fn gasless(
        number: String,
        hash: String,
        parent_hash: String,
        state_root: String,
        timestamp: String,
    ) -> Self {
        let zero32 = format!("0x{}", "0".repeat(64));
        Self {
            number,
            hash,
            parent_hash,
            state_root,
            timestamp,
            transactions: Vec::new(),
            // keccak256(rlp([])), the empty-uncles constant every client knows.
            sha3_uncles: "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"
                .to_owned(),
            nonce: "0x0000000000000000".to_owned(),
            logs_bloom: format!("0x{}", "0".repeat(512)),
            transactions_root: zero32.clone(),
            receipts_root: zero32.clone(),
            miner: format!("0x{}", "0".repeat(40)),
            difficulty: "0x0".to_owned(),
            total_difficulty: "0x0".to_owned(),
            gas_used: "0x0".to_owned(),
            gas_limit: "0x1c9c380".to_owned(),
            base_fee_per_gas: "0x0".to_owned(),
            size: "0x0".to_owned(),
            extra_data: "0x".to_owned(),
            mix_hash: zero32,
            uncles: Vec::new(),
        }
    }
}
