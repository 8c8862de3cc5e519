//! A transaction judged on paper: votes as letters, appeals priced by the real quote.
//!
//! `A` agrees, `D` disagrees, `T` times out, `V` reports a violation, `.` says nothing; the first
//! letter is the leader's. `t` alone is a leader that declares a timeout, `s` one that is silent.

mod defects;
mod properties;
mod vectors;

use super::{FeeParams, Funds, Part, Quote, Rates, Settlement, Terms, Why, quote, settle};
use crate::{
    appeal::plan,
    params::Params,
    record::{Appeal, AppealEnd, AppealKind, Kind, ProposalInfo, Round, Seat, TxRecord, Validator},
};
use alloc::{vec, vec::Vec};
use venire_types::{
    Address, B256, U256,
    family::Family,
    vote::{RoundResult, Status, Vote},
};

pub(super) const SENDER: Address = Address::repeat_byte(0xaa);

/// A judged transaction, its appeals and what they were quoted.
pub(super) struct Case {
    pub(super) params: Params,
    pub(super) record: TxRecord,
    pub(super) quotes: Vec<Quote>,
    left: u32,
}

/// A time unit costs one wei, receipts and storage nothing.
pub(super) fn unit_fees() -> FeeParams {
    FeeParams {
        unit_price: U256::ONE,
        receipt_price: U256::ZERO,
        storage_price: U256::ZERO,
        execution_budget: U256::ZERO,
        ..FeeParams::paid()
    }
}

pub(super) fn appellant(number: usize) -> Address {
    Address::with_last_byte(u8::try_from(number).expect("few appeals") + 1)
}

/// Member of a seat: nobody sits twice, which no amount depends on.
pub(super) fn member(round: usize, seat: usize) -> Address {
    let mut bytes = [0x55; 20];
    bytes[17] = u8::try_from(round).expect("few rounds");
    let seat = u16::try_from(seat).expect("few seats");
    bytes[18..].copy_from_slice(&seat.to_be_bytes());
    Address::from(bytes)
}

fn active() -> Vec<Validator> {
    let address = |number: u16| {
        let mut bytes = [0x77; 20];
        bytes[18..].copy_from_slice(&number.to_be_bytes());
        Address::from(bytes)
    };
    (0..2_000)
        .map(|number| Validator {
            address: address(number),
            operator: address(number),
            stake: U256::ONE,
            weight: U256::ONE,
            family: Family::default(),
        })
        .collect()
}

impl Case {
    /// Five seats; the sender funds so many appeals, without rotations.
    pub(super) fn new(appeals: usize) -> Self {
        Self::with(unit_fees(), vec![0; appeals + 1], 0)
    }

    /// The sender funds these rounds; further ones have `rotations`.
    pub(super) fn with(fees: FeeParams, funded: Vec<u32>, rotations: u32) -> Self {
        let rates = fees.rates().expect("rates");
        let terms = Terms {
            rotations: funded,
            execution: fees.execution_budget,
            ..Terms::default()
        };
        let wei = terms.work(&rates, 5).expect("deposit");
        let record = record(rates, terms, Part { payer: SENDER, wei }, rotations);
        let left = record.rotations_at(0);
        Self {
            params: Params {
                fees,
                ..Params::local()
            },
            record,
            quotes: Vec::new(),
            left,
        }
    }

    /// Everything that the record holds.
    pub(super) fn held(&self) -> U256 {
        self.record.funds.held() + self.record.pledged()
    }

    fn number(&self) -> u32 {
        let open = self.record.appeals.last();
        let last = self.record.rounds.last().map(|round| round.number);
        match (last, self.record.status) {
            (None, _) => 0,
            (Some(last), Status::Pending) => match open.map(|appeal| appeal.kind) {
                Some(AppealKind::Validators) => last + 1,
                Some(AppealKind::Leader | AppealKind::LeaderTimeout) => (last | 1) + 1,
                None => last,
            },
            (Some(last), _) => last,
        }
    }

