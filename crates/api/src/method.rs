//! The table of methods: names, parameters in order, what they answer.

/// One method.
#[derive(Debug)]
pub struct Method {
    /// Name on the wire.
    pub name: &'static str,
    /// Parameter names in positional order.
    pub params: &'static [&'static str],
    /// How many leading parameters are required.
    pub required: usize,
    /// Whether it changes the local chain's world; refused to foreign web origins.
    pub privileged: bool,
    /// One sentence for the documentation.
    pub about: &'static str,
}

const fn open(
    name: &'static str,
    params: &'static [&'static str],
    required: usize,
    about: &'static str,
) -> Method {
    Method {
        name,
        params,
        required,
        privileged: false,
        about,
    }
}

const fn local(
    name: &'static str,
    params: &'static [&'static str],
    required: usize,
    about: &'static str,
) -> Method {
    Method {
        name,
        params,
        required,
        privileged: true,
        about,
    }
}

/// Every method the node answers, sorted by name.
pub const METHODS: &[Method] = &[
    open(
        "anvil_getAutomine",
        &[],
        0,
        "Whether transactions start as soon as they are taken in.",
    ),
    local(
        "anvil_mine",
        &["blocks", "interval"],
        0,
        "Seals blocks, so many seconds apart; the last starts all that waits.",
    ),
    open("eth_blockNumber", &[], 0, "Height of the newest block."),
    open("eth_chainId", &[], 0, "Chain id in hex."),
    open(
        "eth_estimateGas",
        &["transaction", "block"],
        1,
        "Gas a transaction needs; nominal, since a local chain is gasless.",
    ),
    open(
        "eth_feeHistory",
        &["block_count", "newest_block", "reward_percentiles"],
        2,
        "Base fees; all zero.",
    ),
    open("eth_gasPrice", &[], 0, "Gas price; zero."),
    open(
        "eth_getBalance",
        &["account_address", "block"],
        1,
        "Balance in wei.",
    ),
    open(
        "eth_getBlockByHash",
        &["hash", "full_transactions"],
        1,
        "Block by hash, or null.",
    ),
    open(
        "eth_getBlockByNumber",
        &["number", "full_transactions"],
        1,
        "Block by number or tag, or null.",
    ),
    open(
        "eth_getCode",
        &["address", "block"],
        1,
        "Non-empty for the consensus address and for deployed contracts.",
    ),
    open(
        "eth_getLogs",
        &["filter"],
        1,
        "Consensus logs by address, topics and block range.",
    ),
    open(
        "eth_getTransactionByHash",
        &["transaction_hash", "options"],
        1,
        "Full record of a transaction, or null.",
    ),
    open(
        "eth_getTransactionCount",
        &["address", "block"],
        1,
        "Next nonce of an account.",
    ),
    open(
        "eth_getTransactionReceipt",
        &["transaction_hash"],
        1,
        "Ethereum receipt of the submission, or null.",
    ),
    open("eth_maxPriorityFeePerGas", &[], 0, "Priority fee; zero."),
    open(
        "eth_sendRawTransaction",
        &["signed_transaction", "sim_config"],
        1,
        "Submits a signed transaction; answers its id. Of sim_config, genvm_datetime is checked but \
         has no effect on writes yet, and validators are refused.",
    ),
    open("eth_syncing", &[], 0, "False."),
    local(
        "evm_mine",
        &["timestamp"],
        0,
        "Seals a block that starts all that waits.",
    ),
    local(
        "evm_setAutomine",
        &["enabled"],
        1,
        "Starts transactions at once, or lets them wait until they are mined.",
    ),
    open(
        "gen_call",
        &["request"],
        1,
        "Runs a read or simulates a write; answers the return value in hex without 0x. \
         sim_config.genvm_datetime sets the time the contract sees; validators are refused.",
    ),
    open(
        "gen_dbg_traceTransaction",
        &["request"],
        1,
        "What the leader's execution printed, returned and why it failed.",
    ),
    open(
        "gen_getAppealQuote",
        &["transaction_hash"],
        1,
        "What an appeal against a decision costs now, and what it pays to win.",
    ),
    open(
        "gen_getContractCode",
        &["contract_address"],
        1,
        "Source of a contract in base64.",
    ),
    open(
        "gen_getContractSchema",
        &["contract_address"],
        1,
        "Schema of a deployed contract.",
    ),
    open(
        "gen_getContractSchemaForCode",
        &["contract_code_hex"],
        1,
        "Schema of code that is not deployed.",
    ),
    open(
        "gen_getTransactionStatus",
        &["transaction_hash"],
        1,
        "Name and number of a transaction's status.",
    ),
    open(
        "hardhat_getAutomine",
        &[],
        0,
        "Whether transactions start as soon as they are taken in.",
    ),
    local(
        "hardhat_mine",
        &["blocks", "interval"],
        0,
        "Seals blocks, so many seconds apart; the last starts all that waits.",
    ),
    open("net_version", &[], 0, "Chain id in decimal."),
    open("ping", &[], 0, "OK."),
    open(
        "sim_call",
        &["request"],
        1,
        "Simulates a call and answers its whole receipt; changes nothing.",
    ),
    local(
        "sim_cancelTransaction",
        &["transaction_hash", "signature", "admin_key"],
        2,
        "Cancels a pending transaction of the signer.",
    ),
    open("sim_countValidators", &[], 0, "Number of validators."),
    local(
        "sim_createSnapshot",
        &[],
        0,
        "Remembers the whole chain; answers a snapshot id.",
    ),
    local(
        "sim_fundAccount",
        &["account_address", "amount"],
        2,
        "Faucet: credits an account with wei; answers a hash.",
    ),
    open(
        "sim_getAllValidators",
        &[],
        0,
        "Validators with their provider; never a key.",
    ),
    open(
        "sim_getConsensusContract",
        &["contract_name"],
        1,
        "Address and ABI of a system contract.",
    ),
    open(
        "sim_getFinalityWindowTime",
        &[],
        0,
        "Finality window in seconds.",
    ),
    open("sim_getTime", &[], 0, "Chain time in seconds."),
    open(
        "sim_getTransactionsForAddress",
        &["address", "filter"],
        1,
        "The 100 newest transactions from or to an address, newest first.",
    ),
    open(
        "sim_getValidator",
        &["validator_address"],
        1,
        "One validator.",
    ),
    local(
        "sim_increaseTime",
        &["seconds"],
        1,
        "Moves the chain clock forward.",
    ),
    local(
        "sim_restoreSnapshot",
        &["snapshot_id"],
        1,
        "Puts the chain back to a snapshot.",
    ),
    local(
        "sim_setTime",
        &["time"],
        1,
        "Sets the chain clock (seconds or ISO-8601); never backwards.",
    ),
    open(
        "web3_clientVersion",
        &[],
        0,
        "Name and version of the node.",
    ),
];

