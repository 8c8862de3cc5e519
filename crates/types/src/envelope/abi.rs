//! Calls of the consensus contract that clients encode.

alloy_sol_types::sol! {
    interface Consensus {
        function addTransaction(address sender, address recipient, uint256 validators,
            uint256 rotations, bytes data) external payable;
        function addTransaction(address sender, address recipient, uint256 validators,
            uint256 rotations, bytes data, uint256 validUntil) external payable;
        function submitAppeal(bytes32 txId) external payable;
        function finalizeTransaction(bytes32 txId) external;
        function finalizeIdlenessTxs(bytes32[] txIds) external;
        function cancelTransaction(bytes32 txId) external;
    }
}
