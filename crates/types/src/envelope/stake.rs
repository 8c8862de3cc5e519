//! Calls of the staking contract and of validator wallets that clients encode.

use super::{ActionError, Envelope, action::arguments_of};
use crate::chain;
use alloc::{string::String, vec::Vec};
use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use borsh::{BorshDeserialize, BorshSerialize};

alloy_sol_types::sol! {
    interface Staking {
        function validatorJoin() external payable returns (address);
        function validatorJoin(address operator) external payable returns (address);
        function validatorDeposit() external payable;
        function validatorExit(uint256 shares) external;
        function validatorClaim(address validator) external returns (uint256);
        function validatorPrime(address validator) external;
        function delegatorJoin(address validator) external payable;
        function delegatorExit(address validator, uint256 shares) external;
        function delegatorClaim(address delegator, address validator) external;
        function epochAdvance() external;
        function epochFinalize() external;
    }
    interface Wallet {
        function validatorClaim() external;
        function setOperator(address operator) external;
        function setIdentity(string moniker, string logoUri, string website, string description,
            string email, string twitter, string telegram, string github, bytes extraCid) external;
        function setFamily(string family) external;
        function initiateOperatorTransfer(address newOperator) external;
        function completeOperatorTransfer() external;
        function cancelOperatorTransfer() external;
    }
}

/// Who a validator says it is; free text for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Identity {
    /// Display name.
    pub moniker: String,
    /// Address of a picture.
    pub logo_uri: String,
    /// Home page.
    pub website: String,
    /// A few words.
    pub description: String,
    /// Mail address.
    pub email: String,
    /// Account name.
    pub twitter: String,
    /// Account name.
    pub telegram: String,
    /// Account name.
    pub github: String,
    /// Id of further content.
    pub extra_cid: Vec<u8>,
}

/// What somebody asks of staking. `wallet` is the address of a validator: the receiver of the
/// transaction, or its signer where the call goes to the staking contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StakeOrder {
    /// Become a validator with the value as own stake; the signer is the owner.
    ValidatorJoin {
        /// Key that will speak for the validator; the signer when absent.
        operator: Option<Address>,
    },
    /// Add the value to the own stake.
    ValidatorDeposit {
        /// Validator.
        wallet: Address,
    },
    /// Take own stake out.
    ValidatorExit {
        /// Validator.
        wallet: Address,
        /// How much, in shares of the own pool.
        shares: U256,
    },
    /// Pay the owner what has left.
    ValidatorClaim {
        /// Validator.
        validator: Address,
    },
    /// Bring a validator's books up to date.
    ValidatorPrime {
        /// Validator.
        validator: Address,
    },
    /// Delegate the value to a validator.
    DelegatorJoin {
        /// Validator.
        validator: Address,
    },
    /// Take delegated stake out.
    DelegatorExit {
        /// Validator.
        validator: Address,
        /// How much, in shares of the delegated pool.
        shares: U256,
    },
    /// Pay a delegator what has left.
    DelegatorClaim {
        /// Delegator.
        delegator: Address,
        /// Validator.
        validator: Address,
    },
    /// Begin the next epoch.
    EpochAdvance,
    /// Close the books of the previous epoch.
    EpochFinalize,
    /// Another key speaks for the validator from now on.
    SetOperator {
        /// Validator.
        wallet: Address,
        /// The key.
        operator: Address,
    },
    /// Describe the validator.
    SetIdentity {
        /// Validator.
        wallet: Address,
        /// The description.
        identity: Identity,
    },
    /// Say of which family the validator's model is.
    SetFamily {
        /// Validator.
        wallet: Address,
        /// Name of the family; whether it is one, the rules check.
        family: String,
    },
    /// Offer the operator's place to another key.
    InitiateOperatorTransfer {
        /// Validator.
        wallet: Address,
        /// The key.
        operator: Address,
    },
    /// The offered key takes over.
    CompleteOperatorTransfer {
        /// Validator.
        wallet: Address,
    },
    /// Withdraw the offer.
    CancelOperatorTransfer {
        /// Validator.
        wallet: Address,
    },
}