    fn push(&mut self, number: u32, votes: &str, judges: Option<u32>) -> RoundResult {
        let index = self.record.rounds.len();
        let failed = matches!(votes, "t" | "s");
        let seats = votes.chars().enumerate().map(|(seat, vote)| Seat {
            validator: member(index, seat),
            operator: member(index, seat),
            commit: None,
            vote: match vote {
                'A' => Vote::Agree,
                'D' => Vote::Disagree,
                'T' => Vote::Timeout,
                'V' => Vote::DeterministicViolation,
                _ => Vote::NotVoted,
            },
            result_hash: B256::ZERO,
            revealed_ms: None,
        });
        let mut seats: Vec<Seat> = seats.collect();
        if failed {
            let others = 1..usize::try_from(crate::params::ladder(5, number)).expect("size");
            let silent = seats[0].again();
            seats.extend(others.map(|seat| Seat {
                validator: member(index, seat),
                ..silent.again()
            }));
        }
        let result = if failed {
            RoundResult::Timeout
        } else {
            count(votes)
        };
        self.record.rounds.push(Round {
            number,
            rotation: 0,
            judges,
            superseded: false,
            read_height: 0,
            seats,
            leader: judges.is_none().then_some(0),
            idle: Vec::new(),
            replacements: 0,
            started_ms: 0,
            phase_ms: 0,
            deadline_ms: 0,
            proposal: (votes != "s").then_some(ProposalInfo {
                commitment: (votes != "t").then_some(B256::ZERO),
                answers: 0,
                proposed_ms: 0,
            }),
            bytes: 100,
            result,
            result_hash: None,
        });
        result
    }

    /// A leader's attempt; another must follow while rotations are left and it did not convince.
    pub(super) fn leads(mut self, votes: &str) -> Self {
        let number = self.number();
        let result = self.push(number, votes, None);
        let status = match result {
            _ if matches!(votes, "t" | "s") => Status::LeaderTimeout,
            RoundResult::Agree | RoundResult::MajorityAgree => Status::Accepted,
            RoundResult::Timeout => Status::ValidatorsTimeout,
            RoundResult::Idle
            | RoundResult::Disagree
            | RoundResult::MajorityDisagree
            | RoundResult::DeterministicViolation
            | RoundResult::NoMajority => Status::Undetermined,
        };
        let convinces = matches!(status, Status::Accepted | Status::ValidatorsTimeout);
        if !convinces && self.left > 0 {
            self.left -= 1;
            self.record.status = Status::Proposing;
            return self;
        }
        self.record.status = status;
        if let Some(appeal) = self
            .record
            .appeals
            .last_mut()
            .filter(|appeal| appeal.end.is_none())
        {
            let succeeded = match appeal.kind {
                AppealKind::LeaderTimeout => status != Status::LeaderTimeout,
                AppealKind::Leader | AppealKind::Validators => convinces,
            };
            appeal.end = Some(if succeeded {
                AppealEnd::Succeeded
            } else {
                AppealEnd::Failed
            });
        }
        self
    }

