//! Numbers and addresses that published clients have baked in.

use alloy_primitives::{Address, B256, address, b256};

/// Chain ids that published clients sign for: local, studio, studio-dev, public test networks.
pub const KNOWN_CHAIN_IDS: [u64; 4] = [61_127, 61_999, 61_997, 4_221];

/// Default id of a local chain.
pub const LOCAL_CHAIN_ID: u64 = 61_127;

/// The contract that clients of local and studio chains send to.
pub const CONSENSUS_MAIN_LOCAL: Address = address!("b7278A61aa25c888815aFC32Ad3cC52fF24fE575");
/// The contract that clients of local and studio chains read from.
pub const CONSENSUS_DATA_LOCAL: Address = address!("88B0F18613Db92Bf970FfE264E02496e20a74D16");
/// `ConsensusMain` of Asimov clients.
pub const CONSENSUS_MAIN_ASIMOV: Address = address!("6CAFF6769d70824745AD895663409DC70aB5B28E");
/// `ConsensusData` of Asimov clients.
pub const CONSENSUS_DATA_ASIMOV: Address = address!("0D9d1d74d72Fa5eB94bcf746C8FCcb312a722c9B");
/// `ConsensusMain` of Bradbury clients.
pub const CONSENSUS_MAIN_BRADBURY: Address = address!("0112Bf6e83497965A5fdD6Dad1E447a6E004271D");
/// `ConsensusData` of Bradbury clients.
pub const CONSENSUS_DATA_BRADBURY: Address = address!("85D7bf947A512Fc640C75327A780c90847267697");

/// The staking contract of a local chain, where published clients know none.
pub const STAKING_LOCAL: Address = address!("57a4e00000000000000000000000000000000001");
/// `Staking` of Asimov clients.
pub const STAKING_ASIMOV: Address = address!("63Fa5E0bb10fb6fA98F44726C5518223F767687A");
/// `Staking` of Bradbury clients.
pub const STAKING_BRADBURY: Address = address!("4A4449E617F8D10FDeD0b461CadEf83939E821A5");

/// Is it one of the addresses at which clients expect the consensus contracts?
#[must_use]
pub fn is_system(address: Address) -> bool {
    is_consensus_main(address)
        || is_staking(address)
        || [
            CONSENSUS_DATA_LOCAL,
            CONSENSUS_DATA_ASIMOV,
            CONSENSUS_DATA_BRADBURY,
        ]
        .contains(&address)
}

/// Is it one of the addresses to which clients send transactions?
#[must_use]
pub fn is_consensus_main(address: Address) -> bool {
    [
        CONSENSUS_MAIN_LOCAL,
        CONSENSUS_MAIN_ASIMOV,
        CONSENSUS_MAIN_BRADBURY,
    ]
    .contains(&address)
}

/// Is it one of the addresses at which clients expect the staking contract?
#[must_use]
pub fn is_staking(address: Address) -> bool {
    [STAKING_LOCAL, STAKING_ASIMOV, STAKING_BRADBURY].contains(&address)
}

/// First topics of the logs from which clients learn what happened.
pub mod topic {
    use super::{B256, b256};

    /// `NewTransaction(bytes32 indexed txId, address indexed recipient, address indexed activator)`.
    pub const NEW_TRANSACTION: B256 =
        b256!("dab9102861c7483a187584d6371d88316f005af507982ccf95c110879f3ed5a5");
    /// `CreatedTransaction(bytes32 indexed txId, uint256 txSlot)`.
    pub const CREATED_TRANSACTION: B256 =
        b256!("8620e7f03a280a3d2aa84bd41ba19524c2d7f1dbfa9d79cb81877b0f8c963f9b");
    /// `TransactionAccepted(bytes32 indexed txId)`.
    pub const TRANSACTION_ACCEPTED: B256 =
        b256!("f250caa116f9eac0e4e82d403f131ce0a520b6c232dbcbe270b3729b0aaca09e");
    /// `AppealStarted(bytes32 indexed txId, address indexed appellant, uint256 bond, address[]
    /// validators)`.
    pub const APPEAL_STARTED: B256 =
        b256!("08e6523db104b48b6f1a359653498b9739ec31f6e03abb21e7acf4d73f0a48ff");
    /// `TransactionNeedsRecomputation(bytes32[] txIds)`.
    pub const TRANSACTION_NEEDS_RECOMPUTATION: B256 =
        b256!("9c4bf38aa77ce1103eb348ff99a695363c0b42ab316945b0e19906310f2146a2");
    /// `TransactionFinalized(bytes32 indexed txId)`.
    pub const TRANSACTION_FINALIZED: B256 =
        b256!("24196ec40f90671b7144e716978686b4f3c7d6b00b23da3971ef2b52af27d87f");
    /// `InternalMessageProcessed(bytes32 indexed txId, address indexed recipient, address indexed
    /// activator)`.
    pub const INTERNAL_MESSAGE_PROCESSED: B256 =
        b256!("fcd4925545581224af98ce36b42d51bb88917ea0c3fe675c27e1df1a22282555");

    // Of the staking contract.

    /// `ValidatorQuarantined(address validator, uint256 quarantinedAt)`.
    pub const VALIDATOR_QUARANTINED: B256 =
        b256!("6917318dac70d2950cf691aa372c972b60d4a75903e00a01f89a795a70de6837");
    /// `ValidatorQuarantineRepealed(address validator)`.
    pub const VALIDATOR_QUARANTINE_REPEALED: B256 =
        b256!("304c2a8493b9e418525993ce24edcc67d1a1b6c083d600a9cf0b8cf5c111755c");
    /// `ValidatorBannedDeterministic(address validator)`.
    pub const VALIDATOR_BANNED_DETERMINISTIC: B256 =
        b256!("94a7bf639ae38b6414015161ac06878bbac5ba80ee87e24ed428ce754136ec96");
    /// `EpochHasPendingTribunals(uint256 epoch)`.
    pub const EPOCH_HAS_PENDING_TRIBUNALS: B256 =
        b256!("df4ca98abc698fb1501ee626deb40a3e4a6e756ccfb9ae29968ec1b49b0a52f6");
}
