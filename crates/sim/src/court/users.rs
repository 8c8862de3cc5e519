//! What users do: deploy, call, appeal; and what everybody owns.

use super::{Court, Fault, Honest, Jurors};
use alloy_consensus::{SignableTransaction as _, TxEnvelope, TxLegacy};
use alloy_eips::eip2718::Encodable2718 as _;
use venire_protocol::{Effect, Input, Quote, RawInput, stake, view};
use venire_types::{
    Address, B256, U256,
    calldata::{Value, encode},
    chain::CONSENSUS_MAIN_LOCAL,
    envelope::{Ceilings, FeeTerms, Submission, TxData, appeal_input},
};

/// What a sender wants and pays for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms {
    /// First committee; zero for the default.
    pub seats: u32,
    /// Leader rotations of each round.
    pub rotations: u32,
    /// Appeals that it funds.
    pub appeals: u32,
}

impl Court {
    /// Address of a user.
    ///
    /// # Errors
    /// [`Fault::Missing`]: there are ten.
    pub fn user(&self, number: usize) -> Result<Address, Fault> {
        let user = self.keys.users().get(number);
        user.copied().ok_or(Fault::Missing("user with this number"))
    }

    /// User 0 deploys a contract; honest jurors accept it, and it becomes final.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn deploy(&mut self) -> Result<Address, Fault> {
        let data = TxData::Deploy {
            code: b"contract".to_vec(),
            calldata: encode(&Value::constructor([])),
        };
        let tx = self.submit(0, Address::ZERO, data, Terms::default(), &mut Honest)?;
        Ok(self.finish(tx, &mut Honest)?.recipient)
    }

    /// A user calls a contract.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn call(
        &mut self,
        user: usize,
        contract: Address,
        terms: Terms,
        jurors: &mut dyn Jurors,
    ) -> Result<B256, Fault> {
        let data = TxData::Call {
            calldata: encode(&Value::call("run", [])),
        };
        self.submit(user, contract, data, terms, jurors)
    }

    fn submit(
        &mut self,
        user: usize,
        recipient: Address,
        data: TxData,
        terms: Terms,
        jurors: &mut dyn Jurors,
    ) -> Result<B256, Fault> {
        let seats = match terms.seats {
            0 => self.params.committee_default,
            seats => seats,
        };
        let count = usize::try_from(terms.appeals).unwrap_or_default() + 1;
        let rotations = vec![terms.rotations; count];
        let deposit = view::required_deposit(
            &self.params,
            seats,
            &venire_protocol::Terms {
                rotations: rotations.clone(),
                ..venire_protocol::Terms::default()
            },
        )?;
        let fees = FeeTerms {
            value: U256::ZERO,
            leader_units: U256::ZERO,
            validator_units: U256::ZERO,
            appeals: U256::from(terms.appeals),
            rotations: rotations.into_iter().map(U256::from).collect(),
            execution: U256::ZERO,
            messages: U256::ZERO,
            ceilings: Ceilings::default(),
            allocations: Vec::new(),
            salt: U256::ZERO,
        };
        let submission = Submission {
            recipient,
            validators: U256::from(seats),
            rotations: U256::from(terms.rotations),
            valid_until: None,
            data,
            leader_only: false,
            fees: Some(Box::new(fees)),
        };
        let input = submission.to_input(self.user(user)?);
        self.send(user, deposit, input, jurors)
    }

    /// What an appeal would cost now.
    ///
    /// # Errors
    /// [`Fault::Refused`] when none can be filed.
    pub fn quote(&self, tx: B256) -> Result<Quote, Fault> {
        view::appeal_quote(&self.params, &self.state, self.now_ms, tx)?.map_err(Fault::Refused)
    }

    /// A user appeals, for exactly what it costs.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn appeal(
        &mut self,
        user: usize,
        tx: B256,
        jurors: &mut dyn Jurors,
    ) -> Result<Quote, Fault> {
        let quote = self.quote(tx)?;
        self.send(user, quote.charge()?, appeal_input(tx), jurors)?;
        Ok(quote)
    }

    fn send(
        &mut self,
        user: usize,
        value: U256,
        input: Vec<u8>,
        jurors: &mut dyn Jurors,
    ) -> Result<B256, Fault> {
        let signer = self.user(user)?;
        let transaction = TxLegacy {
            chain_id: Some(self.params.chain_id),
            nonce: view::account(&self.state, signer)?.nonce,
            gas_price: 0,
            gas_limit: 0,
            to: CONSENSUS_MAIN_LOCAL.into(),
            value,
            input: input.into(),
        };
        let bytes = self.keys.sign(signer, transaction.signature_hash())?;
        let signature = alloy_primitives::Signature::from_raw_array(&bytes)
            .map_err(|_| Fault::Missing("valid signature"))?;
        let raw = TxEnvelope::from(transaction.into_signed(signature)).encoded_2718();
        let input = RawInput::Transaction(raw)
            .verify(self.params.chain_id)
            .map_err(|_| Fault::Missing("valid transaction"))?;
        self.include(input, jurors)
    }

    fn include(&mut self, input: Input, jurors: &mut dyn Jurors) -> Result<B256, Fault> {
        for effect in self.step(vec![input], jurors)? {
            match effect {
                Effect::Included { tx, .. } => return Ok(tx),
                Effect::Rejected { reject, .. } => return Err(Fault::Refused(reject)),
                _ => {}
            }
        }
        Err(Fault::Missing("trace of the input"))
    }

    /// Everything that an address owns, in units: its account, and as a validator its stake, the
    /// fees that wait and the penalties that wait against it.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn wealth(&self, address: Address) -> Result<i128, Fault> {
        let account = view::account(&self.state, address)?.balance;
        let mut wealth = whole(account);
        if let Some(staked) = stake::view::validator(&self.state, address)? {
            let earned = staked.own.stake + staked.fees + staked.owner_inflation;
            wealth += whole(earned + staked.stake_inflation) - whole(staked.penalties);
        }
        Ok(wealth)
    }
}

/// An amount of a study, which is far below 2^127.
pub(crate) fn whole(amount: U256) -> i128 {
    i128::try_from(amount).unwrap_or(i128::MAX)
}