    /// Whether a leader has to try again.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.record.status, Status::Pending | Status::Proposing)
    }

    /// Somebody objects; a validator appeal is judged by these votes, which are ignored otherwise.
    pub(super) fn appeals(mut self, votes: &str) -> Self {
        self.record.final_at_ms = Some(1);
        let (kind, number, seats) = plan(&self.record, &active(), 0).expect("open to an appeal");
        let quote = quote(&self.params, &self.record, kind, (number, seats)).expect("quote");
        self.quotes.push(quote);
        let against = self.record.proposal_round().expect("a proposal");
        let before = self.record.status;
        self.record.appeals.push(Appeal {
            kind,
            appellant: appellant(self.record.appeals.len()),
            payer: appellant(self.record.appeals.len()),
            bond: quote.bond,
            funding: quote.funding,
            reward: quote.reward,
            against: u32::try_from(against).expect("index"),
            first: u32::try_from(self.record.rounds.len()).expect("index"),
            filed_height: 0,
            filed_ms: 0,
            left_ms: 0,
            end: None,
            settled: false,
        });
        if kind == AppealKind::Validators {
            let against = self.record.appeals.last().map(|appeal| appeal.against);
            let result = self.push(number, votes, against);
            let confirmed = match before {
                Status::Accepted => {
                    matches!(result, RoundResult::Agree | RoundResult::MajorityAgree)
                }
                _ => result == RoundResult::Timeout,
            };
            let appeal = self.record.appeals.last_mut().expect("an appeal");
            if confirmed {
                appeal.end = Some(AppealEnd::Failed);
                return self;
            }
            appeal.end = Some(AppealEnd::Succeeded);
        }
        self.record.status = Status::Pending;
        self.left = self
            .record
            .rotations_at((number | 1) + u32::from(number % 2 == 1));
        if number % 2 == 0 {
            self.left = self.record.rotations_at(number);
        }
        self
    }

    /// The settlement; not a wei may be missing.
    pub(super) fn settled(&self) -> Settlement {
        let settlement = settle(&self.record).expect("solvent");
        let paid = settlement.payments.iter().map(|payment| payment.wei);
        let sum = paid.fold(settlement.burned, |sum, wei| sum + wei);
        assert_eq!(sum, self.held(), "{settlement:?}");
        settlement
    }
}

/// Majority of all letters, counted without the code under test.
fn count(votes: &str) -> RoundResult {
    let of = |letter| votes.chars().filter(|vote| *vote == letter).count();
    let most = |letter| 2 * of(letter) > votes.len();
    let all = |letter| of(letter) == votes.len();
    match () {
        () if all('A') => RoundResult::MajorityAgree,
        () if most('A') => RoundResult::Agree,
        () if all('D') => RoundResult::MajorityDisagree,
        () if most('D') => RoundResult::Disagree,
        () if most('T') => RoundResult::Timeout,
        () if most('V') => RoundResult::DeterministicViolation,
        () => RoundResult::NoMajority,
    }
}

impl Settlement {
    /// What somebody gets for one reason.
    pub(super) fn of(&self, to: Address, why: Why) -> u64 {
        let payments = self.payments.iter();
        let due = payments.filter(|payment| payment.to == to && payment.why == why);
        due.fold(0, |sum, payment| sum + payment.wei.to::<u64>())
    }

    /// What somebody gets.
    pub(super) fn to(&self, to: Address) -> u64 {
        let due = self.payments.iter().filter(|payment| payment.to == to);
        due.fold(0, |sum, payment| sum + payment.wei.to::<u64>())
    }

    /// What the members of a round get, and how many of them lose a fee.
    pub(super) fn round(&self, round: usize, seats: usize) -> (Vec<u64>, usize) {
        let members = (0..seats).map(|seat| member(round, seat));
        let fined = |member: &Address| self.penalties.iter().any(|(who, _)| who == member);
        let count = members.clone().filter(fined).count();
        (members.map(|member| self.to(member)).collect(), count)
    }
}

fn record(rates: Rates, terms: Terms, part: Part, rotations: u32) -> TxRecord {
    TxRecord {
        id: B256::ZERO,
        kind: Kind::Call,
        sender: SENDER,
        origin: SENDER,
        recipient: Address::ZERO,
        value: U256::ZERO,
        nonce: None,
        slot: Some(0),
        index: 0,
        validators_wanted: 5,
        rotations,
        rotations_left: 0,
        leader_only: false,
        valid_until_ms: None,
        salt: U256::ZERO,
        created_height: 0,
        created_ms: 0,
        status: Status::Pending,
        history: Vec::new(),
        rounds: Vec::new(),
        appeals: Vec::new(),
        seed: B256::ZERO,
        outcome: None,
        result: RoundResult::Idle,
        window_ms: 0,
        final_at_ms: None,
        window_closed: false,
        triggered_by: None,
        children: Vec::new(),
        descent: 0,
        funds: Funds {
            depositor: SENDER,
            parts: vec![part],
            terms,
            rates: Some(rates),
            ..Funds::default()
        },
        note: None,
    }
}