/// The row of a method.
#[must_use]
pub fn find(name: &str) -> Option<&'static Method> {
    METHODS
        .binary_search_by(|method| method.name.cmp(name))
        .ok()
        .and_then(|i| METHODS.get(i))
}

/// Longest part of a client's text that an error repeats, in characters.
const SHOWN_MAX: usize = 64;

/// A client's text as an error repeats it: never longer than 64 characters.
#[must_use]
pub fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN_MAX) {
        None => name.to_owned(),
        Some((end, _)) => format!("{}...", name.get(..end).unwrap_or_default()),
    }
}

/// The known method closest to an unknown one, if it is close enough to be meant.
#[must_use]
pub fn nearest(name: &str) -> Option<&'static str> {
    nearest_of(name, METHODS.iter().map(|method| method.name))
}

/// The name of `names` closest to `name`, if it is close enough to be meant.
#[must_use]
pub fn nearest_of<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > SHOWN_MAX {
        return None;
    }
    let limit = 1 + name.len() / 5;
    names
        .into_iter()
        .map(|known| (distance(name, known), known))
        .min()
        .filter(|(distance, _)| *distance <= limit)
        .map(|(_, name)| name)
}

/// Levenshtein distance over bytes.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.bytes().enumerate() {
            let substituted = diagonal + usize::from(!x.eq_ignore_ascii_case(&y));
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_sorted_and_consistent() {
        assert!(METHODS.windows(2).all(|pair| pair[0].name < pair[1].name));
        for method in METHODS {
            assert!(method.required <= method.params.len(), "{}", method.name);
            assert_eq!(find(method.name).unwrap().name, method.name);
        }
    }

    #[test]
    fn misspelled_methods_find_their_neighbour() {
        assert_eq!(nearest("eth_getbalance"), Some("eth_getBalance"));
        assert_eq!(
            nearest("gen_getContractShema"),
            Some("gen_getContractSchema")
        );
        assert_eq!(nearest("wallet_watchAsset"), None);
    }

    #[test]
    fn huge_names_cost_nothing() {
        let huge = "\u{e9}".repeat(4 << 20);
        assert_eq!(nearest(&huge), None);
        assert_eq!(shown(&huge), format!("{}...", "\u{e9}".repeat(64)));
        assert_eq!(shown("eth_call"), "eth_call");
    }
}