impl StakeOrder {
    /// Does it put the value of its transaction at stake?
    #[must_use]
    pub const fn is_payable(&self) -> bool {
        match self {
            Self::ValidatorJoin { .. }
            | Self::ValidatorDeposit { .. }
            | Self::DelegatorJoin { .. } => true,
            Self::ValidatorExit { .. }
            | Self::ValidatorClaim { .. }
            | Self::ValidatorPrime { .. }
            | Self::DelegatorExit { .. }
            | Self::DelegatorClaim { .. }
            | Self::EpochAdvance
            | Self::EpochFinalize
            | Self::SetOperator { .. }
            | Self::SetIdentity { .. }
            | Self::SetFamily { .. }
            | Self::InitiateOperatorTransfer { .. }
            | Self::CompleteOperatorTransfer { .. }
            | Self::CancelOperatorTransfer { .. } => false,
        }
    }

    /// The order in a transaction to `to`, if it is one (ENVELOPE-09): calls of the staking
    /// contract, or calls of a wallet at any address that is no system contract.
    ///
    /// # Errors
    /// `BadArguments` when the function is known and its arguments do not fit.
    pub(super) fn decode(
        envelope: &Envelope,
        to: Address,
        selector: [u8; 4],
        arguments: &[u8],
    ) -> Result<Option<Self>, ActionError> {
        if chain::is_staking(to) {
            return Self::of_staking(envelope.signer(), selector, arguments);
        }
        if chain::is_system(to) {
            return Ok(None);
        }
        Self::of_wallet(to, selector, arguments)
    }

    fn of_staking(
        signer: Address,
        selector: [u8; 4],
        arguments: &[u8],
    ) -> Result<Option<Self>, ActionError> {
        Ok(Some(match selector {
            Staking::validatorJoin_0Call::SELECTOR => Self::ValidatorJoin { operator: None },
            Staking::validatorJoin_1Call::SELECTOR => Self::ValidatorJoin {
                operator: Some(arguments_of::<Staking::validatorJoin_1Call>(arguments)?.operator),
            },
            Staking::validatorClaimCall::SELECTOR => Self::ValidatorClaim {
                validator: arguments_of::<Staking::validatorClaimCall>(arguments)?.validator,
            },
            Staking::validatorPrimeCall::SELECTOR => Self::ValidatorPrime {
                validator: arguments_of::<Staking::validatorPrimeCall>(arguments)?.validator,
            },
            Staking::delegatorJoinCall::SELECTOR => Self::DelegatorJoin {
                validator: arguments_of::<Staking::delegatorJoinCall>(arguments)?.validator,
            },
            Staking::delegatorExitCall::SELECTOR => {
                let call = arguments_of::<Staking::delegatorExitCall>(arguments)?;
                Self::DelegatorExit {
                    validator: call.validator,
                    shares: call.shares,
                }
            }
            Staking::delegatorClaimCall::SELECTOR => {
                let call = arguments_of::<Staking::delegatorClaimCall>(arguments)?;
                Self::DelegatorClaim {
                    delegator: call.delegator,
                    validator: call.validator,
                }
            }
            Staking::epochAdvanceCall::SELECTOR => Self::EpochAdvance,
            Staking::epochFinalizeCall::SELECTOR => Self::EpochFinalize,
            _ => return Self::of_wallet(signer, selector, arguments),
        }))
    }

