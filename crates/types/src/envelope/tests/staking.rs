//! Orders of staking and of wallets, as clients encode them.

use super::{
    super::{Action, ActionError, Envelope, Identity, StakeOrder},
    SIGNER, legacy,
};
use crate::chain::{CONSENSUS_MAIN_LOCAL, STAKING_ASIMOV, STAKING_BRADBURY, STAKING_LOCAL};
use alloc::{vec, vec::Vec};
use alloy_primitives::{Address, U256, keccak256};

fn asks(to: Address, input: Vec<u8>) -> Result<Action, ActionError> {
    let raw = legacy(None, Some(to), input);
    Envelope::decode(&raw).expect("envelope").action()
}

#[test]
fn staking_orders_are_what_clients_encode() {
    let (wallet, other) = (Address::repeat_byte(7), Address::repeat_byte(8));
    let shares = U256::from(42);
    let of_staking = [
        StakeOrder::ValidatorJoin { operator: None },
        StakeOrder::ValidatorJoin {
            operator: Some(other),
        },
        StakeOrder::ValidatorClaim { validator: wallet },
        StakeOrder::ValidatorPrime { validator: wallet },
        StakeOrder::DelegatorJoin { validator: wallet },
        StakeOrder::DelegatorExit {
            validator: wallet,
            shares,
        },
        StakeOrder::DelegatorClaim {
            delegator: other,
            validator: wallet,
        },
        StakeOrder::EpochAdvance,
        StakeOrder::EpochFinalize,
    ];
    for order in of_staking {
        for to in [STAKING_LOCAL, STAKING_ASIMOV, STAKING_BRADBURY] {
            assert_eq!(asks(to, order.to_input()), Ok(Action::Stake(order.clone())));
        }
        assert_eq!(
            asks(wallet, order.to_input()),
            Err(ActionError::UnknownFunction)
        );
        assert_eq!(
            asks(CONSENSUS_MAIN_LOCAL, order.to_input()),
            Err(ActionError::UnknownFunction)
        );
    }
}

#[test]
fn orders_of_wallets_are_what_clients_encode() {
    let (wallet, other) = (Address::repeat_byte(7), Address::repeat_byte(8));
    let shares = U256::from(42);
    let identity = Identity {
        moniker: "m".into(),
        logo_uri: "l".into(),
        website: "w".into(),
        description: "d".into(),
        email: "e".into(),
        twitter: "t".into(),
        telegram: "g".into(),
        github: "h".into(),
        extra_cid: vec![1, 2],
    };
    let of_wallets = [
        StakeOrder::ValidatorDeposit { wallet },
        StakeOrder::ValidatorExit { wallet, shares },
        StakeOrder::SetOperator {
            wallet,
            operator: other,
        },
        StakeOrder::SetIdentity { wallet, identity },
        StakeOrder::SetFamily {
            wallet,
            family: "qwen".into(),
        },
        StakeOrder::InitiateOperatorTransfer {
            wallet,
            operator: other,
        },
        StakeOrder::CompleteOperatorTransfer { wallet },
        StakeOrder::CancelOperatorTransfer { wallet },
    ];
    for order in of_wallets {
        assert_eq!(
            asks(wallet, order.to_input()),
            Ok(Action::Stake(order.clone()))
        );
    }
    // A wallet claims for itself; the staking contract takes a wallet for its signer.
    let claim = keccak256("validatorClaim()")[..4].to_vec();
    assert_eq!(
        asks(wallet, claim),
        Ok(Action::Stake(StakeOrder::ValidatorClaim {
            validator: wallet
        }))
    );
    let deposit = StakeOrder::ValidatorDeposit { wallet: SIGNER };
    assert_eq!(
        asks(STAKING_LOCAL, deposit.to_input()),
        Ok(Action::Stake(deposit))
    );
}

#[test]
fn selectors_of_staking_are_the_published_ones() {
    for (name, input) in [
        (
            "validatorJoin(address)",
            StakeOrder::ValidatorJoin {
                operator: Some(SIGNER),
            },
        ),
        (
            "delegatorExit(address,uint256)",
            StakeOrder::DelegatorExit {
                validator: SIGNER,
                shares: U256::ONE,
            },
        ),
        (
            "setIdentity(string,string,string,string,string,string,string,string,bytes)",
            StakeOrder::SetIdentity {
                wallet: SIGNER,
                identity: Identity::default(),
            },
        ),
    ] {
        assert_eq!(input.to_input()[..4], keccak256(name)[..4], "{name}");
    }
}

#[test]
fn staking_arguments_must_fit() {
    let mut input = StakeOrder::DelegatorJoin {
        validator: Address::repeat_byte(7),
    }
    .to_input();
    input[4] = 1;
    assert_eq!(
        asks(STAKING_LOCAL, input.clone()),
        Err(ActionError::BadArguments)
    );
    input.truncate(10);
    assert_eq!(asks(STAKING_LOCAL, input), Err(ActionError::BadArguments));
}
