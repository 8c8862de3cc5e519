//! Calls of the consensus contract that clients encode.

alloy_sol_types::sol! {
    struct Fees {
        uint256 leaderUnits;
        uint256 validatorUnits;
        uint256 appealRounds;
        uint256 executionBudget;
        uint256 executionConsumed;
        uint256 messageFees;
        uint256[] rotations;
        uint256 priceMax;
        uint256 storagePriceMax;
        uint256 receiptPriceMax;
    }

    struct Allocation {
        uint8 messageType;
        bool onAcceptance;
        uint256 parentIndex;
        address recipient;
        bytes32 callKey;
        uint256 budget;
        bytes feeParams;
    }

    struct Order {
        address sender;
        address recipient;
        uint256 validators;
        uint256 rotations;
        uint256 validUntil;
        uint256 salt;
        uint256 value;
        Fees fees;
        bytes data;
        Allocation[] allocations;
    }

    interface Consensus {
        function addTransaction(address sender, address recipient, uint256 validators,
            uint256 rotations, bytes data) external payable;
        function addTransaction(address sender, address recipient, uint256 validators,
            uint256 rotations, bytes data, uint256 validUntil) external payable;
        function addTransaction(Order order) external payable;
        function deploySalted(Order order) external payable;
        function topUpFees(bytes32 txId, Fees fees) external payable;
        function topUpAndSubmitAppeal(bytes32 txId, Fees fees) external payable;
        function submitAppeal(bytes32 txId) external payable;
        function finalizeTransaction(bytes32 txId) external;
        function finalizeIdlenessTxs(bytes32[] txIds) external;
        function cancelTransaction(bytes32 txId) external;
    }
}
