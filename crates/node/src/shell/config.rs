//! How a node is started.

use super::genesis::NetworkSpec;
use std::{net::SocketAddr, path::PathBuf};
use venire_gateway::ProviderSpec;

/// Everything a node can be told. No library below reads the environment.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// Port of the RPC on the loopback addresses (IPv4 and, where there is one, IPv6); 0 picks a
    /// free one.
    pub port: u16,
    /// Where the chain is kept; `None` keeps it in memory.
    pub data_dir: Option<PathBuf>,
    /// Where the compiled guest is kept.
    pub cache_dir: PathBuf,
    /// The guest component.
    pub guest: PathBuf,
    /// Folder of the embedding models; `None` looks beside the guest.
    pub models: Option<PathBuf>,
    /// What a new chain starts from; `None` for the local network, or the chain that is there.
    pub genesis: Option<NetworkSpec>,
    /// Validators in this process, 1 to 1000, instead of those of the genesis.
    pub validators: Option<u32>,
    /// Any text; keys, committees and leaders of a new chain follow from it.
    pub seed: Option<String>,
    /// Seconds between acceptance and finality, instead of those of the genesis.
    pub finality_window_s: Option<u64>,
    /// Providers, dealt to the validators in turn.
    pub providers: Vec<ProviderSpec>,
    /// Stand still at this time (milliseconds since 1970) until told otherwise.
    pub manual_clock_ms: Option<u64>,
    /// Take transactions in without starting them until they are mined.
    pub no_mining: bool,
    /// Web origins besides this machine's own whose pages may run code and change the chain.
    pub allowed_origins: Vec<String>,
    /// Executions at once; 0 means one for each core.
    pub executors: usize,
}

/// Where a running node listens.
#[derive(Clone, Debug)]
pub struct Listening {
    /// First address bound.
    pub address: SocketAddr,
}

impl Listening {
    /// URL of the JSON-RPC.
    #[must_use]
    pub fn rpc_url(&self) -> String {
        format!("http://127.0.0.1:{}/api", self.address.port())
    }

    /// URL of the page for people.
    #[must_use]
    pub fn page_url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.address.port())
    }
}