    fn of_wallet(
        wallet: Address,
        selector: [u8; 4],
        arguments: &[u8],
    ) -> Result<Option<Self>, ActionError> {
        Ok(Some(match selector {
            Staking::validatorDepositCall::SELECTOR => Self::ValidatorDeposit { wallet },
            Staking::validatorExitCall::SELECTOR => Self::ValidatorExit {
                wallet,
                shares: arguments_of::<Staking::validatorExitCall>(arguments)?.shares,
            },
            Wallet::validatorClaimCall::SELECTOR => Self::ValidatorClaim { validator: wallet },
            Wallet::setOperatorCall::SELECTOR => Self::SetOperator {
                wallet,
                operator: arguments_of::<Wallet::setOperatorCall>(arguments)?.operator,
            },
            Wallet::setIdentityCall::SELECTOR => {
                let call = arguments_of::<Wallet::setIdentityCall>(arguments)?;
                Self::SetIdentity {
                    wallet,
                    identity: call.into(),
                }
            }
            Wallet::setFamilyCall::SELECTOR => Self::SetFamily {
                wallet,
                family: arguments_of::<Wallet::setFamilyCall>(arguments)?.family,
            },
            Wallet::initiateOperatorTransferCall::SELECTOR => {
                let call = arguments_of::<Wallet::initiateOperatorTransferCall>(arguments)?;
                Self::InitiateOperatorTransfer {
                    wallet,
                    operator: call.newOperator,
                }
            }
            Wallet::completeOperatorTransferCall::SELECTOR => {
                Self::CompleteOperatorTransfer { wallet }
            }
            Wallet::cancelOperatorTransferCall::SELECTOR => Self::CancelOperatorTransfer { wallet },
            _ => return Ok(None),
        }))
    }

    /// Input of the transaction that gives this order; where `wallet` occurs it is sent there.
    #[must_use]
    pub fn to_input(&self) -> Vec<u8> {
        match self.clone() {
            Self::ValidatorJoin { operator: None } => Staking::validatorJoin_0Call {}.abi_encode(),
            Self::ValidatorJoin {
                operator: Some(operator),
            } => Staking::validatorJoin_1Call { operator }.abi_encode(),
            Self::ValidatorDeposit { .. } => Staking::validatorDepositCall {}.abi_encode(),
            Self::ValidatorExit { shares, .. } => {
                Staking::validatorExitCall { shares }.abi_encode()
            }
            Self::ValidatorClaim { validator } => {
                Staking::validatorClaimCall { validator }.abi_encode()
            }
            Self::ValidatorPrime { validator } => {
                Staking::validatorPrimeCall { validator }.abi_encode()
            }
            Self::DelegatorJoin { validator } => {
                Staking::delegatorJoinCall { validator }.abi_encode()
            }
            Self::DelegatorExit { validator, shares } => {
                Staking::delegatorExitCall { validator, shares }.abi_encode()
            }
            Self::DelegatorClaim {
                delegator,
                validator,
            } => Staking::delegatorClaimCall {
                delegator,
                validator,
            }
            .abi_encode(),
            Self::EpochAdvance => Staking::epochAdvanceCall {}.abi_encode(),
            Self::EpochFinalize => Staking::epochFinalizeCall {}.abi_encode(),
            Self::SetOperator { operator, .. } => Wallet::setOperatorCall { operator }.abi_encode(),
            Self::SetIdentity { identity, .. } => {
                Wallet::setIdentityCall::from(identity).abi_encode()
            }
            Self::SetFamily { family, .. } => Wallet::setFamilyCall { family }.abi_encode(),
            Self::InitiateOperatorTransfer { operator, .. } => {
                Wallet::initiateOperatorTransferCall {
                    newOperator: operator,
                }
                .abi_encode()
            }
            Self::CompleteOperatorTransfer { .. } => {
                Wallet::completeOperatorTransferCall {}.abi_encode()
            }
            Self::CancelOperatorTransfer { .. } => {
                Wallet::cancelOperatorTransferCall {}.abi_encode()
            }
        }
    }
}

impl From<Wallet::setIdentityCall> for Identity {
    fn from(call: Wallet::setIdentityCall) -> Self {
        Self {
            moniker: call.moniker,
            logo_uri: call.logoUri,
            website: call.website,
            description: call.description,
            email: call.email,
            twitter: call.twitter,
            telegram: call.telegram,
            github: call.github,
            extra_cid: call.extraCid.to_vec(),
        }
    }
}

impl From<Identity> for Wallet::setIdentityCall {
    fn from(identity: Identity) -> Self {
        Self {
            moniker: identity.moniker,
            logoUri: identity.logo_uri,
            website: identity.website,
            description: identity.description,
            email: identity.email,
            twitter: identity.twitter,
            telegram: identity.telegram,
            github: identity.github,
            extraCid: identity.extra_cid.into(),
        }
    }
}
